using System.Collections.Immutable;
using System.Globalization;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitors;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Quality;

/// <summary><c>/api/v1/endpoints/{name}/quality</c> and <c>/cost</c>.</summary>
internal static class QualityApi
{
    private const string Tag = "monitoring";

    private static readonly TimeSpan ByDefault = TimeSpan.FromDays(1);

    public static void MapQuality(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/endpoints/{name}/quality", GetAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("getQuality", Tag, "Tells how good an endpoint's answers were, by what turned out",
                new QueryParameter("outcome", "string", "The outcome, which has the name of the output"),
                new QueryParameter("task", "string", "classification, regression or ranking"),
                new QueryParameter("positive", "string", "The class that counts as positive"),
                new QueryParameter("score", "string", "The output with its probability, such as probabilities[1]"),
                new QueryParameter("classes", "string", "The class of each element of the output that 'score' names, "
                    + "as a,b,c: figures of many classes"),
                new QueryParameter("by", "string", "The input by whose values it is told too"),
                new QueryParameter("from", "string", "Beginning; by default a day before the end"),
                new QueryParameter("to", "string", "End; by default now"),
                new QueryParameter("variant", "string", "Only this variant"),
                new QueryParameter("alpha", "number", "One less the level of the intervals; 0.05"),
                new QueryParameter("places", "integer", "Places of a ranked list that count; 10"));
        routes.MapGet("/api/v1/endpoints/{name}/cost", CostAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("getCost", Tag, "Tells what serving an endpoint cost, variant by variant",
                new QueryParameter("from", "string", "Beginning; by default a day before the end"),
                new QueryParameter("to", "string", "End; by default now"),
                new QueryParameter("perCpuHour", "number", "What a core costs an hour; 0"),
                new QueryParameter("perGibibyteHour", "number", "What a GiB of memory costs an hour; 0"));
    }

    private static async Task<Ok<QualityInfo>> GetAsync(
        HttpContext context, Database database, QualityRead quality, TimeProvider time,
        CancellationToken cancellation)
    {
        var (from, to) = Stretch(context, time);
        var ask = new QualityAsk(
            RequestQuery.Text(context, "outcome") ?? throw Fault("outcome", "Name the outcome, such as outcome=label."),
            RequestQuery.Text(context, "task") switch
            {
                null or "classification" => AnswerKind.Classification,
                "regression" => AnswerKind.Regression,
                "ranking" => AnswerKind.Ranking,
                var other => throw Fault("task", $"'{other}' is none of classification, regression and ranking."),
            }, from, to)
        {
            Positive = RequestQuery.Text(context, "positive"),
            Score = RequestQuery.Text(context, "score"),
            Classes = ClassesOf(context),
            By = RequestQuery.Text(context, "by"),
            Variant = RequestQuery.Text(context, "variant"),
            Alpha = Number(context, "alpha", 0.05, least: 1e-12, most: 0.5),
            Places = (int)Number(context, "places", 10, least: 1, most: 1000),
        };
        var endpoint = await FindAsync(context, database, cancellation);
        return TypedResults.Ok(await quality.ReadAsync(endpoint, ask, cancellation));
    }

    private static ImmutableArray<string> ClassesOf(HttpContext context)
    {
        if (RequestQuery.Text(context, "classes") is not { } text)
            return [];
        ImmutableArray<string> classes = [.. text.Split(',', StringSplitOptions.TrimEntries)];
        var faults = MonitorRules.ClassNames(classes, RequestQuery.Text(context, "score"), "").ToList();
        return faults.Count == 0 ? classes : throw new RefusalException(faults);
    }

    private static async Task<Ok<CostInfo>> CostAsync(
        HttpContext context, Database database, CostRead cost, TimeProvider time, CancellationToken cancellation)
    {
        var (from, to) = Stretch(context, time);
        var price = new Statistics.Series.MachinePrice(
            Number(context, "perCpuHour", 0, 0, 1e9), Number(context, "perGibibyteHour", 0, 0, 1e9));
        var endpoint = await FindAsync(context, database, cancellation);
        return TypedResults.Ok(await cost.ReadAsync(endpoint, from, to, price, cancellation));
    }

    private static (DateTimeOffset From, DateTimeOffset To) Stretch(HttpContext context, TimeProvider time)
    {
        var to = RequestQuery.Instant(context, "to") ?? time.GetUtcNow();
        var from = RequestQuery.Instant(context, "from") ?? to - ByDefault;
        return from < to ? (from, to) : throw Fault("from", "'from' is not before 'to'.");
    }

    private static double Number(HttpContext context, string name, double standard, double least, double most)
    {
        if (RequestQuery.Text(context, name) is not { } text)
            return standard;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw Fault(name, string.Create(
                CultureInfo.InvariantCulture, $"'{name}={text}' is no number from {least} to {most}."));
    }

    private static async Task<EndpointRow> FindAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var name = EndpointName.Parse(RequestQuery.Route(context, "name"));
        return await database.ReadAsync(async db => await EndpointWrites.FindAsync(db, name, cancellation)
            ?? throw new RefusalException(EndpointWrites.NotFound(name)), cancellation);
    }

    private static RefusalException Fault(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_parameter", message) { Field = field });
}
