using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Rollouts;

/// <summary>What people do to rollouts, each inside a write.</summary>
internal static class RolloutWrites
{
    /// <summary>Compiles a plan against the endpoint as it is now, and starts nothing.</summary>
    public static async Task<RolloutPlan> PlanAsync(WriteScope write, RolloutRequest request)
    {
        write.Demand(new Demand(Role.Viewer, Endpoint: request.Endpoint));
        var name = EndpointName.Parse(request.Endpoint);
        var endpoint = await EndpointWrites.FindAsync(write.Db, name, write.Cancellation)
            ?? throw new RefusalException(EndpointWrites.NotFound(name));
        var active = await FindActiveAsync(write, endpoint.Number);
        var stable = active is null
            ? StableArm.Of(StoredJson.Read<EndpointSpec>(endpoint.Spec))
            : StableArm.Of(StoredJson.Read<RolloutPlan>(active.Plan));
        return await RolloutCompile.PlanAsync(write, request, stable);
    }

    /// <summary>
    /// Starts a rollout. Where one is active it is refused, or takes its place when the request says so: the old one
    /// goes back to stable first.
    /// </summary>
    public static async Task<RolloutRow> StartAsync(WriteScope write, RolloutRequest request)
    {
        write.Demand(new Demand(Role.Operator, Endpoint: request.Endpoint));
        var name = EndpointName.Parse(request.Endpoint);
        var endpoint = await EndpointWrites.FindAsync(write.Db, name, write.Cancellation)
            ?? throw new RefusalException(EndpointWrites.NotFound(name));
        if (await FindActiveAsync(write, endpoint.Number) is { } active)
            await SupersedeAsync(write, active, request);

        var spec = StoredJson.Read<EndpointSpec>(endpoint.Spec);
        var plan = await RolloutCompile.PlanAsync(write, request, StableArm.Of(spec));
        var loaded = RolloutRouting.Divide(plan, plan.Candidates, 0, 0, control: false);
        if (EndpointRules.Check(RolloutSpec.Of(plan, loaded, spec)) is { Count: > 0 } faults)
            throw new RefusalException(faults);
        await ControlFit.ThrowIfUnfitAsync(write, spec, [.. plan.Candidates.Select(candidate => candidate.Version)]);
        await SignatureFit.ThrowIfUnsignedAsync(
            write, spec, plan.Candidates.Select(candidate => candidate.Version), "candidates");

        var row = new RolloutRow
        {
            Endpoint = endpoint.Number,
            Name = endpoint.Name,
            Request = StoredJson.Write(Kept(request)),
            StartedAt = write.NowMicroseconds,
            Author = write.Principal.Name,
            Strategy = plan.Strategy,
        };
        write.Db.Rollouts.Add(row);
        await write.Db.SaveChangesAsync(write.Cancellation);
        write.Db.RolloutUses.AddRange(plan.Candidates.Select(candidate => candidate.Version)
            .Append(plan.StableVersion).Distinct().Select(version => new RolloutUseRow
            {
                Rollout = row.Id,
                Model = version.Model.ToString(),
                Version = version.Number,
            }));

        VersionRollouts.Remember(write, row.Id, plan);

        // Other units than in the last rollout meet the candidate first; the ramp of this one keeps them.
        endpoint.Salt = EndpointWrites.NewSalt();
        await RolloutStore.KeepAsync(write, row, plan, RolloutMachine.Start(plan, write.Now), "start");
        return row;
    }

    /// <summary>Does what somebody commands: the rule says what it comes to, or refuses.</summary>
    /// <param name="write">The write.</param>
    /// <param name="id">The rollout.</param>
    /// <param name="command">For the audit log: <c>pause</c>, <c>abort</c> and so on.</param>
    /// <param name="rule">The rule.</param>
    public static async Task<RolloutRow> CommandAsync(
        WriteScope write, long id, string command, Func<RolloutPlan, RolloutState, RolloutDecision> rule)
    {
        var row = await FindAsync(write.Db, id, write.Cancellation);
        write.Demand(new Demand(Role.Operator, Endpoint: row.Name));
        var (plan, state) = RolloutStore.Read(row);
        var decision = rule(plan, state);
        if (decision.Events.Length > 0)
            await RolloutStore.KeepAsync(write, row, plan, decision, command);
        return row;
    }

    /// <summary>Exchanges the steps to come and the guards of an active rollout.</summary>
    public static async Task<RolloutRow> EditAsync(WriteScope write, long id, RolloutRequest request)
    {
        var row = await FindAsync(write.Db, id, write.Cancellation);
        write.Demand(new Demand(Role.Operator, Endpoint: row.Name));
        if (request.Endpoint != row.Name)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "other_endpoint",
                $"Rollout {row.Id} moves the endpoint '{row.Name}'.")
            { Field = "endpoint" });
        }

        var (plan, state) = RolloutStore.Read(row);
        var wanted = await RolloutCompile.PlanAsync(write, request, StableArm.Of(plan));
        var (edited, decision) = RolloutCommands.Edit(plan, state, wanted, write.Principal.Name, write.Now);
        RolloutCompile.ThrowIfFaulty(edited);
        var endpoint = await write.Db.Endpoints.SingleAsync(each => each.Number == row.Endpoint, write.Cancellation);
        await SignatureFit.ThrowIfUnsignedAsync(write, StoredJson.Read<EndpointSpec>(endpoint.Spec),
            edited.Candidates.Select(candidate => candidate.Version), "candidates");
        row.Request = StoredJson.Write(Kept(request));
        row.Strategy = edited.Strategy;
        await RolloutStore.KeepAsync(write, row, edited, decision, "edit");
        return row;
    }

    public static async Task<RolloutRow> FindAsync(
        FairleadDbContext db, long id, CancellationToken cancellation) =>
        await db.Rollouts.SingleOrDefaultAsync(row => row.Id == id, cancellation)
        ?? throw new RefusalException(
            new Refusal(RefusalKind.NotFound, "rollout_not_found", $"There is no rollout {id}."));

    public static Task<RolloutRow?> FindActiveAsync(WriteScope write, int endpoint) =>
        write.Db.Rollouts.SingleOrDefaultAsync(
            row => row.Endpoint == endpoint && row.EndedAt == null, write.Cancellation);

    /// <summary>What of a request is the plan's own: neither why nor how it came about.</summary>
    public static RolloutRequest Kept(RolloutRequest request) => request with { Reason = null, Supersede = false };

    /// <summary>Refuses a change of an endpoint that a rollout holds.</summary>
    public static async Task RefuseWhileActiveAsync(WriteScope write, EndpointRow endpoint, string what)
    {
        if (await FindActiveAsync(write, endpoint.Number) is { } active)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "rollout_active",
                $"The endpoint '{endpoint.Name}' is moved by rollout {active.Id} and is not {what} meanwhile; edit the "
                + $"rollout (PUT /api/v1/rollouts/{active.Id}) or abort it (fairlead rollouts abort {active.Id}).")
            { Present = active.Id });
        }
    }

    /// <summary>
    /// The endpoint got a generation that moves nobody, because more or less is kept of its answers: the rollout that
    /// is under way there takes it for its own, so that its figures go on.
    /// </summary>
    public static async Task FollowAsync(WriteScope write, EndpointRow endpoint)
    {
        if (await FindActiveAsync(write, endpoint.Number) is not { } row)
            return;
        var (plan, state) = RolloutStore.Read(row);
        await RolloutStore.KeepAsync(write, row, plan, new RolloutDecision(state, []) { Routes = true }, "follow");
    }

    /// <summary>Refuses the deletion of a version that an active rollout names.</summary>
    public static async Task RefuseWhileNamedAsync(WriteScope write, VersionId version)
    {
        var model = version.Model.ToString();
        var rollout = await write.Db.RolloutUses
            .Where(use => use.Model == model && use.Version == version.Number)
            .Select(use => (long?)use.Rollout).FirstOrDefaultAsync(write.Cancellation);
        if (rollout is { } id)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "version_in_use",
                $"{version} is named by rollout {id}, which is active; abort it or let it end first."));
        }
    }

    private static async Task SupersedeAsync(WriteScope write, RolloutRow active, RolloutRequest request)
    {
        if (!request.Supersede)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "rollout_active",
                $"The endpoint '{active.Name}' is moved by rollout {active.Id} already; edit that one, abort it, or "
                + "start this one with 'supersede', which takes that one back to stable first.")
            { Present = active.Id });
        }

        var (plan, state) = RolloutStore.Read(active);
        var decision = RolloutCommands.Supersede(
            plan, state, $"superseded by another rollout of {write.Principal.Name}", write.Now);
        await RolloutStore.KeepAsync(write, active, plan, decision, "supersede");
    }
}
