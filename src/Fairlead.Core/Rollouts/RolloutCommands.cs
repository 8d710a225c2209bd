using System.Collections.Immutable;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Rollouts;

/// <summary>
/// What people can do to a rollout. Every command is legal or refused with a reason; none is ignored. Pure.
/// </summary>
public static class RolloutCommands
{
    /// <summary>How long an approval counts when nobody says otherwise.</summary>
    public static readonly TimeSpan ApprovalLife = TimeSpan.FromDays(7);

    /// <summary>
    /// Goes back to stable at once. It outranks everything, a promotion by hand included, and is legal until the
    /// version before is no longer loaded; on a rollout that is over and went back it changes nothing.
    /// </summary>
    public static RolloutDecision Abort(RolloutPlan plan, RolloutState state, string why, DateTimeOffset now) =>
        GoBack(plan, state, RolloutEnding.Aborted, why, now);

    private static RolloutDecision GoBack(
        RolloutPlan plan, RolloutState state, RolloutEnding ending, string why, DateTimeOffset now)
    {
        if (state.Phase == RolloutPhase.RolledBack)
            return new RolloutDecision(state, []);
        if (state.Phase == RolloutPhase.Succeeded)
        {
            throw Refuse("rollout_over", plan.Holdout is null
                ? "The rollout is over and the version before is no longer loaded; start a rollout back to it."
                : "The rollout is over and its control group stands; write the endpoint without its holdout.");
        }

        var turn = new RolloutTurn(plan, state, now);
        turn.RollBack(ending, why);
        return turn.End();
    }

    /// <summary>
    /// Ends a rollout because another one takes its place: back to stable first, so that nobody goes from one candidate
    /// to the next directly. Where the winner is stable already, only the version before is no longer kept loaded.
    /// </summary>
    public static RolloutDecision Supersede(RolloutPlan plan, RolloutState state, string why, DateTimeOffset now)
    {
        if (state.Phase != RolloutPhase.KeepingWarm)
            return GoBack(plan, state, RolloutEnding.Superseded, why, now);

        var winner = plan.Find(state.Winner!.Value)!;
        var turn = new RolloutTurn(plan, state with { Phase = RolloutPhase.Succeeded }, now);
        turn.Say(RolloutEventKind.Ended, $"{winner.Version} is stable; {why}");
        turn.Route(RolloutRouting.Promoted(plan, winner, warm: false));
        return turn.End();
    }

    /// <summary>Holds the steps; guards stay armed.</summary>
    public static RolloutDecision Pause(RolloutPlan plan, RolloutState state, string why, DateTimeOffset now)
    {
        RefuseIfOver(state);
        if (state.Phase == RolloutPhase.Paused)
            throw Refuse("rollout_paused", $"The rollout is paused already: {state.Reason}");
        if (state.Phase != RolloutPhase.Running)
            throw Refuse("rollout_finishing", "All traffic is on the winner; there is no step left to hold.");

        var turn = new RolloutTurn(plan, state, now);
        turn.Pause(PauseCause.ByHand, why);
        return turn.End();
    }

    /// <summary>
    /// Goes on. Timers go on where they stood; an analysis or approval that ran out of time begins its time anew, and
    /// keeps what it has seen and spent.
    /// </summary>
    public static RolloutDecision Resume(RolloutPlan plan, RolloutState state, DateTimeOffset now)
    {
        RefuseIfOver(state);
        if (state.Phase != RolloutPhase.Paused || state.PausedAt is not { } since)
            throw Refuse("rollout_not_paused", "The rollout is not paused.");

        var ranOut = state.PausedBy != PauseCause.ByHand;
        var shift = now > since ? now - since : TimeSpan.Zero;
        var turn = new RolloutTurn(plan, state with
        {
            Phase = RolloutPhase.Running,
            PausedAt = null,
            PausedBy = null,
            Reason = null,
            Attempt = ranOut ? state.Attempt + 1 : state.Attempt,
            StepAt = ranOut ? now : state.StepAt + shift,
            Proposal = state.Proposal is { } proposal && !ranOut
                ? proposal with { ExpiresAt = proposal.ExpiresAt + shift }
                : state.Proposal,
            LookedAt = now,
        }, now);
        turn.Say(RolloutEventKind.Resumed, ranOut ? $"attempt {turn.State.Attempt} of the step" : "goes on");
        return turn.End();
    }

    /// <summary>Somebody approves the present step.</summary>
    public static RolloutDecision Approve(
        RolloutPlan plan, RolloutState state, string who, bool accessIsControlled, DateTimeOffset now)
    {
        RefuseIfOver(state);
        if (state.Phase != RolloutPhase.Running || state.Step < 0 || plan.Steps[state.Step] is not ApproveStep step)
            throw Refuse("nothing_to_approve", "The rollout does not wait for an approval now.");
        if ((step.NotByAuthor || step.Count > 1) && !accessIsControlled)
        {
            throw Refuse("approval_needs_access", "This step needs approvals of different people, and without access "
                + "control the server cannot tell people apart; create keys first.");
        }

        if (step.Proposes && state.Proposal?.IsOpen(now) != true)
            throw Refuse("no_open_proposal", "There is no proposal that can be approved now; look again in a moment.");
        if (step.NotByAuthor && who == plan.Author)
            throw Refuse("approval_by_author", $"{who} started this rollout; somebody else must approve it.");

        var digest = Approvals.DigestOf(plan, state);
        if (Approvals.Counting(plan, state, step, now).Contains(who))
        {
            throw Refuse("approved_already", $"{who} has approved this step already.");
        }

        var turn = new RolloutTurn(plan, state with
        {
            Approvals = state.Approvals.Add(new Approval(who, now, state.Step, digest, now + ApprovalLife)),
        }, now);
        turn.Say(RolloutEventKind.Approved, who);
        return turn.End();
    }

    /// <summary>
    /// Somebody does not want the proposed winner promoted: the rollout goes back to stable, and the version keeps the
    /// reason.
    /// </summary>
    public static RolloutDecision Decline(
        RolloutPlan plan, RolloutState state, string who, string why, DateTimeOffset now)
    {
        RefuseIfOver(state);
        if (state.Proposal is not { Status: ProposalStatus.Open } proposal)
            throw Refuse("no_open_proposal", "The rollout has no proposal that could be declined.");

        var turn = new RolloutTurn(plan, state, now);
        turn.Close(ProposalStatus.Declined, who, why);
        turn.Say(RolloutEventKind.Declined, $"{who} declines {proposal.Version}: {why}");
        turn.RollBack(RolloutEnding.Declined, $"{who} declined the promotion of {proposal.Version}: {why}");
        return turn.End();
    }

    /// <summary>Leaves the present step undone and goes to the next. Guards stay armed.</summary>
    public static RolloutDecision Skip(RolloutPlan plan, RolloutState state, string who, DateTimeOffset now)
    {
        RefuseIfOver(state);
        RefuseWithoutCandidates(plan);
        if (state.Phase is not (RolloutPhase.Running or RolloutPhase.Paused) || state.Step < 0)
            throw Refuse("nothing_to_skip", "There is no step to skip.");
        if (!state.Followed)
        {
            throw Refuse("not_followed", $"Not every replica follows generation {state.Generation} yet; "
                + "a further step would overtake them.");
        }

        RefuseIfFrozen(plan, now);
        var turn = new RolloutTurn(plan, Running(state), now);
        turn.Say(RolloutEventKind.Skipped, $"{who} skips: {StepText.Of(plan.Steps[state.Step])}");
        if (state.Step + 1 < plan.Steps.Length)
            turn.Enter(state.Step + 1);
        else
            turn.Bake(turn.WinnerOf([.. state.Alive(plan)]));
        return turn.End();
    }

    /// <summary>
    /// Leaves all further steps undone and puts everything on one candidate. Guards stay armed through the bake, and an
    /// abort afterwards still goes back.
    /// </summary>
    public static RolloutDecision Promote(
        RolloutPlan plan, RolloutState state, Endpoints.VariantName? candidate, string who, DateTimeOffset now)
    {
        RefuseIfOver(state);
        RefuseWithoutCandidates(plan);
        if (state.Phase is not (RolloutPhase.Running or RolloutPhase.Paused))
            throw Refuse("rollout_finishing", "All traffic is on the winner already.");

        RefuseIfFrozen(plan, now);
        var alive = state.Alive(plan).ToList();
        var turn = new RolloutTurn(plan, Running(state), now);
        var winner = candidate is { } name
            ? alive.FirstOrDefault(each => each.Name == name)
                ?? throw Refuse("unknown_candidate", $"'{name}' is not one of the candidates that are left.")
            : alive.Count == 1 || state.Winner is not null
                ? turn.WinnerOf(alive)
                : throw Refuse("which_candidate", "There are several candidates; say which one is to be promoted.");
        turn.Say(RolloutEventKind.Skipped, $"{who} promotes {winner.Version} past the steps that were left");
        turn.Bake(winner);
        return turn.End();
    }

    /// <summary>
    /// Exchanges the steps that are still to come, and the guards. The present step is finished as it was begun;
    /// nothing is run again, and no step is jumped to.
    /// </summary>
    public static (RolloutPlan Plan, RolloutDecision Decision) Edit(
        RolloutPlan plan, RolloutState state, RolloutPlan edited, string who, DateTimeOffset now)
    {
        RefuseIfOver(state);
        RefuseWithoutCandidates(plan);
        if (state.Phase is not (RolloutPhase.Running or RolloutPhase.Paused))
            throw Refuse("rollout_finishing", "All traffic is on the winner; there is no step left to edit.");
        if (!edited.Candidates.Select(each => (each.Name, each.Version))
            .SequenceEqual(plan.Candidates.Select(each => (each.Name, each.Version))))
        {
            throw Refuse("other_candidates", "An edit keeps the candidates; to roll out another version, start a "
                + "rollout that supersedes this one.");
        }

        var kept = plan.Steps[..(state.Step + 1)];
        var merged = edited with
        {
            Steps = [.. kept, .. StepsToCome(kept, state, edited.Steps)],
            StableVersion = plan.StableVersion,
            Stable = plan.Stable,
            StableSettings = plan.StableSettings,
            Author = plan.Author,
            Alias = plan.Alias,
            AliasFrom = plan.AliasFrom,
        };
        if (merged.Steps.Length > kept.Length && state.Proposal is { Status: ProposalStatus.Open } open)
        {
            throw Refuse("proposal_open", $"{open.Version} is proposed; approve or decline it before the plan gets "
                + "further steps.");
        }

        var turn = new RolloutTurn(merged, state, now);
        turn.Say(RolloutEventKind.Edited,
            $"{who} edits the plan; to come: {string.Join("; ", merged.Steps[kept.Length..].Select(StepText.Of))}");
        return (merged, turn.End());
    }

    /// <summary>
    /// Of a new list of steps, those that come after what was done: what follows an equal beginning, or else what
    /// follows from the first weight above the present one.
    /// </summary>
    private static ImmutableArray<RolloutStep> StepsToCome(
        ImmutableArray<RolloutStep> done, RolloutState state, ImmutableArray<RolloutStep> steps)
    {
        if (steps.Length >= done.Length && steps[..done.Length].SequenceEqual(done))
            return steps[done.Length..];

        var weight = state.Routing.Arms.Where(arm => arm.Role == ArmRole.Candidate)
            .Select(arm => arm.Weight).DefaultIfEmpty(0).Max();
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i] is WeightStep next && next.Weight > weight)
                return steps[i..];
            if (steps[i] is SwitchStep)
                return steps[i..];
        }

        throw Refuse("nothing_to_go_on_with", $"The candidates have {StepText.Percent(weight)} now and no step of the "
            + "new list goes above; add a weight step above it, or a switch.");
    }

    private static RolloutState Running(RolloutState state) =>
        state with { Phase = RolloutPhase.Running, PausedAt = null, PausedBy = null, Reason = null };

    private static void RefuseIfOver(RolloutState state)
    {
        if (state.IsOver)
            throw Refuse("rollout_over", $"The rollout is over ({state.Phase}); nothing can be changed any more.");
    }

    private static void RefuseWithoutCandidates(RolloutPlan plan)
    {
        if (plan.Holdout is not null)
        {
            throw Refuse("nothing_but_control", "This rollout is one step that holds units out; abort it, or wait "
                + "until every replica follows.");
        }
    }

    private static void RefuseIfFrozen(RolloutPlan plan, DateTimeOffset now)
    {
        if (plan.Freezes.Max(freeze => freeze.HoldsUntil(now)) is { } until)
        {
            throw Refuse("frozen", $"Nothing moves forward before {until:u}, when the freeze ends; going back is never "
                + "frozen.");
        }
    }

    private static RefusalException Refuse(string code, string message) =>
        new(new Refusal(RefusalKind.Conflict, code, message));
}
