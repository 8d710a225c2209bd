using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Uploads;
using Fairlead.Cli.Verbs.Serving;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server;
using Fairlead.Server.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>
/// The main job in one command: starts a server, registers two trained versions of a credit model, serves the first,
/// replays rows that it was not trained on, and says what came out. It fails when the served model does not reproduce
/// the figures that its training measured.
/// </summary>
internal sealed class DemoVerb
{
    private const string Endpoint = "credit";
    private const double FigureTolerance = 1e-4;

    private readonly Option<string?> _data = Options.Of<string?>(
        "--data", "folder", "Keep everything in this folder [default: a temporary one]");

    private readonly Option<string> _http = Address("--http", "Where HTTP is answered", ServeOptions.DefaultHttp);

    private readonly Option<string> _grpc = Address("--grpc", "Where gRPC is answered", ServeOptions.DefaultGrpc);

    private readonly Option<bool> _once = new("--once") { Description = "End after the summary instead of serving on" };

    public static Command Create(Terminal terminal)
    {
        var verb = new DemoVerb();
        return new Command("demo", "Serve a real credit model and measure it")
        {
            verb._data, verb._http, verb._grpc, verb._once,
        }.Runs(terminal, verb.RunAsync);
    }

    private static Option<string> Address(string name, string description, string standard) => new(name)
    {
        Description = description,
        HelpName = "address:port",
        DefaultValueFactory = _ => standard,
    };

    private async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var sample = CreditSample.Find();
        var began = Stopwatch.GetTimestamp();
        var temporary = call.Value(_data) is null;
        var data = call.Value(_data) ?? Directory.CreateTempSubdirectory("fairlead-demo-").FullName;
        try
        {
            await using var app = await Starting.RunAsync(
                new ServeOptions { Http = call.Value(_http), Grpc = call.Value(_grpc), LogLevel = LogLevel.Warning },
                new ControlPlaneOptions { DataFolder = data },
                cancellation);
            var urls = app.Urls.ToList();
            call.Note($"Server at {urls[0]} (gRPC {urls[1]}), data in {data}.");

            var report = await RunTrafficAsync(call, sample, urls, began, cancellation);
            var good = DemoSummary.Write(call, report);
            if (!call.Value(_once) && good)
            {
                DemoSummary.WriteInvitation(call, report);
                await app.WaitForShutdownAsync(cancellation);
            }

            await app.StopAsync(CancellationToken.None);
            return good ? ExitCodes.Ok : ExitCodes.Refused;
        }
        finally
        {
            if (temporary)
                Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<DemoReport> RunTrafficAsync(
        Call call, CreditSample sample, List<string> urls, long began, CancellationToken cancellation)
    {
        var client = FairleadClient.Connect(new Uri(urls[0]));
        var first = await RegisterAsync(call, client, sample, "logistic", cancellation);
        var applicants = sample.HeldOut();
        await ServeFirstAsync(client, first, cancellation);
        var traffic = new DemoTraffic(client, Endpoint);
        var warm = await traffic.SendAsync([applicants[0]], () => { }, cancellation);
        var toFirst = Stopwatch.GetElapsedTime(began);
        call.Note(string.Create(
            CultureInfo.InvariantCulture, $"First prediction {toFirst.TotalSeconds:0.0} s after the start."));
        await RegisterAsync(call, client, sample, "boosted", cancellation);

        var replay = await DemoSummary.WithProgressAsync(
            call.Terminal, applicants.Count, answered => traffic.SendAsync(applicants, answered, cancellation));
        var figures = sample.Figures("logistic");
        return new DemoReport
        {
            Endpoint = Endpoint,
            Http = urls[0],
            Grpc = urls[1],
            Version = first,
            Requests = replay.Answers.Count,
            SecondsToFirstPrediction = toFirst.TotalSeconds,
            RequestsPerSecond = replay.RequestsPerSecond,
            P50Milliseconds = replay.Percentile(0.50).TotalMilliseconds,
            P95Milliseconds = replay.Percentile(0.95).TotalMilliseconds,
            P99Milliseconds = replay.Percentile(0.99).TotalMilliseconds,
            Accuracy = replay.Accuracy,
            Auc = replay.Auc(DemoSummary.GoodClass(replay)),
            TrainedAccuracy = figures["accuracy"],
            TrainedAuc = figures["auc"],
            FirstPredictionId = warm.Answers[0].PredictionId,
        };
    }

    /// <summary>True when the served model gives the figures that its training measured.</summary>
    internal static bool Reproduces(DemoReport report) =>
        Math.Abs(report.Accuracy - report.TrainedAccuracy) <= FigureTolerance
        && Math.Abs(report.Auc - report.TrainedAuc) <= FigureTolerance;

    private static async Task<int> RegisterAsync(
        Call call, FairleadClient client, CreditSample sample, string name, CancellationToken cancellation)
    {
        var files = LocalFiles.Find(Path.Combine(sample.Model(name), "model.onnx"));
        var sent = await Upload.SendAsync(client, files, call.Terminal, cancellation);
        var (parameters, dataset) = sample.Training(name);
        var version = await client.RegisterVersionAsync(
            Endpoint,
            new RegisterVersionRequest
            {
                Files = sent.Files,
                Description = $"Credit scoring, {name}",
                Metrics = new Dictionary<string, double>(sample.Figures(name)),
                Parameters = new Dictionary<string, string>(parameters),
                Lineage = new VersionLineage { Datasets = new Dictionary<string, string> { ["credit.csv"] = dataset } },
            },
            cancellation: cancellation);
        call.Note($"Registered {Endpoint}/{version.Number} ({name}).");
        return version.Number;
    }

    private static Task<EndpointInfo> ServeFirstAsync(FairleadClient client, int version,
        CancellationToken cancellation) =>
        client.PutEndpointAsync(
            Endpoint,
            new PutEndpointRequest
            {
                Variants = [new VariantRequest { Name = "stable", Model = Endpoint, Version = version }],
                Reason = "demo",
            },
            TimeSpan.FromSeconds(30),
            cancellation);
}
