using Fairlead.Core.Checks;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

/// <summary>
/// A win that people have to approve: what it is bound to, when it ends, and what traffic does meanwhile.
/// </summary>
public sealed class ProposalTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static RolloutPlan Plan(int candidates = 1, ApproveStep? ask = null) => Plans.WithCandidates(
        candidates, new WeightStep(0.1), Plans.Analyse(Minute),
        ask ?? new ApproveStep(Within: Day, Proposes: true));

    /// <summary>A rollout whose first candidate won and is proposed.</summary>
    private static Installation Proposed(RolloutPlan? plan = null)
    {
        var world = new Installation(plan ?? Plan()) { Sees = (_, _) => Plans.Rates(0.02, 0.02, 5000) };
        world.Passes(2 * Minute);
        world.State.Proposal.ShouldNotBeNull().Status.ShouldBe(ProposalStatus.Open);
        return world;
    }

    [Fact]
    public void Win_OfAPlanThatProposes_IsProposedWithItsDigestAndNumbersAndMovesNoTraffic()
    {
        var world = Proposed();
        var routed = world.Routings.Count;
        world.Passes(20 * TimeSpan.FromHours(1) / 4);

        var proposal = world.State.Proposal!;
        (proposal.Version, proposal.Digest).ShouldBe((Plans.Version(2), "d2"));
        proposal.ExpiresAt.ShouldBe(world.State.StepAt + Day);
        proposal.Evidence.ShouldHaveSingleItem().Key.ShouldBe("1/errors/c0");
        proposal.Evidence["1/errors/c0"].Verdict.ShouldBe(CheckVerdict.Pass);
        proposal.Evidence["1/errors/c0"].CandidateUnits.ShouldBe(5000);
        world.Routings.Count.ShouldBe(routed);
        (world.State.Phase, world.Weight("c0"), world.Promotions).ShouldBe((RolloutPhase.Running, 0.1, 0));
        world.Events.Count(each => each.Kind == RolloutEventKind.Proposed).ShouldBe(1);
    }

    [Fact]
    public void Approval_PromotesTheVeryWinnerThatWasProposed()
    {
        var world = Proposed(Plan(candidates: 2));
        world.State.Winner.ShouldBe(world.Plan.Candidates[0].Name);

        world.Do((plan, state, now) => RolloutCommands.Approve(plan, state, "bob", true, now));
        world.Sees = (_, candidate) => Plans.Rates(0.02, candidate.Name.ToString() == "c1" ? 0 : 0.02, 5000);
        world.Passes(Minute);

        (world.State.Phase, world.Promotions).ShouldBe((RolloutPhase.Succeeded, 1));
        world.State.Routing.Arms.ShouldHaveSingleItem().Version.ShouldBe(Plans.Version(2));
        (world.State.Proposal!.Status, world.State.Proposal.DecidedBy).ShouldBe((ProposalStatus.Approved, "bob"));
        world.State.Approvals.ShouldHaveSingleItem().Digest.ShouldBe("d2");
        Outcome(world, 1).Outcome.ShouldBe(RolloutOutcome.Lost);
        Outcome(world, 1).Why.ShouldBe("credit/2 won");
        Outcome(world, 0).Outcome.ShouldBe(RolloutOutcome.Won);
    }

    [Fact]
    public void Decline_GoesBackToStableAndKeepsWhoAndWhy()
    {
        var world = Proposed();

        world.Do((plan, state, now) => RolloutCommands.Decline(plan, state, "bob", "the segment is too small", now));

        (world.State.Phase, world.State.EndedBy).ShouldBe((RolloutPhase.RolledBack, RolloutEnding.Declined));
        world.State.Routing.ShouldBe(RolloutRouting.StableOnly(world.Plan));
        (world.State.Proposal!.Status, world.State.Proposal.Why)
            .ShouldBe((ProposalStatus.Declined, "the segment is too small"));
        Outcome(world, 0).Outcome.ShouldBe(RolloutOutcome.Declined);
        Outcome(world, 0).Why.ShouldNotBeNull().ShouldContain("bob declined the promotion of credit/2");
        Code(() => world.Do((plan, state, now) => RolloutCommands.Decline(plan, state, "bob", "again", now)))
            .ShouldBe("rollout_over");
    }

    [Fact]
    public void Proposal_ThatNobodyDecides_ExpiresAndWaitsWithItsTraffic_AndResumingProposesAnew()
    {
        var world = Proposed();
        world.Do((plan, state, now) => RolloutCommands.Pause(plan, state, "holiday", now));
        world.Sleeps(2 * Day);
        world.Do(RolloutCommands.Resume);
        world.State.Proposal!.IsOpen(world.Now).ShouldBeTrue();

        world.Passes(Day + Minute);
        (world.State.Phase, world.State.PausedBy).ShouldBe((RolloutPhase.Paused, PauseCause.NotApproved));
        (world.State.Proposal!.Status, world.Weight("c0")).ShouldBe((ProposalStatus.Expired, 0.1));
        Code(() => world.Do((plan, state, now) => RolloutCommands.Approve(plan, state, "bob", true, now)))
            .ShouldBe("nothing_to_approve");

        world.Do(RolloutCommands.Resume);
        world.Look();
        world.State.Proposal!.At.ShouldBe(world.Now);
        world.Do((plan, state, now) => RolloutCommands.Approve(plan, state, "bob", true, now));
        world.Passes(Minute).State.Phase.ShouldBe(RolloutPhase.Succeeded);
    }

    [Fact]
    public void Approvals_OfAnExpiredProposal_DoNotCountForTheNext()
    {
        var world = Proposed(Plan(ask: new ApproveStep(2, Within: Day, Proposes: true)));
        world.Do((plan, state, now) => RolloutCommands.Approve(plan, state, "bob", true, now));
        world.Passes(Day + Minute).State.Phase.ShouldBe(RolloutPhase.Paused);
        world.Do(RolloutCommands.Resume);
        world.Look();

        world.Do((plan, state, now) => RolloutCommands.Approve(plan, state, "eve", true, now));
        world.Passes(Minute).State.Phase.ShouldBe(RolloutPhase.Running);
        world.Do((plan, state, now) => RolloutCommands.Approve(plan, state, "bob", true, now));
        world.Passes(Minute).State.Phase.ShouldBe(RolloutPhase.Succeeded);
    }

    [Fact]
    public void SecondPerson_IsNotTheAuthor_AndNeedsAccessControl()
    {
        var world = Proposed(Plan(ask: new ApproveStep(NotByAuthor: true, Within: Day, Proposes: true)));

        Code(() => world.Do((plan, state, now) => RolloutCommands.Approve(plan, state, "bob", false, now)))
            .ShouldBe("approval_needs_access");
        Code(() => world.Do((plan, state, now) => RolloutCommands.Approve(plan, state, "ann", true, now)))
            .ShouldBe("approval_by_author");
        world.Do((plan, state, now) => RolloutCommands.Approve(plan, state, "bob", true, now));
        world.Passes(Minute).State.Phase.ShouldBe(RolloutPhase.Succeeded);
    }

    [Fact]
    public void Guard_ThatFailsWhileAProposalIsOpen_GoesBackAndWithdrawsIt()
    {
        var world = Proposed(Plan() with { Guards = [Plans.Errors("guard")] });

        world.Sees = (_, _) => Plans.Rates(0.02, 0.2, 5000);
        world.Look();

        world.State.Phase.ShouldBe(RolloutPhase.RolledBack);
        world.State.Proposal!.Status.ShouldBe(ProposalStatus.Withdrawn);
        var outcome = Outcome(world, 0);
        (outcome.Outcome, outcome.Check).ShouldBe((RolloutOutcome.RolledBack, "guard/guard/c0"));
        world.State.Checks[outcome.Check!].Latest!.Candidate.ShouldBe(0.2);
    }

    [Fact]
    public void Freeze_AfterTheApproval_HoldsThePromotionAndDoesNotUndoIt()
    {
        var world = Proposed();
        world.Plan = world.Plan with
        {
            Freezes = [new FreezeWindow { From = world.Now, To = world.Now + 3 * Day }],
        };
        world.Do((plan, state, now) => RolloutCommands.Approve(plan, state, "bob", true, now));

        world.Passes(2 * Day).State.Proposal!.Status.ShouldBe(ProposalStatus.Approved);
        (world.State.Phase, world.Weight("c0")).ShouldBe((RolloutPhase.Running, 0.1));
        world.Passes(Day + Minute).State.Phase.ShouldBe(RolloutPhase.Succeeded);
    }

    [Theory]
    [InlineData("abort", RolloutOutcome.Aborted)]
    [InlineData("supersede", RolloutOutcome.Superseded)]
    public void Rollout_ThatSomebodyEnds_IsToldApartFromOneThatFailed(string command, RolloutOutcome outcome)
    {
        var world = Proposed();

        world.Do((plan, state, now) => command == "abort"
            ? RolloutCommands.Abort(plan, state, "enough", now)
            : RolloutCommands.Supersede(plan, state, "enough", now));

        Outcome(world, 0).Outcome.ShouldBe(outcome);
        world.State.Proposal!.Status.ShouldBe(ProposalStatus.Withdrawn);
        RolloutOutcomes.OfStable(world.Plan, world.State, world.Now).Outcome.ShouldBe(RolloutOutcome.Kept);
    }

    [Fact]
    public void Rules_AProposalWithoutEvidenceOrInTheMiddle_IsAFault()
    {
        var ask = new ApproveStep(Proposes: true);
        RolloutRules.Check(Plans.Of(new WeightStep(0.1), ask)).ShouldHaveSingleItem().Code
            .ShouldBe("nothing_to_propose");
        RolloutRules.Check(Plans.Of(new WeightStep(0.1), Plans.Analyse(Minute), ask, new WeightStep(1)))
            .ShouldHaveSingleItem().Code.ShouldBe("proposal_not_last");
    }

    [Fact]
    public void Edit_WhileAProposalIsOpen_AddsNoSteps()
    {
        var world = Proposed();
        var longer = world.Plan with
        {
            Steps = [new WeightStep(0.5), Plans.Analyse(Minute), new ApproveStep(Within: Day, Proposes: true)],
        };

        Code(() => RolloutCommands.Edit(world.Plan, world.State, longer, "ann", world.Now)).ShouldBe("proposal_open");
        var (_, guards) = RolloutCommands.Edit(
            world.Plan, world.State, world.Plan with { Guards = [Plans.Errors("guard")] }, "ann", world.Now);
        guards.State.Proposal.ShouldBe(world.State.Proposal);
    }

    private static VersionOutcome Outcome(Installation world, int candidate) =>
        RolloutOutcomes.OfCandidate(world.Plan, world.State, world.Plan.Candidates[candidate].Name, world.Now);

    private static string Code(Action command) => Should.Throw<RefusalException>(command).Refusals[0].Code;
}
