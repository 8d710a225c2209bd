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
/// The main job in one command: starts a server, registers two trained versions of a model, serves the first,
/// replays rows that it was not trained on, says what came out, and then ships the second version onto live traffic
/// under the eyes of checks. It fails when the served model does not reproduce the figures that its training measured,
/// or when the rollout does not end as told: the good version becomes champion, the broken one (<c>--bad</c>) goes
/// back.
/// </summary>
internal sealed class DemoVerb
{
    private const double FigureTolerance = 1e-4;

    private readonly Option<string?> _data = Options.Of<string?>(
        "--data", "folder", "Keep everything in this folder [default: a temporary one]");

    private readonly Option<string> _http = Address("--http", "Where HTTP is answered", ServeOptions.DefaultHttp);

    private readonly Option<string> _grpc = Address("--grpc", "Where gRPC is answered", ServeOptions.DefaultGrpc);

    private readonly Option<bool> _once = new("--once") { Description = "End after the summary instead of serving on" };

    private readonly Option<bool> _bad = new("--bad")
    {
        Description = "Ship a broken version and watch it go back",
    };

    private readonly Option<bool> _moderation = new("--moderation")
    {
        Description = "Moderate generated posts instead: 1, 5, 10, 25, 100 %, false positives by kind of content",
    };

    private readonly Option<string?> _challenger = Options.Of<string?>(
        "--challenger", "model", "Which of the sample's models to ship [default: the better; broken with --bad]");

    public static Command Create(Terminal terminal)
    {
        var verb = new DemoVerb();
        return new Command("demo", "Serve a model, measure it, and ship the next one")
        {
            verb._data, verb._http, verb._grpc, verb._once, verb._bad, verb._moderation, verb._challenger,
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
        var story = call.Value(_moderation) ? DemoStory.Moderation : DemoStory.Credit;
        var sample = DemoSample.Find(story);
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

            var challenger = call.Value(_challenger) ?? (call.Value(_bad) ? story.Broken : story.Better);
            var report = await RunTrafficAsync(call, story, sample, challenger, urls, began, cancellation);
            var good = DemoSummary.Write(call, report, story, goesBack: call.Value(_bad));
            if (!call.Value(_once) && good)
            {
                DemoSummary.WriteInvitation(call, report, story);
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
        Call call, DemoStory story, DemoSample sample, string challenger, List<string> urls, long began,
        CancellationToken cancellation)
    {
        var client = FairleadClient.Connect(new Uri(urls[0]));
        var first = await RegisterAsync(call, client, story, sample, story.First, cancellation);
        var applicants = sample.HeldOut();
        await ServeFirstAsync(client, story, first, cancellation);
        await client.SetAliasAsync(
            story.Endpoint, "champion", new SetAliasRequest { Version = first, Reason = "demo" }, cancellation);
        var traffic = new DemoTraffic(client, story.Endpoint);
        var warm = await traffic.SendAsync([applicants[0]], () => { }, cancellation);
        var toFirst = Stopwatch.GetElapsedTime(began);
        call.Note(string.Create(
            CultureInfo.InvariantCulture, $"First prediction {toFirst.TotalSeconds:0.0} s after the start."));
        var second = await RegisterAsync(call, client, story, sample, challenger, cancellation);

        var replay = await DemoSummary.WithProgressAsync(
            call.Terminal, applicants.Count, answered => traffic.SendAsync(applicants, answered, cancellation));
        var rollout = await new DemoRollout(call, client, story).RunAsync(second, applicants, cancellation);
        var figures = sample.Figures(story.First);
        return new DemoReport
        {
            Endpoint = story.Endpoint,
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
            Auc = replay.Auc(story.Positive),
            TrainedAccuracy = figures["accuracy"],
            TrainedAuc = figures["auc"],
            FirstPredictionId = warm.Answers[0].PredictionId,
            Rollout = rollout,
        };
    }

    /// <summary>True when the served model gives the figures that its training measured.</summary>
    internal static bool Reproduces(DemoReport report) =>
        Math.Abs(report.Accuracy - report.TrainedAccuracy) <= FigureTolerance
        && Math.Abs(report.Auc - report.TrainedAuc) <= FigureTolerance;

    private static async Task<int> RegisterAsync(
        Call call, FairleadClient client, DemoStory story, DemoSample sample, string name,
        CancellationToken cancellation)
    {
        var files = LocalFiles.Find(Path.Combine(sample.Model(name), "model.onnx"));
        var sent = await Upload.SendAsync(client, files, call.Terminal, cancellation);
        var (parameters, dataset) = sample.Training(name);
        var version = await client.RegisterVersionAsync(
            story.Endpoint,
            new RegisterVersionRequest
            {
                Files = sent.Files,
                Description = $"The demo's {story.Endpoint}, {name}",
                Metrics = new Dictionary<string, double>(sample.Figures(name)),
                Parameters = new Dictionary<string, string>(parameters),
                Lineage = new VersionLineage
                {
                    Datasets = new Dictionary<string, string> { [story.Dataset] = dataset },
                },
            },
            cancellation: cancellation);
        call.Note($"Registered {story.Endpoint}/{version.Number} ({name}).");
        return version.Number;
    }

    private static Task<EndpointInfo> ServeFirstAsync(
        FairleadClient client, DemoStory story, int version, CancellationToken cancellation) =>
        client.PutEndpointAsync(
            story.Endpoint,
            new PutEndpointRequest
            {
                Unit = $"header:{DemoPlan.UnitHeader}",
                Variants = [new VariantRequest { Name = "stable", Model = story.Endpoint, Version = version }],
                Reason = "demo",
            },
            TimeSpan.FromSeconds(30),
            cancellation);
}
