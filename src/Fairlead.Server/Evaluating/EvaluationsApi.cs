using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Evaluating;

/// <summary>Evaluations of versions: below the version, and by their number.</summary>
internal static class EvaluationsApi
{
    private const string Tag = "versions";
    private const string OfVersion = "/api/v1/models/{model}/versions/{number}/evaluations";
    private const string One = "/api/v1/evaluations/{id}";

    public static void MapEvaluations(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(OfVersion, ListAsync).Demands(Role.Viewer, model: "model")
            .Described("listEvaluations", Tag, "Lists evaluations of a version, newest first", QueryParameter.OfLists);
        routes.MapPost(OfVersion, BeginAsync).Demands(Role.Operator, model: "model")
            .Accepts<EvaluationRequest>("application/json")
            .Described("beginEvaluation", Tag, "Begins to evaluate a version on labelled rows, or goes on");

        // Which model it is about is known once the evaluation is found.
        routes.MapGet(One, GetAsync).Demands(Role.Viewer)
            .Described("getEvaluation", Tag, "Shows an evaluation with its figures, by segment");
        routes.MapPost(One + "/rows", AddAsync).Demands(Role.Operator)
            .Accepts<EvaluationRowsRequest>("application/json")
            .Described("addEvaluationRows", Tag, "Has the next rows of an evaluation scored");
        routes.MapPost(One + "/finish", FinishAsync).Demands(Role.Operator)
            .Described("finishEvaluation", Tag, "Computes the figures of an evaluation and keeps them");
        routes.MapGet(One + "/against/{other}", CompareAsync).Demands(Role.Viewer)
            .Described("compareEvaluations", Tag, "Holds two versions against each other on the same rows");
    }

    private static async Task<Ok<Page<EvaluationInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var (id, page) = (Version(context), PageQuery.Of(context));
        var rows = await database.ReadAsync(async db =>
        {
            var version = await RegistryViews.FindVersionAsync(db, id, cancellation);
            return await page.NewestFirst(
                db.Set<EvaluationRow>().Where(row => row.Model == version.Model && row.Number == version.Number),
                row => row.Id).ToListAsync(cancellation);
        }, cancellation);
        return TypedResults.Ok(page.Page(rows, row => EvaluationViews.Info(row, withSegments: false), row => row.Id));
    }

    private static async Task<Ok<EvaluationInfo>> BeginAsync(
        HttpContext context, EvaluationStore store, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<EvaluationRequest>(context);
        var row = await store.BeginAsync(context.Caller(), Version(context), request, cancellation);
        return TypedResults.Ok(EvaluationViews.Info(row, withSegments: true));
    }

    private static async Task<Ok<EvaluationInfo>> GetAsync(
        HttpContext context, EvaluationStore store, CancellationToken cancellation) => TypedResults.Ok(
            EvaluationViews.Info(await FindAsync(context, store, "id", Role.Viewer, cancellation), withSegments: true));

    private static async Task<Ok<EvaluationInfo>> AddAsync(
        HttpContext context, EvaluationStore store, CancellationToken cancellation)
    {
        var row = await FindAsync(context, store, "id", Role.Operator, cancellation);
        var rows = await RequestBody.ReadAsync<EvaluationRowsRequest>(context, EvaluationRules.MaxBytes);
        return TypedResults.Ok(EvaluationViews.Info(
            await store.AddAsync(row, rows, cancellation), withSegments: false));
    }

    private static async Task<Ok<EvaluationInfo>> FinishAsync(
        HttpContext context, EvaluationStore store, CancellationToken cancellation)
    {
        var row = await FindAsync(context, store, "id", Role.Operator, cancellation);
        return TypedResults.Ok(EvaluationViews.Info(
            await store.FinishAsync(context.Caller(), row, cancellation), withSegments: true));
    }

    private static async Task<Ok<EvaluationComparisonInfo>> CompareAsync(
        HttpContext context, EvaluationStore store, EvaluationPairs pairs, CancellationToken cancellation) =>
        TypedResults.Ok(await pairs.CompareAsync(
            await FindAsync(context, store, "id", Role.Viewer, cancellation),
            await FindAsync(context, store, "other", Role.Viewer, cancellation), cancellation));

    private static async Task<EvaluationRow> FindAsync(
        HttpContext context, EvaluationStore store, string name, Role role, CancellationToken cancellation)
    {
        var id = RequestQuery.RouteNumber(context, name);
        var row = await store.FindAsync(id, cancellation);
        return AccessPolicy.Allows(context.Caller(), new Demand(role, Model: row.Model))
            ? row
            : throw new RefusalException(EvaluationStore.NotFound(id));
    }

    private static VersionId Version(HttpContext context) =>
        new(ModelsApi.Model(context), RequestQuery.RouteNumber(context, "number"));
}
