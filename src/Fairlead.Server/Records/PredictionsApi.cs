using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Records.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Records;

/// <summary><c>/api/v1/predictions</c> and the records of one endpoint.</summary>
internal static class PredictionsApi
{
    private const string Tag = "predictions";
    private const string OfEndpoint = "/api/v1/endpoints/{name}/predictions";

    private static readonly Dictionary<string, string> MediaTypes = new()
    {
        ["csv"] = "text/csv; charset=utf-8",
        ["jsonl"] = "application/jsonl; charset=utf-8",
        ["parquet"] = "application/vnd.apache.parquet",
    };

    public static void MapPredictions(this IEndpointRouteBuilder routes)
    {
        // Which endpoints a key may ask is held against every one that the question names.
        routes.MapPost("/api/v1/predictions/query", QueryAsync).Demands(Role.Operator)
            .Described("queryPredictions", Tag, "Answers a SELECT over the records of requests",
                new BodyDescription(typeof(QueryPredictionsRequest), "application/json"))
            .Answers(StatusCodes.Status200OK, typeof(QueriedPredictions));
        routes.MapPost(OfEndpoint + "/forget", ForgetAsync).Demands(Role.Admin, endpoint: "name")
            .Described("forgetPredictions", Tag, "Removes every record of a person from an endpoint's log",
                new BodyDescription(typeof(ForgetPredictionsRequest), "application/json"));
        routes.MapGet(OfEndpoint, ExportAsync).Demands(Role.Operator, endpoint: "name")
            .Described("exportPredictions", Tag, "Writes out the records of an endpoint's requests",
                new QueryParameter("format", "string", "csv, parquet or jsonl; jsonl by default"),
                new QueryParameter("from", "string", "The first moment"),
                new QueryParameter("to", "string", "The moment after the last one"))
            .Answers(StatusCodes.Status200OK, typeof(byte[]), "application/octet-stream");
    }

    private static async Task<IResult> QueryAsync(
        HttpContext context, RecordQueries queries, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<QueryPredictionsRequest>(context);
        return TypedResults.Text(
            await queries.AnswerAsync(context.Caller(), request, cancellation), "application/json");
    }

    private static async Task<Ok<ForgottenPredictions>> ForgetAsync(
        HttpContext context, RecordForgetting forgetting, CancellationToken cancellation)
    {
        var name = EndpointName.Parse(RequestQuery.Route(context, "name"));
        var request = await RequestBody.ReadAsync<ForgetPredictionsRequest>(context);
        return TypedResults.Ok(await forgetting.ForgetAsync(context.Caller(), name, request, cancellation));
    }

    private static async Task<IResult> ExportAsync(
        HttpContext context, RecordQueries queries, CancellationToken cancellation)
    {
        var format = RequestQuery.Text(context, "format") ?? "jsonl";
        if (!MediaTypes.TryGetValue(format, out var mediaType))
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                $"There is no format '{format}'; write csv, parquet or jsonl.")
            { Field = "format" });
        }

        var (from, to) = (RequestQuery.Instant(context, "from"), RequestQuery.Instant(context, "to"));
        var name = EndpointName.Parse(RequestQuery.Route(context, "name"));
        var export = await queries.ExportAsync(context.Caller(), name, format, from, to, cancellation);
        context.Response.RegisterForDispose(export);
        if (export.NotIncluded.Count > 0)
        {
            context.Response.Headers[NotIncludedHeader.Name] =
                string.Join(", ", export.NotIncluded.Select(Uri.EscapeDataString));
        }

        return Results.Stream(to => export.SendAsync(to, context.RequestAborted), mediaType);
    }
}
