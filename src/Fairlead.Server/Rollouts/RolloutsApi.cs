using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Access;
using Fairlead.Server.Apply;
using Fairlead.Server.Description;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Outcomes;
using Fairlead.Server.Problems;
using Fairlead.Server.Rollouts.Figures;
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
    private const string Tag = "rollouts";
    private const long MostLooks = 10_000;
    private const string All = "/api/v1/rollouts";
    private const string One = All + "/{id}";

    private static readonly BodyDescription Written =
        new(typeof(RolloutRequest), "application/json", "application/yaml");

    public static void MapRollouts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).Demands(Role.Viewer)
            .Described("listRollouts", Tag, "Lists rollouts, newest first",
                [new QueryParameter("endpoint", "string", "Only those of one endpoint"),
                    new QueryParameter("active", "boolean", "Only those that are not over"),
                    .. QueryParameter.OfLists]);
        routes.MapPost(All, PostAsync).Demands(Role.Operator)
            .Described("startRollout", Tag, "Starts a rollout", Written,
                new QueryParameter("dryRun", "boolean",
                    "Only compile the plan, and show it with what its checks can tell at present traffic"))
            .Answers(StatusCodes.Status200OK, typeof(RolloutPlanInfo))
            .Answers(StatusCodes.Status201Created, typeof(RolloutInfo));
        routes.MapGet(One, GetAsync).Demands(Role.Viewer)
            .Described("getRollout", Tag, "Shows a rollout: steps, traffic and every check with its numbers",
                new QueryParameter("looks", "integer", "Most looks of each check to show, newest kept; default 0"));
        routes.MapGet(All + "/proposals", ProposalsAsync).Demands(Role.Viewer)
            .Described("listProposals", Tag, "Lists wins that wait for approval, newest rollout first",
                [new QueryParameter("endpoint", "string", "Only those of one endpoint"),
                    new QueryParameter("all", "boolean", "Also those that are decided"),
                    .. QueryParameter.OfLists]);
        routes.MapPut(One, PutAsync).Demands(Role.Operator)
            .Described("editRollout", Tag, "Exchanges the steps to come and the guards", Written);
        routes.MapGet(One + "/events", EventsAsync).Demands(Role.Viewer)
            .Described("listRolloutEvents", Tag, "Lists what happened in a rollout, newest first",
                QueryParameter.OfLists);
        routes.MapGet(One + "/disagreements", DisagreementsAsync).Demands(Role.Operator)
            .Described("listDisagreements", Tag,
                "Shows how candidates' answers to copies differ from what callers got, with the worst examples",
                new QueryParameter("examples", "integer", "Most examples of each candidate; default 10, at most 50"));
        MapCommands(routes);
    }

    private static void MapCommands(IEndpointRouteBuilder routes)
    {
        Map(routes, "pause", "Holds the steps; guards stay armed", (write, said) => (plan, state) =>
            RolloutCommands.Pause(plan, state, Why(write, "paused"), write.Now));
        Map(routes, "resume", "Lets a paused rollout go on", (write, said) => (plan, state) =>
            RolloutCommands.Resume(plan, state, write.Now));
        Map(routes, "approve", "Approves the step that it waits at", (write, said) => (plan, state) =>
        {
            RefuseOtherDigest(plan, state, said.Digest);
            return RolloutCommands.Approve(
                plan, state, write.Principal.Name, accessIsControlled: write.Principal.KeyId != 0, write.Now);
        });
        Map(routes, "decline", "Declines the proposed winner and goes back to stable", (write, said) => (plan, state) =>
        {
            DemandReason(write, "'decline' gives a winner up");
            RefuseOtherDigest(plan, state, said.Digest);
            return RolloutCommands.Decline(plan, state, write.Principal.Name, write.Reason!, write.Now);
        });
        Map(routes, "skip", "Leaves the present step undone", (write, said) => (plan, state) =>
        {
            DemandReason(write, "'skip' leaves checks undone");
            return RolloutCommands.Skip(plan, state, write.Principal.Name, write.Now);
        });
        Map(routes, "promote", "Puts everything on one candidate; guards stay armed", (write, said) => (plan, state) =>
        {
            DemandReason(write, "'promote' leaves checks undone");
            VariantName? candidate = said.Candidate is null ? null : VariantName.Parse(said.Candidate);
            return RolloutCommands.Promote(plan, state, candidate, write.Principal.Name, write.Now);
        });
        Map(routes, "abort", "Goes back to stable at once", (write, said) => (plan, state) =>
            RolloutCommands.Abort(plan, state, Why(write, "aborted"), write.Now));
    }

    /// <summary>Maps one command: a rule of Core over what the caller said.</summary>
    private static void Map(
        IEndpointRouteBuilder routes, string command, string summary,
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
            .Demands(Role.Operator)
            .Described($"{command}Rollout", Tag, summary,
                new BodyDescription(typeof(RolloutCommandRequest), "application/json"));

    private static async Task<Ok<Page<RolloutInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var active = RequestQuery.Flag(context, "active");
        var rows = await database.ReadAsync(db =>
        {
            var found = Visible(context, db);
            if (active)
                found = found.Where(row => row.EndedAt == null);
            return page.NewestFirst(found, row => row.Id).ToListAsync(cancellation);
        }, cancellation);
        return TypedResults.Ok(page.Page(rows, RolloutViews.Info, row => row.Id));
    }

    private static async Task<Ok<Page<ProposalInfo>>> ProposalsAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var (all, open) = (RequestQuery.Flag(context, "all"), nameof(ProposalStatus.Open));
        var rows = await database.ReadAsync(db =>
        {
            var found = Visible(context, db);
            found = all ? found.Where(row => row.Proposal != null) : found.Where(row => row.Proposal == open);
            return page.NewestFirst(found, row => row.Id).ToListAsync(cancellation);
        }, cancellation);
        return TypedResults.Ok(page.Page(rows, ProposalViews.Info, row => row.Id));
    }

    /// <summary>Rollouts of endpoints that the caller's key may see, and of the one that he asks for.</summary>
    private static IQueryable<RolloutRow> Visible(HttpContext context, FairleadDbContext db)
    {
        var allowed = context.Caller().Endpoints.ToList();
        var found = db.Rollouts.AsNoTracking();
        if (RequestQuery.Text(context, "endpoint") is { } endpoint)
            found = found.Where(row => row.Name == endpoint);
        return allowed.Count > 0 ? found.Where(row => allowed.Contains(row.Name)) : found;
    }

    private static async Task<IResult> PostAsync(
        HttpContext context, ControlPlane control, RolloutWake wake, TrafficRead traffic,
        CancellationToken cancellation)
    {
        var dryRun = RequestQuery.Flag(context, "dryRun");
        var request = await DocumentBody.ReadRolloutAsync(context);
        if (dryRun)
        {
            var plan = await control.WriteAsync(context.Caller(), request.Reason,
                write => RolloutWrites.PlanAsync(write, request), cancellation, dryRun: true);
            var present = await traffic.PresentAsync(plan.Endpoint.ToString(), cancellation);
            return TypedResults.Ok(RolloutViews.Plan(plan) with
            {
                Written = RolloutWrites.Kept(request),
                Outlook = RolloutViews.Outlook(plan, present),
            });
        }

        var row = await control.WriteAsync(
            context.Caller(), request.Reason, write => RolloutWrites.StartAsync(write, request), cancellation);
        wake.Now();
        return TypedResults.Created($"{All}/{row.Id}", RolloutViews.Info(row));
    }

    private static async Task<Ok<RolloutInfo>> GetAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var most = RequestQuery.Number(context, "looks") ?? 0;
        if (most > MostLooks)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                $"At most {MostLooks} looks of a check are shown.")
            { Field = "looks" });
        }

        var row = await ReadAsync(context, database, cancellation);
        var looks = await database.ReadAsync(
            db => LookStore.ReadAsync(db, row.Id, (int)most, cancellation), cancellation);
        return TypedResults.Ok(RolloutViews.Info(row, looks));
    }

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
        var events = await database.ReadAsync(
            db => page.NewestFirst(db.RolloutEvents.Where(each => each.Rollout == row.Id), each => each.Id)
                .ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(events, RolloutViews.Event, each => each.Id));
    }

    /// <summary>Examples hold what callers sent, so an operator's key is asked for.</summary>
    private static async Task<Ok<List<DisagreementsInfo>>> DisagreementsAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var most = (int)Math.Min(RequestQuery.Number(context, "examples") ?? 10, ShadowExampleStore.Most);
        var row = await ReadAsync(context, database, cancellation);
        var (plan, _) = RolloutStore.Read(row);
        return TypedResults.Ok(await database.ReadAsync(async db =>
        {
            var generations = await DatabaseFigures.GenerationsAsync(db, row.Id, row.Endpoint, cancellation);
            var found = new List<DisagreementsInfo>();
            foreach (var candidate in plan.Candidates.Select(each => each.Name.ToString()))
            {
                var examples = await db.ShadowExamples.AsNoTracking()
                    .Where(each => each.Rollout == row.Id && each.Arm == candidate)
                    .OrderByDescending(each => each.Share).ThenByDescending(each => each.Largest)
                    .ThenBy(each => each.Id).Take(most).ToListAsync(cancellation);
                found.Add(DisagreementViews.Info(generations, candidate, examples));
            }

            return found;
        }, cancellation));
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

    private static void DemandReason(WriteScope write, string what)
    {
        if (string.IsNullOrWhiteSpace(write.Reason))
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "reason_needed",
                $"{what}; say why.")
            { Field = "reason" });
        }
    }

    private static void RefuseOtherDigest(RolloutPlan plan, RolloutState state, string? digest)
    {
        var present = Approvals.DigestOf(plan, state);
        if (digest is not null && digest != present)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "other_digest",
                "The step waits for the approval of other files than those that were looked at.")
            { Field = "digest", Present = present });
        }
    }
}
