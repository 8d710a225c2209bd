using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Promotion;
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

namespace Fairlead.Server.Promotion;

/// <summary><c>/api/v1/promotions</c> and <c>/api/v1/promotion-policies</c>.</summary>
internal static class PromotionsApi
{
    private const string Tag = "promotions";
    private const string All = "/api/v1/promotions";
    private const string One = All + "/{id}";
    private const string Policies = "/api/v1/promotion-policies";
    private const string Policy = Policies + "/{model}";

    public static void MapPromotions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).Demands(Role.Viewer)
            .Described("listPromotions", Tag, "Lists promotions that wait for approval, newest first",
                [new QueryParameter("model", "string", "Only those of one model"),
                    new QueryParameter("all", "boolean", "Also those that are decided"), .. QueryParameter.OfLists]);

        // Which model it is about stands in the body, or is known once it is found.
        routes.MapPost(All, AskAsync).Demands(Role.Operator).Accepts<PromotionRequest>("application/json")
            .Described("promote", Tag, "Asks for a version to be promoted: makes the checks of the model's policy",
                new QueryParameter("dryRun", "boolean", "Only make the checks"));
        routes.MapGet(One, GetAsync).Demands(Role.Viewer)
            .Described("getPromotion", Tag, "Shows a promotion with every check and its figures");
        routes.MapPost(One + "/approve", ApproveAsync).Demands(Role.Operator)
            .Accepts<PromotionDecisionRequest>("application/json")
            .Described("approvePromotion", Tag, "Approves a promotion; the last word that is needed moves the alias");
        routes.MapPost(One + "/decline", DeclineAsync).Demands(Role.Operator)
            .Accepts<PromotionDecisionRequest>("application/json")
            .Described("declinePromotion", Tag, "Declines a promotion");

        routes.MapGet(Policies, ListPoliciesAsync).Demands(Role.Viewer)
            .Described("listPromotionPolicies", Tag, "Lists policies of promotion by model", QueryParameter.OfLists);
        routes.MapGet(Policy, GetPolicyAsync).Demands(Role.Viewer, model: "model")
            .Described("getPromotionPolicy", Tag, "Shows what versions of a model must show to be promoted");
        routes.MapPut(Policy, PutPolicyAsync).Demands(Role.Admin, model: "model")
            .Accepts<PromotionPolicyRequest>("application/json")
            .Described("putPromotionPolicy", Tag, "Makes a policy of promotion be as written");
        routes.MapDelete(Policy, DeletePolicyAsync).Demands(Role.Admin, model: "model")
            .Described("deletePromotionPolicy", Tag, "Deletes a policy; its aliases move freely",
                QueryParameter.Reason);
    }

    private static async Task<Ok<Page<PromotionInfo>>> ListAsync(
        HttpContext context, Database database, TimeProvider time, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var (model, all) = (RequestQuery.Text(context, "model"), RequestQuery.Flag(context, "all"));
        var allowed = context.Caller().Models.ToList();
        var rows = await database.ReadAsync(db =>
        {
            var promotions = db.Set<PromotionRow>().AsQueryable();
            if (model is not null)
                promotions = promotions.Where(row => row.Model == model);
            if (!all)
                promotions = promotions.Where(row => row.Status == nameof(PromotionStatus.Open));
            if (allowed.Count > 0)
                promotions = promotions.Where(row => allowed.Contains(row.Model));
            return page.NewestFirst(promotions, row => row.Id).ToListAsync(cancellation);
        }, cancellation);
        var now = time.GetUtcNow();
        return TypedResults.Ok(page.Page(rows, row => PromotionViews.Info(row, now), row => row.Id));
    }

    private static async Task<Ok<PromotionInfo>> AskAsync(
        HttpContext context, PromotionStore store, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<PromotionRequest>(context);
        if (!AccessPolicy.Allows(context.Caller(), new Demand(Role.Operator, Model: request.Model)))
        {
            throw new RefusalException(AccessRefusals.Forbidden(
                context.Caller(), new Demand(Role.Operator, Model: request.Model)));
        }

        return TypedResults.Ok(await store.AskAsync(
            context.Caller(), request, RequestQuery.Flag(context, "dryRun"), cancellation));
    }

    private static async Task<Ok<PromotionInfo>> GetAsync(
        HttpContext context, Database database, TimeProvider time, CancellationToken cancellation)
    {
        var id = RequestQuery.RouteNumber(context, "id");
        var row = await database.ReadAsync(db => PromotionStore.FindAsync(db, id, cancellation), cancellation);
        return AccessPolicy.Allows(context.Caller(), new Demand(Role.Viewer, Model: row.Model))
            ? TypedResults.Ok(PromotionViews.Info(row, time.GetUtcNow()))
            : throw new RefusalException(PromotionStore.NotFound(id));
    }

    private static async Task<Ok<PromotionInfo>> ApproveAsync(
        HttpContext context, PromotionStore store, Keyring keyring, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<PromotionDecisionRequest>(context);
        return TypedResults.Ok(await store.ApproveAsync(context.Caller(), RequestQuery.RouteNumber(context, "id"),
            request.Reason, keyring.IsRequired, cancellation));
    }

    private static async Task<Ok<PromotionInfo>> DeclineAsync(
        HttpContext context, PromotionStore store, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<PromotionDecisionRequest>(context);
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "reason_missing",
                "Say why, for whoever asked.")
            { Field = "reason" });
        }

        return TypedResults.Ok(await store.DeclineAsync(
            context.Caller(), RequestQuery.RouteNumber(context, "id"), request.Reason, cancellation));
    }

    private static async Task<Ok<Page<PromotionPolicyInfo>>> ListPoliciesAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var rows = await database.ReadAsync(db => page.ByName(db.Set<PromotionPolicyRow>(), row => row.Model,
            context.Caller().Models).ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(rows, PolicyWrites.Info, row => row.Model));
    }

    private static async Task<Ok<PromotionPolicyInfo>> GetPolicyAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var model = ModelsApi.Model(context).ToString();
        return TypedResults.Ok(PolicyWrites.Info(await database.ReadAsync(
            db => PolicyWrites.FindAsync(db, model, cancellation), cancellation)
            ?? throw new RefusalException(PolicyWrites.NotFound(model))));
    }

    private static async Task<Ok<PromotionPolicyInfo>> PutPolicyAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var model = ModelsApi.Model(context);
        var request = await RequestBody.ReadAsync<PromotionPolicyRequest>(context);
        var (row, _, _) = await control.WriteAsync(context.Caller(), request.Reason,
            write => PolicyWrites.PutAsync(write, model, request), cancellation);
        return TypedResults.Ok(PolicyWrites.Info(row));
    }

    private static async Task<NoContent> DeletePolicyAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var model = ModelsApi.Model(context);
        await control.WriteAsync(context.Caller(), RequestQuery.Text(context, "reason"),
            write => PolicyWrites.DeleteAsync(write, model), cancellation);
        return TypedResults.NoContent();
    }
}
