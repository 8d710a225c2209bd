using System.Globalization;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Tracking;

/// <summary><c>/api/v1/experiments</c> and <c>/api/v1/runs</c>: what was tracked, in our own words.</summary>
internal static class RunsApi
{
    /// <summary>Most runs that are put side by side.</summary>
    public const int MaxCompared = 20;

    private const string Tag = "runs";
    private const string One = "/api/v1/runs/{run}";

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/experiments", ListExperimentsAsync).Demands(Role.Viewer)
            .Described("listExperiments", Tag, "Lists experiments, newest first",
                [new QueryParameter("filter", "string", "Such as name LIKE 'credit%'"), .. QueryParameter.OfLists]);
        routes.MapGet("/api/v1/runs", ListAsync).Demands(Role.Viewer)
            .Described("listRuns", Tag, "Lists the runs of an experiment",
            [
                new QueryParameter("experiment", "string", "The experiment's id; 0 by default"),
                new QueryParameter("filter", "string", "Such as metrics.acc > 0.9 AND params.model = 'tree'"),
                new QueryParameter("order", "string", "Such as metrics.acc DESC; newest first by default"),
                .. QueryParameter.OfLists,
            ]);
        routes.MapGet("/api/v1/runs/compare", CompareAsync).Demands(Role.Viewer)
            .Described("compareRuns", Tag, "Puts runs side by side",
                new QueryParameter("runs", "string", $"The ids of 1 to {MaxCompared} runs, with commas between"),
                new QueryParameter("curves", "boolean", "The values over the steps come too"));
        routes.MapGet(One, GetAsync).Demands(Role.Viewer).Described("getRun", Tag, "Shows a run");
        routes.MapPut(One + "/note", NoteAsync).Demands(Role.Operator)
            .Accepts<RunNoteRequest>("application/json")
            .Described("putRunNote", Tag, "Writes the note of a run, in Markdown");
    }

    private static async Task<Ok<Page<ExperimentInfo>>> ListExperimentsAsync(
        HttpContext context, Experiments experiments, CancellationToken cancellation)
    {
        var (limit, token) = Page(context);
        var (rows, next, _) = await experiments.SearchAsync(
            RequestQuery.Text(context, "filter"), [], false, limit, token, false, cancellation);
        return TypedResults.Ok(new Page<ExperimentInfo>([.. rows.Select(View)], next));
    }

    private static async Task<Ok<Page<RunInfo>>> ListAsync(
        HttpContext context, RunReads reads, Experiments experiments, CancellationToken cancellation)
    {
        var (limit, token) = Page(context);
        var order = RequestQuery.Text(context, "order");
        var experiment = Experiments.Number(RequestQuery.Text(context, "experiment") ?? "0");
        var page = await reads.SearchAsync(
            new RunSearch
            {
                Experiments = [experiment],
                Filter = SearchFilter.Parse(RequestQuery.Text(context, "filter"), SearchSchema.Runs),
                Orders = SearchFilter.ParseOrder(order is null ? [] : [order], SearchSchema.Runs),
                Limit = limit,
                PageToken = token,
            },
            cancellation);

        // One that is none has no runs either.
        if (page.Runs.Count == 0)
            await experiments.GetAsync(experiment, cancellation);
        return TypedResults.Ok(new Page<RunInfo>([.. page.Runs.Select(each => View(each.Run, each.Data))], page.Next));
    }

    private static async Task<Ok<RunInfo>> GetAsync(
        HttpContext context, RunReads reads, CancellationToken cancellation)
    {
        var (run, data) = await reads.WholeAsync(RequestQuery.Route(context, "run"), cancellation);
        return TypedResults.Ok(View(run, data));
    }

    private static async Task<Ok<RunInfo>> NoteAsync(
        HttpContext context, RunReads reads, RunLogging logging, CancellationToken cancellation)
    {
        var id = RequestQuery.Route(context, "run");
        var request = await RequestBody.ReadAsync<RunNoteRequest>(context);
        TextRules.ThrowIfAny([TextRules.WhyNot("text", request.Text, TextRules.MaxDescription)]);
        await logging.LogAsync(
            id, new LoggedBatch { Tags = [new LoggedPair(RunComparing.NoteTag, request.Text)] }, cancellation);
        var (run, data) = await reads.WholeAsync(id, cancellation);
        return TypedResults.Ok(View(run, data));
    }

    private static async Task<Ok<RunComparison>> CompareAsync(
        HttpContext context, RunComparing comparing, CancellationToken cancellation)
    {
        var ids = (RequestQuery.Text(context, "runs") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (ids.Length is < 1 or > MaxCompared || ids.Distinct(StringComparer.Ordinal).Count() < ids.Length)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                string.Create(CultureInfo.InvariantCulture, $"'runs' names 1 to {MaxCompared} different runs."))
            { Field = "runs" });
        }

        return TypedResults.Ok(
            await comparing.CompareAsync(ids, RequestQuery.Flag(context, "curves"), cancellation));
    }

    internal static RunInfo View(StoredRun run, RunData data) => new()
    {
        Id = run.Id,
        Name = run.Name,
        Experiment = run.Experiment.ToString(CultureInfo.InvariantCulture),
        User = run.UserId,
        Status = RunStatuses.NameOf(run.Status),
        StartedAt = Instant(run.StartTime),
        EndedAt = run.EndTime is { } end ? Instant(end) : null,
        Deleted = run.IsDeleted,
        ArtifactUri = run.ArtifactUri,
        Metrics = data.Metrics.ToDictionary(point => point.Key, View),
        Parameters = data.Parameters.ToDictionary(pair => pair.Key, pair => pair.Value),
        Tags = data.Tags.Where(pair => pair.Key != RunComparing.NoteTag)
            .ToDictionary(pair => pair.Key, pair => pair.Value),
        Note = data.Tags.FirstOrDefault(pair => pair.Key == RunComparing.NoteTag).Value ?? "",
    };

    internal static MetricValue View(StoredPoint point) =>
        new(StoredJson.Figure(point.Value), point.Step, Instant(point.Timestamp));

    private static ExperimentInfo View(ExperimentRow row) => new()
    {
        Id = row.Number.ToString(CultureInfo.InvariantCulture),
        Name = row.Name,
        ArtifactLocation = row.ArtifactLocation,
        Tags = StoredJson.Read<Dictionary<string, string>>(row.Tags),
        Deleted = row.DeletedAt is not null,
        CreatedAt = Instants.FromMicroseconds(row.CreatedAt),
        ChangedAt = Instants.FromMicroseconds(row.ChangedAt),
    };

    /// <summary>Clients may say any moment; one that no calendar has is shown as the last one that it has.</summary>
    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Min(milliseconds, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>The page's size and token; the token is a search's own.</summary>
    private static (int Limit, string? Token) Page(HttpContext context)
    {
        var limit = RequestQuery.Number(context, "limit") ?? Page<RunInfo>.DefaultLimit;
        return limit is < 1 or > Page<RunInfo>.MaxLimit
            ? throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                $"'limit' is 1 to {Page<RunInfo>.MaxLimit}.")
            { Field = "limit" })
            : ((int)limit, RequestQuery.Text(context, "pageToken"));
    }
}
