using System.Globalization;
using System.Text.Json;
using Fairlead.Server.Problems;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary><c>metrics/*</c>.</summary>
internal sealed class MetricRoutes(RunReads reads)
{
    /// <summary>Most runs of a bulk history.</summary>
    public const int MaxRuns = 100;

    /// <summary>Most points a run of an evenly sampled history.</summary>
    public const int MaxSampled = 2_500;

    /// <summary>Most points of a history.</summary>
    public const int MaxHistory = 25_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Streams("GET", "metrics/get-history", HistoryAsync);
        routes.Reads("GET", "metrics/get-history-bulk", BulkAsync);
        routes.Streams("GET", "metrics/get-history-bulk-interval", IntervalAsync);
    }

    private async Task<Func<MlflowStream, Task>> HistoryAsync(MlflowRequest request)
    {
        var body = request.Body;
        var (run, key) = (request.RunId, body.Required("metric_key"));
        int? limit = body.Has("max_results") ? body.Integer("max_results", 0, 1, int.MaxValue - 1) : null;
        var after = body.Text("page_token") is { Length: > 0 } token ? After(body, key, token) : (StoredPoint?)null;
        var page = limit is { } most ? Math.Min(most, MaxHistory) : int.MaxValue;

        // One more than a page tells whether there is a next one.
        var history = await reads.HistoryOfAsync(
            run, key, limit is null ? null : page + 1, after, request.Cancellation);
        return history is null
            ? _ => Task.CompletedTask
            : answer => WriteAsync(answer, history, page, request.Cancellation);
    }

    private async Task WriteAsync(MlflowStream answer, HistoryOf history, int page, CancellationToken cancellation)
    {
        var (json, points) = (answer.Json, new PointWriter(answer.Json, history.Metric));
        var (written, last, isMore) = (0, default(StoredPoint), false);
        await reads.EachPointAsync(history, point =>
        {
            if (written == page)
            {
                isMore = true;
                return ValueTask.CompletedTask;
            }

            // An empty list is left out, as everywhere in the protocol.
            if (written++ == 0)
                json.WriteStartArray("metrics");
            last = point;
            points.Write(point);
            return answer.RelieveAsync();
        }, cancellation);
        if (written > 0)
            json.WriteEndArray();
        json.Optional("next_page_token", isMore ? Token(last) : null);
    }

    private async Task<Action<Utf8JsonWriter>> BulkAsync(MlflowRequest request)
    {
        var limit = request.Body.Integer("max_results", MaxHistory, 1, MaxHistory);
        var key = request.Body.Required("metric_key");
        var points = new List<(string Run, StoredPoint Point)>();
        foreach (var run in Runs(request.Body))
        {
            // A run that is not there is refused, whether or not there is room for its points.
            var history = await reads.HistoryAsync(
                run, key, Math.Max(1, limit - points.Count), null, request.Cancellation);
            points.AddRange(history.Take(limit - points.Count).Select(point => (run, point)));
        }

        return json => json.Many("metrics", points, each => Write(json, each.Run, each.Point));
    }

    private async Task<Func<MlflowStream, Task>> IntervalAsync(MlflowRequest request)
    {
        var (body, key) = (request.Body, request.Body.Required("metric_key"));
        var (start, end) = (body.Integer("start_step"), body.Integer("end_step"));
        if ((start is null) != (end is null))
        {
            throw body.Refused(start is null ? "start_step" : "end_step",
                "If either start_step or end_step are specified, both must be specified.");
        }

        if (start > end)
            throw body.Refused("end_step", $"end_step must be greater than start_step. Found {start} and {end}.");
        var most = body.Integer("max_results", MaxSampled, 1, MaxSampled);

        // The points are read twice, their steps and then those that are shown, so that nothing holds all of them.
        var histories = new List<(string Run, HistoryOf History)>();
        var steps = new StepSample();
        foreach (var run in Runs(body))
        {
            if (await reads.HistoryOfAsync(run, key, null, null, request.Cancellation) is not { } history)
                continue;
            histories.Add((run, history));
            steps.BeginRun();
            await reads.EachPointAsync(history, point =>
            {
                if (start is null || (point.Step >= start && point.Step <= end))
                    steps.Add(point.Step);
                return ValueTask.CompletedTask;
            }, request.Cancellation);
        }

        var kept = steps.Kept(most);
        return answer => WriteAsync(answer, histories, kept, request.Cancellation);
    }

    private async Task WriteAsync(
        MlflowStream answer, List<(string Run, HistoryOf History)> histories, HashSet<long> kept,
        CancellationToken cancellation)
    {
        if (kept.Count == 0)
            return;
        answer.Json.WriteStartArray("metrics");
        foreach (var (run, history) in histories)
        {
            await reads.EachPointAsync(history, point =>
            {
                if (!kept.Contains(point.Step))
                    return ValueTask.CompletedTask;
                Write(answer.Json, run, point);
                return answer.RelieveAsync();
            }, cancellation);
        }

        answer.Json.WriteEndArray();
    }

    private static IEnumerable<string> Runs(MlflowObject body)
    {
        var runs = body.Texts("run_ids") is { Count: > 0 } plural ? plural : body.Texts("run_id");
        if (runs.Count == 0)
            throw body.Missing("run_ids");
        return runs.Count <= MaxRuns
            ? runs.Distinct(StringComparer.Ordinal)
            : throw body.Refused("run_ids", $"it names {runs.Count} runs; at most {MaxRuns} are read at once.");
    }

    private static void Write(Utf8JsonWriter json, string run, StoredPoint point)
    {
        json.WriteStartObject();
        json.PointFields(point);
        json.WriteString("run_id", run);
        json.WriteEndObject();
    }

    private static string Token(StoredPoint last) => PageToken.Write(string.Create(CultureInfo.InvariantCulture,
        $"{last.Timestamp} {last.Step} {last.Value:R}"));

    private static StoredPoint After(MlflowObject body, string key, string token) =>
        PageToken.TryRead(token, out var text) && text.Split(' ') is [var timestamp, var step, var value]
        && long.TryParse(timestamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at)
        && long.TryParse(step, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            ? new StoredPoint(key, real, at, number)
            : throw body.Refused("page_token", "it is not one that this server gave.");
}
