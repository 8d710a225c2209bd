using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Access;
using Fairlead.Server.Apply;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Rollouts;

/// <summary><c>/api/v1/rollouts</c>.</summary>
internal static class RolloutsApi
{
    private const string All = "/api/v1/rollouts";
    private const string One = All + "/{id}";

    public static void MapRollouts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).Demands(Role.Viewer);
        routes.MapPost(All, PostAsync).Demands(Role.Operator).Accepts<RolloutRequest>("application/json", "application/yaml");
        routes.MapGet(One, GetAsync).Demands(Role.Viewer);
        routes.MapPut(One, PutAsync).Demands(Role.Operator).Accepts<RolloutRequest>("application/json", "application/yaml");
        routes.MapGet(One + "/events", EventsAsync).Demands(Role.Viewer);
        Map(routes, "pause", (write, said) => (plan, state) =>
            RolloutCommands.Pause(plan, state, Why(write, "paused"), write.Now));
        Map(routes, "resume", (write, said) => (plan, state) => RolloutCommands.Resume(plan, state, write.Now));
        Map(routes, "approve", (write, said) => (plan, state) =>
        {
            RefuseOtherDigest(plan, said.Digest);
            return RolloutCommands.Approve(
                plan, state, write.Principal.Name, accessIsControlled: write.Principal.KeyId != 0, write.Now);
        });
        Map(routes, "skip", (write, said) => (plan, state) =>
        {
            DemandReason(write, "skip");
            return RolloutCommands.Skip(plan, state, write.Principal.Name, write.Now);
        });
        Map(routes, "promote", (write, said) => (plan, state) =>
        {
            DemandReason(write, "promote");
            VariantName? candidate = said.Candidate is null ? null : VariantName.Parse(said.Candidate);
            return RolloutCommands.Promote(plan, state, candidate, write.Principal.Name, write.Now);
        });
        Map(routes, "abort", (write, said) => (plan, state) =>
            RolloutCommands.Abort(plan, state, Why(write, "aborted"), write.Now));
    }

    /// <summary>Maps one command: a rule of Core over what the caller said.</summary>
    private static void Map(
        IEndpointRouteBuilder routes, string command,
        Func<WriteScope, RolloutCommandRequest, Func<RolloutPlan, RolloutState, RolloutDecision>> rule) =>
        routes.MapPost($"{One}/{command}", async (
                HttpContext context, ControlPlane control, RolloutWake wake, CancellationToken cancellation) =>
            {
                var id = Id(context);
                var said = await RequestBody.ReadAsync<RolloutCommandRequest>(context);
                var row = await control.WriteAsync(context.Caller(), said.Reason,
                    write => RolloutWrites.CommandAsync(write, id, command, rule(write, said)), cancellation);
                wake.Now();
                return TypedResults.Ok(RolloutViews.Info(row));
            })
            .Demands(Role.Operator).Accepts<RolloutCommandRequest>("application/json");

    private static async Task<Ok<Page<RolloutInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var endpoint = RequestQuery.Text(context, "endpoint");
        var active = RequestQuery.Flag(context, "active");
        var before = page.AfterNumber ?? long.MaxValue;
        var allowed = context.Caller().Endpoints.ToList();
        var rows = await database.ReadAsync(db =>
        {
            var found = db.Rollouts.Where(row => row.Id < before);
            if (endpoint is not null)
                found = found.Where(row => row.Name == endpoint);
            if (active)
                found = found.Where(row => row.EndedAt == null);
            if (allowed.Count > 0)
                found = found.Where(row => allowed.Contains(row.Name));
            return found.OrderByDescending(row => row.Id).Take(page.Limit + 1).ToListAsync(cancellation);
        }, cancellation);
        return TypedResults.Ok(page.Page(rows, RolloutViews.Info, row => row.Id));
    }

    private static async Task<IResult> PostAsync(
        HttpContext context, ControlPlane control, RolloutWake wake, CancellationToken cancellation)
    {
        var dryRun = RequestQuery.Flag(context, "dryRun");
        var request = await DocumentBody.ReadRolloutAsync(context);
        if (dryRun)
        {
            var plan = await control.WriteAsync(context.Caller(), request.Reason,
                write => RolloutWrites.PlanAsync(write, request), cancellation, dryRun: true);
            return TypedResults.Ok(RolloutViews.Plan(plan) with { Written = RolloutWrites.Kept(request) });
        }

        var row = await control.WriteAsync(
            context.Caller(), request.Reason, write => RolloutWrites.StartAsync(write, request), cancellation);
        wake.Now();
        return TypedResults.Created($"{All}/{row.Id}", RolloutViews.Info(row));
    }

    private static async Task<Ok<RolloutInfo>> GetAsync(
        HttpContext context, Database database, CancellationToken cancellation) =>
        TypedResults.Ok(RolloutViews.Info(await ReadAsync(context, database, cancellation)));

    private static async Task<Ok<RolloutInfo>> PutAsync(
        HttpContext context, ControlPlane control, RolloutWake wake, CancellationToken cancellation)
    {
        var id = Id(context);
        var request = await DocumentBody.ReadRolloutAsync(context);
        var row = await control.WriteAsync(
            context.Caller(), request.Reason, write => RolloutWrites.EditAsync(write, id, request), cancellation);
        wake.Now();
        return TypedResults.Ok(RolloutViews.Info(row));
    }

    private static async Task<Ok<Page<RolloutEventInfo>>> EventsAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var row = await ReadAsync(context, database, cancellation);
        var before = page.AfterNumber ?? long.MaxValue;
        var events = await database.ReadAsync(
            db => db.RolloutEvents.Where(each => each.Rollout == row.Id && each.Id < before)
                .OrderByDescending(each => each.Id).Take(page.Limit + 1).ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(events, RolloutViews.Event, each => each.Id));
    }

    /// <summary>The rollout of the route; a key that is kept from its endpoint may not see it.</summary>
    private static async Task<RolloutRow> ReadAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var id = Id(context);
        var row = await database.ReadAsync(db => RolloutWrites.FindAsync(db, id, cancellation), cancellation);
        var demand = new Demand(Role.Viewer, Endpoint: row.Name);
        return AccessPolicy.Allows(context.Caller(), demand)
            ? row
            : throw new RefusalException(AccessRefusals.Forbidden(context.Caller(), demand));
    }

    private static long Id(HttpContext context) => RequestQuery.RouteNumber(context, "id");

    private static string Why(WriteScope write, string done) =>
        write.Reason is { Length: > 0 } reason
            ? $"{done} by {write.Principal.Name}: {reason}"
            : $"{done} by {write.Principal.Name}";

    private static void DemandReason(WriteScope write, string command)
    {
        if (string.IsNullOrWhiteSpace(write.Reason))
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "reason_needed",
                $"'{command}' leaves checks undone; say why.")
            { Field = "reason" });
        }
    }

    private static void RefuseOtherDigest(RolloutPlan plan, string? digest)
    {
        var present = Approvals.DigestOf(plan);
        if (digest is not null && digest != present)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "other_digest",
                "The step waits for the approval of other files than those that were looked at.")
            { Field = "digest", Present = present });
        }
    }
}
