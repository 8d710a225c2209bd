using System.Collections.Immutable;
using Fairlead.Core.Checks;

namespace Fairlead.Core.Rollouts;

/// <summary>
/// The rollout machine: from a plan, a state, the facts and the time to the next state. Pure; it may be asked at any
/// moment and as often as wanted, and killing whoever asks changes nothing but the time between two looks.
/// <code>
/// (1) guards ─▶ (2) followed? ─▶ (3) paused? ─▶ (4) the step ─▶ (5) the next step, or the end
/// </code>
/// Backward moves are made at once. Forward moves wait until every live replica follows the present generation, and for
/// freezes to end.
/// </summary>
public static class RolloutMachine
{
    /// <summary>
    /// Longest time between two looks that counts as observed; a longer gap means that nobody watched.
    /// </summary>
    public static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most moves that are made at one look. Steps that need no time are passed at once, as long as all replicas
    /// follow; the rest is done at the next look.
    /// </summary>
    private const int MaxMoves = 64;

    /// <summary>Begins a rollout: the endpoint's routing becomes that of the first step.</summary>
    public static RolloutDecision Start(RolloutPlan plan, DateTimeOffset now)
    {
        var turn = new RolloutTurn(plan, new RolloutState
        {
            Phase = RolloutPhase.Running,
            Routing = RolloutRouting.StableOnly(plan),
            Followed = true,
            WantedAt = now,
            StepAt = now,
            LookedAt = now,
        }, now);
        var versions = string.Join(", ", plan.Candidates.Select(candidate => candidate.Version));
        turn.Say(RolloutEventKind.Started,
            $"{plan.Strategy} rollout{(versions.Length > 0 ? $" of {versions}" : "")} by {plan.Author}");

        // The candidates are loaded first; a beginning inside a freeze is made when the freeze ends.
        var first = plan.Holdout is null
            ? RolloutRouting.Divide(plan, plan.Candidates, 0, 0, control: false)
            : turn.RoutingOf(plan.Steps[0])!;
        if (!IsFrozen(turn, first))
            turn.Enter(0);
        else
            turn.State = turn.State with { Step = -1 };
        return turn.End();
    }

    /// <summary>Looks at a rollout.</summary>
    public static RolloutDecision Decide(
        RolloutPlan plan, RolloutState state, RolloutFacts facts, DateTimeOffset now)
    {
        if (state.IsOver)
            return new RolloutDecision(state, []);

        var turn = new RolloutTurn(plan, state, now);
        Look(turn, facts);

        // Step 1: guards outrank everything that follows.
        JudgeGuards(turn, facts);
        if (turn.State.IsOver)
            return turn.End();

        for (var moves = 0; moves < MaxMoves; moves++)
        {
            // Step 2: nothing moves forward before every live replica follows.
            if (!IsFollowed(turn, facts) || turn.State.IsOver)
                break;

            // Step 3: a pause stops the steps, not the guards.
            if (turn.State.Phase == RolloutPhase.Paused)
                break;

            // Steps 4 and 5.
            if (!Move(turn, facts) || turn.State.IsOver)
                break;
        }

        return turn.End();
    }

    private static void Look(RolloutTurn turn, RolloutFacts facts)
    {
        var gap = turn.Now - turn.State.LookedAt;

        // A clock that was set back must neither take time away nor give it twice.
        if (gap < TimeSpan.Zero)
            gap = TimeSpan.Zero;
        var watched = gap <= LongestLook && turn.State.Followed && facts.Replicas.Length > 0
            && turn.State.Phase != RolloutPhase.Paused;
        turn.State = turn.State with
        {
            LookedAt = turn.Now > turn.State.LookedAt ? turn.Now : turn.State.LookedAt,
            Observed = watched ? turn.State.Observed + gap : turn.State.Observed,
        };
    }

    private static void JudgeGuards(RolloutTurn turn, RolloutFacts facts)
    {
        if (turn.State.Phase == RolloutPhase.KeepingWarm || !turn.State.Routing.Exposes)
            return;

        foreach (var candidate in turn.State.Alive(turn.Plan).ToList())
        {
            foreach (var guard in turn.Plan.Guards)
            {
                var result = Judge(turn, facts, guard, step: null, candidate);
                if (guard.DryRun || result.Verdict != CheckVerdict.Fail)
                    continue;
                turn.Drop(candidate, $"guard '{guard.Name}': {result.Why}",
                    RolloutState.KeyOf(null, guard.Name, candidate.Name));
                if (turn.State.IsOver)
                    return;
                break;
            }
        }
    }

    /// <summary>Evaluates one check, remembers it, and tells of a changed verdict.</summary>
    private static CheckResult Judge(
        RolloutTurn turn, RolloutFacts facts, Check check, int? step, Candidate candidate)
    {
        var key = RolloutState.KeyOf(step, check.Name, candidate.Name);
        var before = turn.State.Checks.GetValueOrDefault(key) ?? CheckProgress.Fresh;
        var seen = facts.Checks.GetValueOrDefault(key) ?? CheckFacts.None;
        var mismatch = check.Rule is CompareRule ? facts.Mismatch : null;
        var after = CheckEvaluation.Evaluate(
            check, mismatch is null ? seen : seen with { NoData = mismatch }, before, turn.Now);
        var result = after.Latest!;
        if (before.Latest?.Verdict != result.Verdict)
        {
            turn.Say(RolloutEventKind.Verdict,
                $"{candidate.Name}, '{check.Name}': {result.Verdict.ToString().ToLowerInvariant()}, {result.Why}");
        }

        turn.State = turn.State with { Checks = turn.State.Checks.SetItem(key, after) };
        return result;
    }

    /// <summary>Every live replica routes by the wanted generation; notes the moment at which that became so.</summary>
    private static bool IsFollowed(RolloutTurn turn, RolloutFacts facts)
    {
        var state = turn.State;
        if (!state.Followed && state.Generation > 0 && facts.Replicas.Length > 0
            && facts.Replicas.All(replica => replica.ServingGeneration >= state.Generation))
        {
            state = turn.State = state with { Followed = true };
            turn.Say(RolloutEventKind.Followed, $"all {facts.Replicas.Length} replicas follow {state.Generation}");
        }

        if (state.Followed)
        {
            // Changes of the traffic within a step, such as a bandit's, do not begin its clock anew.
            if (!state.Begun)
                turn.State = state with { Begun = true, StepAt = turn.Now, Observed = TimeSpan.Zero };
            return true;
        }

        if (state.Generation > 0 && turn.Now - state.WantedAt >= turn.Plan.ProgressDeadline
            && state.Phase is RolloutPhase.Running or RolloutPhase.Baking)
        {
            turn.RollBack(RolloutEnding.NotFollowed,
                WhyNotFollowed(facts, state.Generation, turn.Plan.ProgressDeadline));
        }

        return false;
    }

    private static string WhyNotFollowed(RolloutFacts facts, long generation, TimeSpan deadline)
    {
        var failed = facts.Replicas.Where(replica => replica.FailedGeneration == generation)
            .OrderBy(replica => replica.Name, StringComparer.Ordinal).FirstOrDefault();
        var behind = facts.Replicas.Count(replica => replica.ServingGeneration < generation);
        return failed is not null
            ? $"the replica {failed.Name} cannot place generation {generation}: {failed.Why}"
            : $"{behind} of {facts.Replicas.Length} replicas do not follow generation {generation} after "
                + StepText.Duration(deadline);
    }

    /// <summary>Does what the present phase or step wants; true when it moved and the next may be looked at.</summary>
    private static bool Move(RolloutTurn turn, RolloutFacts facts)
    {
        switch (turn.State.Phase)
        {
            case RolloutPhase.Baking:
                if (turn.State.Observed < turn.Plan.Bake)
                    return false;
                turn.Promote(turn.Plan.Find(turn.State.Winner!.Value)!);
                return false;
            case RolloutPhase.KeepingWarm:
                return EndKeepingWarm(turn);
            case RolloutPhase.Running when turn.State.Step < 0:
                return Advance(turn);
            default:
                return StepIsDone(turn, facts) && Advance(turn);
        }
    }

    private static bool EndKeepingWarm(RolloutTurn turn)
    {
        if (turn.Now - turn.State.StepAt < turn.Plan.KeepWarm)
            return false;

        var winner = turn.Plan.Find(turn.State.Winner!.Value)!;
        turn.State = turn.State with { Phase = RolloutPhase.Succeeded };
        turn.Say(RolloutEventKind.Ended, $"{winner.Version} is stable");
        turn.Route(RolloutRouting.Promoted(turn.Plan, winner, warm: false));
        return false;
    }

    private static bool StepIsDone(RolloutTurn turn, RolloutFacts facts) => turn.Plan.Steps[turn.State.Step] switch
    {
        // These are done when every replica follows, which step 2 saw to.
        MirrorStep or WeightStep or PreviewStep or SwitchStep or HoldOutStep => true,
        PauseStep { For: { } time } => turn.Now - turn.State.StepAt >= time,
        PauseStep => false,
        ApproveStep approve => IsApproved(turn, approve),
        AnalyseStep analyse => IsAnalysed(turn, facts, analyse),
        AdaptStep adapt => IsAdapted(turn, facts, adapt),
        var unknown => throw new InvalidOperationException($"A step of type {unknown.GetType().Name}."),
    };

    private static bool IsApproved(RolloutTurn turn, ApproveStep approve)
    {
        if (approve.Proposes)
            turn.Propose(approve);
        if (approve.Proposes && turn.State.Proposal?.Status == ProposalStatus.Approved)
            return true;

        var people = Approvals.Counting(turn.Plan, turn.State, approve, turn.Now);
        if (people.Count >= approve.Count)
        {
            turn.Close(ProposalStatus.Approved, string.Join(", ", people), null);
            return true;
        }

        if (approve.Within is { } within && turn.Now - turn.State.StepAt >= within)
        {
            var why = $"{people.Count} of {approve.Count} approvals came within {StepText.Duration(within)}";
            if (approve.Proposes)
            {
                turn.Close(ProposalStatus.Expired, null, why);
                turn.Say(RolloutEventKind.Expired, $"the proposal of {turn.State.Proposal!.Version}: {why}");
            }

            turn.Pause(PauseCause.NotApproved, why);
        }

        return false;
    }

    private static bool IsAnalysed(RolloutTurn turn, RolloutFacts facts, AnalyseStep analyse)
    {
        var undecided = new List<string>();
        foreach (var candidate in turn.State.Alive(turn.Plan).ToList())
        {
            foreach (var check in analyse.Checks)
            {
                var result = Judge(turn, facts, check, turn.State.Step, candidate);
                if (check.DryRun || result.Verdict == CheckVerdict.Pass)
                    continue;
                if (result.Verdict == CheckVerdict.Fail)
                {
                    turn.Drop(candidate, $"'{check.Name}': {result.Why}",
                        RolloutState.KeyOf(turn.State.Step, check.Name, candidate.Name));
                    if (turn.State.IsOver)
                        return false;
                    break;
                }

                undecided.Add($"'{check.Name}': {result.Why}");
            }
        }

        if (undecided.Count == 0 && turn.State.Followed && turn.State.Observed >= analyse.For)
            return true;
        if (analyse.Within is { } within && turn.Now - turn.State.StepAt >= within && undecided.Count > 0)
        {
            var why = $"undecided after {StepText.Duration(within)}: {string.Join("; ", undecided)}";
            if (analyse.OnInconclusive == InconclusivePolicy.RollBack)
                turn.RollBack(RolloutEnding.Undecided, why);
            else
                turn.Pause(PauseCause.Inconclusive, why);
        }

        return false;
    }

    private static bool IsAdapted(RolloutTurn turn, RolloutFacts facts, AdaptStep adapt)
    {
        var shares = BanditShares.Of(adapt, turn.State.Routing, facts.Rewards);
        var best = turn.State.Alive(turn.Plan).FirstOrDefault(candidate => candidate.Name == shares.Best);
        var over = adapt.For is { } time && turn.Now - turn.State.StepAt >= time;
        if (shares.Confidence >= adapt.Confidence || over)
        {
            if (best is null)
            {
                turn.RollBack(RolloutEnding.Outdone,
                    $"stable is the best arm with probability {StepText.Percent(shares.Confidence)}");
                return false;
            }

            turn.State = turn.State with { Winner = best.Name };
            return true;
        }

        if (turn.Now - turn.State.AdaptedAt >= adapt.Interval)
        {
            turn.State = turn.State with { AdaptedAt = turn.Now };
            turn.Route(shares.Routing);
        }

        return false;
    }

    /// <summary>Goes to the next step, or to the end; false when a freeze holds it back.</summary>
    private static bool Advance(RolloutTurn turn)
    {
        var next = turn.State.Step + 1;
        if (next < turn.Plan.Steps.Length)
        {
            if (turn.RoutingOf(turn.Plan.Steps[next]) is { } routing && IsFrozen(turn, routing))
                return false;
            turn.Enter(next);
            return true;
        }

        if (turn.Plan.Holdout is not null)
        {
            turn.State = turn.State with { Phase = RolloutPhase.Succeeded, Step = next };
            turn.Say(RolloutEventKind.Ended, "the control group stands until the endpoint is written without it");
            return false;
        }

        var winner = turn.WinnerOf([.. turn.State.Alive(turn.Plan)]);
        if (IsFrozen(turn, RolloutRouting.Winner(turn.Plan, winner)))
            return false;
        turn.Bake(winner);
        return true;
    }

    private static bool IsFrozen(RolloutTurn turn, RolloutRouting wanted)
    {
        if (!wanted.IsForwardFrom(turn.State.Routing))
            return false;

        var until = turn.Plan.Freezes.Max(freeze => freeze.HoldsUntil(turn.Now));
        if (until is null)
            return false;
        if (turn.State.FrozenUntil != until)
        {
            turn.State = turn.State with { FrozenUntil = until };
            turn.Say(RolloutEventKind.Frozen, $"the next change waits until {until:u}, when the freeze ends");
        }

        return true;
    }
}
