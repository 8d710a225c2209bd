using System.Collections.Immutable;

namespace Fairlead.Core.Rollouts;

/// <summary>
/// A decision in the making: the state as changed so far and what happened on the way. The moves that both the machine
/// and commands make are here, so that they are made alike.
/// </summary>
internal sealed class RolloutTurn(RolloutPlan plan, RolloutState state, DateTimeOffset now)
{
    private readonly ImmutableArray<RolloutEvent>.Builder _events = ImmutableArray.CreateBuilder<RolloutEvent>();
    private bool _routes;
    private bool _promotes;

    public RolloutPlan Plan { get; } = plan;

    public RolloutState State { get; set; } = state;

    public DateTimeOffset Now { get; } = now;

    public RolloutDecision End() =>
        new(State, _events.ToImmutable()) { Routes = _routes, Promotes = _promotes };

    public void Say(RolloutEventKind kind, string text) => _events.Add(new RolloutEvent(kind, text));

    /// <summary>Wants another division of the traffic; nothing happens when it is there already.</summary>
    public void Route(RolloutRouting routing)
    {
        if (routing.Equals(State.Routing))
            return;

        State = State with { Routing = routing, Generation = 0, Followed = false, WantedAt = Now };
        _routes = true;
        Say(RolloutEventKind.Routed, string.Join(", ", routing.Arms.Select(Describe))
            + (routing.HoldsOut ? $" of what is left, {StepText.Percent(Plan.Holdout!.Share)} held out" : ""));
    }

    /// <summary>Begins a step: its clock, and the traffic that it wants.</summary>
    public void Enter(int step)
    {
        State = State with
        {
            Step = step,
            Attempt = 1,
            Begun = false,
            StepAt = Now,
            Observed = TimeSpan.Zero,
            AdaptedAt = Now,
            FrozenUntil = null,
            Reason = null,
        };
        Say(RolloutEventKind.StepBegan, $"step {step + 1} of {Plan.Steps.Length}: {StepText.Of(Plan.Steps[step])}");
        if (RoutingOf(Plan.Steps[step]) is { } routing)
            Route(routing);
    }

    /// <summary>Puts everything on the winner and lets it bake.</summary>
    public void Bake(Candidate winner)
    {
        Close(ProposalStatus.Withdrawn, null, "somebody went past it");
        State = State with
        {
            Phase = RolloutPhase.Baking,
            Step = Plan.Steps.Length,
            Winner = winner.Name,
            Begun = false,
            StepAt = Now,
            Observed = TimeSpan.Zero,
            FrozenUntil = null,
            PausedAt = null,
            PausedBy = null,
            Reason = null,
        };
        Route(RolloutRouting.Winner(Plan, winner));
    }

    /// <summary>Makes the winner stable.</summary>
    public void Promote(Candidate winner)
    {
        var warm = Plan.KeepWarm > TimeSpan.Zero;
        State = State with
        {
            Phase = RolloutPhase.KeepingWarm,
            Begun = false,
            StepAt = Now,
            Observed = TimeSpan.Zero,
        };
        _promotes = true;
        Say(RolloutEventKind.Promoted, $"{winner.Version} is stable now, in place of {Plan.StableVersion}");
        Route(RolloutRouting.Promoted(Plan, winner, warm));
    }

    /// <summary>Gives a candidate up; the rollout goes back when it was the last one.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="why">The reason with its numbers.</param>
    /// <param name="check">The key of the check that failed.</param>
    public void Drop(Candidate candidate, string why, string check)
    {
        State = State with { Dropped = State.Dropped.Add(new DroppedCandidate(candidate.Name, why, Now, check)) };
        Say(RolloutEventKind.Dropped, $"{candidate.Name} ({candidate.Version}): {why}");
        if (!State.Alive(Plan).Any() || State.Winner == candidate.Name)
        {
            RollBack(RolloutEnding.Check, why);
            return;
        }

        Route(State.Routing.Without(Plan, candidate.Name));
    }

    /// <summary>Back to the version that was stable before. Legal at every moment before the end.</summary>
    public void RollBack(RolloutEnding ending, string why)
    {
        Close(ProposalStatus.Withdrawn, null, why);
        State = State with
        {
            Phase = RolloutPhase.RolledBack,
            EndedBy = ending,
            FrozenUntil = null,
            PausedAt = null,
            PausedBy = null,
            Reason = why,
        };
        Say(RolloutEventKind.RolledBack, why);
        Route(RolloutRouting.StableOnly(Plan));
    }

    public void Pause(PauseCause cause, string why)
    {
        State = State with { Phase = RolloutPhase.Paused, PausedAt = Now, PausedBy = cause, Reason = why };
        Say(RolloutEventKind.Paused, why);
    }

    /// <summary>
    /// Proposes the winner with the numbers of this moment; nothing happens while a proposal is open or approved.
    /// </summary>
    public void Propose(ApproveStep step)
    {
        if (State.Proposal?.Status is ProposalStatus.Open or ProposalStatus.Approved)
            return;

        var winner = WinnerOf([.. State.Alive(Plan)]);
        State = State with
        {
            Winner = winner.Name,
            Proposal = new Proposal(winner.Name, winner.Version, winner.Digest, Now, State.StepAt + step.Within)
            {
                Evidence = State.ResultsOf(winner.Name),
            },
        };
        Say(RolloutEventKind.Proposed, $"{winner.Version} is proposed in place of {Plan.StableVersion}: "
            + StepText.Of(step));
    }

    /// <summary>Decides the open proposal; nothing happens where there is none.</summary>
    public void Close(ProposalStatus status, string? who, string? why)
    {
        if (State.Proposal is not { Status: ProposalStatus.Open } open)
            return;

        State = State with
        {
            Proposal = open with { Status = status, DecidedBy = who, DecidedAt = Now, Why = why },
        };
    }

    /// <summary>The traffic that a step wants; null when it leaves it as it is.</summary>
    public RolloutRouting? RoutingOf(RolloutStep step)
    {
        var alive = State.Alive(Plan).ToList();
        return step switch
        {
            MirrorStep mirror => RolloutRouting.Divide(Plan, alive, 0, mirror.Share, control: false),
            WeightStep weight => RolloutRouting.Divide(Plan, alive, weight.Weight, 0, weight.Control),
            PreviewStep => RolloutRouting.Divide(Plan, alive, 0, 0, control: false),
            HoldOutStep => RolloutRouting.StableOnly(Plan) with { HoldsOut = true },
            SwitchStep => RolloutRouting.Winner(Plan, WinnerOf(alive)),

            // A bandit begins with equal shares of everybody.
            AdaptStep => RolloutRouting.Divide(Plan, alive, 1.0 / (alive.Count + 1), 0, control: false),
            _ => null,
        };
    }

    /// <summary>The candidate that goes on: the known winner, else the best in the newest comparison, else the
    /// first.</summary>
    public Candidate WinnerOf(IReadOnlyList<Candidate> alive) =>
        State.Winner is { } known && Plan.Find(known) is { } winner
            ? winner
            : CandidateOrder.Best(Plan, State, alive);

    private static string Describe(ArmShare arm)
    {
        var share = $"{arm.Name} ({arm.Version}) {StepText.Percent(arm.Weight)}";
        return arm.Mirror > 0
            ? $"{share} and copies of {StepText.Percent(arm.Mirror)}"
            : share;
    }
}
