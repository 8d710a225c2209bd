using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitors;
using Fairlead.Core.Predictions;
using Fairlead.Server.Monitors;
using Fairlead.Server.Monitors.Watchers;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Windows;
using Fairlead.Statistics.Assignment;
using Fairlead.Statistics.Sketches;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Monitors;

/// <summary>One answer of a test with what turned out.</summary>
internal sealed record Answer(string Predicted, double Score, string? Label = null, double? Value = null)
{
    public string Segment { get; init; } = "all";

    /// <summary>The scores of all classes, of an endpoint that keeps them.</summary>
    public double[]? Scores { get; init; }

    public double[] Features { get; init; } = [];

    public string? Unit { get; init; }
}

/// <summary>An endpoint <c>e</c> with what was asked, answered and turned out there, in a real database.</summary>
internal sealed class Watched(TestServer server, EndpointInfo endpoint)
{
    private static readonly Observation Observed = new()
    {
        Outcomes = true,
        Labels = ["y"],
        Scores = [Observation.Element("y", "y", null)],
        Slices = ["age"],
        Features = true,
    };

    private static readonly Observation OfClasses = Observed with
    {
        Scores = [.. Enumerable.Range(0, 3).Select(i => Observation.ElementOf("y", i))],
    };

    private int _random;

    public int Arm => endpoint.Variants[0].Arm;

    /// <summary>An endpoint with one arm, <c>stable</c>, whose version was registered with some figures.</summary>
    public static async Task<Watched> AtAsync(TestServer server, Dictionary<string, double>? metrics = null)
    {
        var artifact = await server.UploadAsync("a model");
        await server.Client.RegisterVersionAsync("m", new RegisterVersionRequest
        {
            Files = [new VersionFile("model.onnx", artifact.Digest, artifact.Size)],
            Metrics = metrics ?? [],
        });
        return new Watched(server, await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 }],
        }));
    }

    /// <summary>Stores answers of a while ago, and reports what turned out for those that have something.</summary>
    public async Task<IReadOnlyList<OutcomeItem>> AnswerAsync(
        IEnumerable<Answer> answers, TimeSpan age, TimeSpan? delay = null)
    {
        var keys = server.Services.GetRequiredService<IPredictionKeys>().Current;
        var at = DateTimeOffset.UtcNow - age;
        var records = new List<AnswerRecord>();
        var outcomes = new List<OutcomeItem>();
        foreach (var answer in answers)
        {
            var id = new PredictionId(
                keys.Id, endpoint.Number, 1, Arm, at.ToUnixTimeMilliseconds(), (ulong)++_random);
            records.Add(new AnswerRecord(
                id, UnitHash.Of(answer.Unit ?? $"{_random}"),
                answer.Scores is null ? Observed : OfClasses, [answer.Predicted], [answer.Segment])
            {
                Scores = answer.Scores ?? [answer.Score],
                Features = answer.Features,
            });
            if (answer.Label is null && answer.Value is null)
                continue;
            var text = new byte[PredictionId.TextLength];
            id.Write(keys.Secret.Span, text);
            outcomes.Add(new OutcomeItem
            {
                PredictionId = Encoding.ASCII.GetString(text),
                Name = "y",
                Label = answer.Label,
                Value = answer.Value,
                At = at + (delay ?? TimeSpan.FromSeconds(1)),
            });
        }

        await server.Services.GetRequiredService<IFactsSink>().StoreAsync(records, CancellationToken.None);
        foreach (var part in outcomes.Chunk(1000))
        {
            (await server.Client.ReportOutcomesAsync(new OutcomesRequest { Outcomes = [.. part] })).Refused
                .ShouldBeEmpty();
        }

        return outcomes;
    }

    /// <summary>Stores a window of a minute some minutes ago.</summary>
    public Task WindowAsync(int minutesAgo, Action<WindowSketch> fill)
    {
        var minute = ArmWindows.MinuteOf(DateTimeOffset.UtcNow) - minutesAgo;
        var window = new WindowSketch([("age", false), ("income", false), ("y", true)], (ulong)minute);
        fill(window);
        return server.Services.GetRequiredService<IWindowSink>().StoreAsync(
            new SealedWindow(
                EndpointName.Parse("e"), endpoint.Number, VariantName.Parse("stable"), Arm, "m", "1", minute, window),
            CancellationToken.None);
    }

    /// <summary>Puts a monitor and has it look at once, apart from when it is due.</summary>
    public async Task<IReadOnlyList<MonitorFinding>> LookAsync(
        MonitorRequest request, string? memory = null, DateTimeOffset? now = null) =>
        (await ResultAsync(request, memory, now: now)).Findings;

    public async Task<LookResult> ResultAsync(
        MonitorRequest request, string? memory = null, DateTimeOffset? lookedAt = null, DateTimeOffset? now = null)
    {
        await server.Client.PutMonitorAsync("w", request);
        var spec = await server.Services.GetRequiredService<Database>().ReadAsync(
            async db => StoredJson.Read<MonitorSpec>((await db.Monitors.SingleAsync(row => row.Name == "w")).Spec),
            CancellationToken.None);
        return await server.Services.GetRequiredService<Watchers>().LookAsync(
            new MonitorLook(spec, endpoint.Number, memory, lookedAt, now ?? DateTimeOffset.UtcNow),
            CancellationToken.None);
    }

    /// <summary>Waits until a monitor has looked by itself, as it does when it is new.</summary>
    public async Task<MonitorInfo> LookedAsync(string name)
    {
        for (var i = 0; i < 600; i++)
        {
            var info = await server.Client.GetMonitorAsync(name);
            if (info.State != MonitorWrites.New)
                return info;
            await Task.Delay(50);
        }

        throw new ShouldAssertException($"The monitor '{name}' has not looked within 30 s.");
    }
}
