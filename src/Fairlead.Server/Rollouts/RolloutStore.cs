using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Rollouts;

/// <summary>One arm of a generation, as it is kept for ever.</summary>
/// <param name="Arm">Its permanent number within the endpoint, which prediction ids carry.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it was to the rollout.</param>
/// <param name="Version">What answered.</param>
/// <param name="Weight">Share of the units.</param>
/// <param name="Mirror">Share of the requests that it got a copy of.</param>
internal sealed record GenerationArm(
    int Arm, VariantName Name, ArmRole Role, VersionId Version, double Weight, double Mirror);

/// <summary>
/// Stores what a look at a rollout or a command came to: state, events, traffic, alias and audit row, all in the write
/// that it is called in.
/// </summary>
internal static class RolloutStore
{
    public static (RolloutPlan Plan, RolloutState State) Read(RolloutRow row) =>
        (StoredJson.Read<RolloutPlan>(row.Plan), StoredJson.Read<RolloutState>(row.State));

    /// <summary>Keeps a decision.</summary>
    /// <param name="write">The write.</param>
    /// <param name="row">The rollout, as it was read in this write.</param>
    /// <param name="plan">Its plan, which the decision may have changed.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="what">For the audit log, such as <c>start</c>.</param>
    /// <param name="byHand">The controller has not seen it yet and looks at once.</param>
    public static async Task<RolloutState> KeepAsync(
        WriteScope write, RolloutRow row, RolloutPlan plan, RolloutDecision decision, string what, bool byHand = true)
    {
        var known = row.Revision == 0 ? null : StoredJson.Read<RolloutState>(row.State);
        var before = known is null ? null : Summary(known);
        var (state, events) = (decision.State, decision.Events);
        if (decision.Routes)
            state = await RouteAsync(write, row, plan, state);
        if (decision.Promotes && plan.Alias is { } alias)
            events = events.Add(await MoveAliasAsync(write, row, plan, state, alias));

        row.Plan = StoredJson.Write(plan);
        row.State = StoredJson.Write(state);
        row.Phase = state.Phase.ToString();
        row.Proposal = state.Proposal?.Status.ToString();
        row.Revision++;
        var next = RolloutSchedule.Next(plan, state, write.Now)?.ToMicroseconds();
        row.DueAt = byHand && next is not null ? write.NowMicroseconds : next;
        if (state.IsOver)
        {
            row.EndedAt = write.NowMicroseconds;
            await write.Db.RolloutUses.Where(use => use.Rollout == row.Id).ExecuteDeleteAsync(write.Cancellation);
        }

        write.Db.RolloutEvents.AddRange(events.Select(each => new RolloutEventRow
        {
            Rollout = row.Id,
            At = write.NowMicroseconds,
            Kind = each.Kind.ToString(),
            Text = each.Text,
            Who = write.Principal.Name,
            Reason = write.Reason,
            Step = state.Step,
            Generation = state.Generation,
        }));
        await LookStore.AddAsync(write.Db, row.Id, known, state, write.NowMicroseconds, write.Cancellation);
        write.Record($"rollout.{what}", $"rollouts/{row.Id}", before, Summary(state));
        await write.Db.SaveChangesAsync(write.Cancellation);
        return state;
    }

    /// <summary>Writes the wanted traffic as a generation of the endpoint, and what it means to the rollout.</summary>
    private static async Task<RolloutState> RouteAsync(
        WriteScope write, RolloutRow row, RolloutPlan plan, RolloutState state)
    {
        var endpoint = await write.Db.Endpoints.SingleAsync(each => each.Number == row.Endpoint, write.Cancellation);
        var wanted = RolloutSpec.Of(plan, state.Routing, StoredJson.Read<EndpointSpec>(endpoint.Spec));
        var change = await EndpointWrites.RouteAsync(write, endpoint, wanted);
        var arms = change.After.Variants.ToDictionary(variant => variant.Name, variant => variant.ArmNumber);
        var kept = await write.Db.RolloutGenerations.FindAsync(
            [row.Endpoint, endpoint.Generation], write.Cancellation);
        if (kept is null)
        {
            write.Db.RolloutGenerations.Add(
                kept = new RolloutGenerationRow { Endpoint = row.Endpoint, Generation = endpoint.Generation });
        }

        (kept.Rollout, kept.Step) = (row.Id, state.Step);
        kept.Arms = StoredJson.Write(state.Routing.Arms.Select(arm => new GenerationArm(
            arms[arm.Name], arm.Name, arm.Role, arm.Version, arm.Weight, arm.Mirror)));
        return state with { Generation = endpoint.Generation };
    }

    /// <summary>
    /// Moves the plan's alias to the winner, from where it pointed when the rollout began. An alias that somebody moved
    /// meanwhile stays where it is: that is told, and no failure.
    /// </summary>
    private static async Task<RolloutEvent> MoveAliasAsync(
        WriteScope write, RolloutRow row, RolloutPlan plan, RolloutState state, AliasName alias)
    {
        var winner = plan.Find(state.Winner!.Value)!;
        try
        {
            await ModelWrites.SetAliasAsync(
                write, winner.Version.Model, alias, winner.Version.Number, plan.AliasFrom ?? 0, Evidence(row, state),
                Promotion.Mover.Rollout);
            return new RolloutEvent(RolloutEventKind.Alias, $"'{alias}' points to {winner.Version} now");
        }
        catch (RefusalException refused)
        {
            return new RolloutEvent(RolloutEventKind.Alias, $"'{alias}' stays where it is: {refused.Message}");
        }
    }

    /// <summary>What the promotion rests on: the rollout, and the newest result of every check of the winner.</summary>
    private static object Evidence(RolloutRow row, RolloutState state) => new
    {
        rollout = row.Id,
        checks = state.ResultsOf(state.Winner!.Value),
        approvedBy = state.Proposal is { Status: ProposalStatus.Approved } proposal ? proposal.DecidedBy : null,
    };

    private static object Summary(RolloutState state) => new
    {
        phase = state.Phase,
        step = state.Step,
        attempt = state.Attempt,
        generation = state.Generation,
        weights = state.Routing.Arms.ToDictionary(arm => arm.Name.ToString(), arm => arm.Weight),
        reason = state.Reason,
        proposal = state.Proposal is { } proposal
            ? new { status = proposal.Status, version = proposal.Version.ToString(), digest = proposal.Digest }
            : null,
    };
}
