using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

public sealed class RolloutMachineTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Canary_WithGoodFigures_ClimbsToTheEndAndPromotes()
    {
        var plan = Plans.Of(
            new WeightStep(0.05), Plans.Analyse(10 * Minute), new WeightStep(0.5), Plans.Analyse(10 * Minute))
            with
        { Bake = 5 * Minute, KeepWarm = TimeSpan.FromHours(1) };
        var world = new Installation(plan) { Sees = (_, _) => Plans.Rates(0.02, 0.02, 5000) };

        world.Look();
        world.Weight("candidate").ShouldBe(0.05);
        world.Passes(9 * Minute).Weight("candidate").ShouldBe(0.05);
        world.Passes(2 * Minute).Weight("candidate").ShouldBe(0.5);
        world.Passes(11 * Minute);
        world.State.Phase.ShouldBe(RolloutPhase.Baking);
        world.Weight("candidate").ShouldBe(1);
        world.Passes(6 * Minute);
        world.State.Phase.ShouldBe(RolloutPhase.KeepingWarm);
        world.Promotions.ShouldBe(1);
        world.State.Routing.Arms[0].Version.ShouldBe(Plans.Version(2));
        world.Weight("previous").ShouldBe(0);
        world.Passes(TimeSpan.FromHours(1) + Minute);
        world.State.Phase.ShouldBe(RolloutPhase.Succeeded);
        world.State.Routing.Arms.Length.ShouldBe(1);
    }

    [Fact]
    public void Guard_ThatFails_GoesBackAtOnceWithItsNumbers()
    {
        var plan = Plans.Of([.. Plans.Ladder(0.05, 0.5)]) with { Guards = [Plans.Errors()] };
        var world = new Installation(plan) { Sees = (_, _) => Plans.Rates(0.02, 0.02, 5000) };
        world.Passes(2 * Minute);

        world.Sees = (_, _) => Plans.Rates(0.02, 0.2, 5000);
        world.Look();

        world.State.Phase.ShouldBe(RolloutPhase.RolledBack);
        world.State.Routing.Arms.ShouldHaveSingleItem().Version.ShouldBe(Plans.Version(1));
        world.State.Reason.ShouldNotBeNull().ShouldContain("error_rate 0.2 against 0.02");
    }

    [Fact]
    public void Guard_OnADryRun_IsShownAndDecidesNothing()
    {
        var plan = Plans.Of([.. Plans.Ladder(0.05)]) with { Guards = [Plans.Errors(dryRun: true)] };
        var world = new Installation(plan) { Sees = (_, _) => Plans.Rates(0.02, 0.2, 5000) };
        world.Passes(Minute);

        world.State.Phase.ShouldBe(RolloutPhase.Running);
        world.State.Checks.Values.Single().Latest!.Verdict.ShouldBe(CheckVerdict.Fail);
    }

    [Fact]
    public void Analysis_WithoutData_IsNeverPassed()
    {
        var world = new Installation(Plans.Of(new WeightStep(0.05), Plans.Analyse(Minute)));

        world.Passes(TimeSpan.FromDays(1) / 4);

        world.State.Phase.ShouldBe(RolloutPhase.Running);
        world.Weight("candidate").ShouldBe(0.05);
    }

    [Fact]
    public void Analysis_UndecidedAtItsDeadline_PausesAndBeginsAgainWhenResumed()
    {
        var world = new Installation(Plans.Of(new WeightStep(0.05), Plans.Analyse(Minute, 10 * Minute)));
        world.Passes(11 * Minute);
        (world.State.Phase, world.State.PausedBy).ShouldBe((RolloutPhase.Paused, PauseCause.Inconclusive));

        world.Do(RolloutCommands.Resume);
        world.State.Attempt.ShouldBe(2);
        world.Passes(9 * Minute).State.Phase.ShouldBe(RolloutPhase.Running);
        world.Passes(2 * Minute).State.Phase.ShouldBe(RolloutPhase.Paused);
    }

    [Fact]
    public void Analysis_UndecidedAtItsDeadline_GoesBackWhereThePlanSaysSo()
    {
        var world = new Installation(Plans.Of(
            new WeightStep(0.05), Plans.Analyse(Minute, 10 * Minute, InconclusivePolicy.RollBack)));
        world.Passes(11 * Minute);

        world.State.Phase.ShouldBe(RolloutPhase.RolledBack);
        world.State.Reason.ShouldNotBeNull().ShouldContain("undecided after 10 min");
    }

    [Fact]
    public void Weight_MovesOnOnlyWhenEveryReplicaFollows()
    {
        var world = new Installation(Plans.Of(new WeightStep(0.05), new WeightStep(0.5), new PauseStep(null)))
        {
            ReplicasFollow = false,
        };
        world.Passes(5 * Minute);
        world.Weight("candidate").ShouldBe(0.05);

        world.ReplicasFollow = true;
        world.Passes(Minute).Weight("candidate").ShouldBe(0.5);
    }

    [Fact]
    public void Replica_ThatCannotPlace_SendsTheRolloutBackAfterTheDeadline()
    {
        var world = new Installation(Plans.Of(new WeightStep(0.05), new PauseStep(null)))
        {
            CannotPlace = "weights.bin is corrupted",
        };
        world.Passes(11 * Minute);

        world.State.Phase.ShouldBe(RolloutPhase.RolledBack);
        world.State.Reason.ShouldNotBeNull().ShouldContain("weights.bin is corrupted");
    }

    [Fact]
    public void Downtime_PassesOneTimedPause_AndCountsNothingAsObserved()
    {
        var world = new Installation(Plans.Of([.. Plans.Ladder(0.05, 0.25, 1)]));
        world.Passes(Minute);

        world.Sleeps(TimeSpan.FromHours(5)).Look();
        world.Look();
        world.Weight("candidate").ShouldBe(0.25);
        world.Passes(2 * Minute).Weight("candidate").ShouldBe(0.25);
    }

    [Fact]
    public void Downtime_IsNoObservedTimeOfAnAnalysis()
    {
        var world = new Installation(Plans.Of(new WeightStep(0.05), Plans.Analyse(30 * Minute), new WeightStep(1)))
        {
            Sees = (_, _) => Plans.Rates(0.02, 0.02, 5000),
        };
        world.Passes(10 * Minute);

        world.Sleeps(TimeSpan.FromHours(5)).Look();
        world.Weight("candidate").ShouldBe(0.05);
        world.State.Observed.ShouldBeLessThan(11 * Minute);
        world.Passes(21 * Minute).State.Phase.ShouldBe(RolloutPhase.Succeeded);
    }

    [Fact]
    public void Mismatch_OfTheArms_StopsEveryComparison()
    {
        var world = new Installation(Plans.Of(new WeightStep(0.05), Plans.Analyse(Minute), new WeightStep(1)))
        {
            Sees = (_, _) => Plans.Rates(0.02, 0.02, 5000),
        };
        world.Look();
        var facts = world.Facts with { Mismatch = "5,400 units where 5,000 belong" };
        var decision = RolloutMachine.Decide(world.Plan, world.State, facts, world.Now + Minute);

        decision.State.Checks.Values.Single().Latest!.Verdict.ShouldBe(CheckVerdict.Inconclusive);
        decision.State.Routing.WeightOf(Plans.Candidate).ShouldBe(0.05);
    }

    [Fact]
    public void Freeze_HoldsForwardMovesAndNeverAnAbort()
    {
        var plan = Plans.Of([.. Plans.Ladder(0.05, 0.5)]) with
        {
            Freezes = [new FreezeWindow { From = Plans.Noon + 5 * Minute, To = Plans.Noon + TimeSpan.FromHours(3) }],
        };
        var world = new Installation(plan);
        world.Passes(TimeSpan.FromHours(2));
        world.Weight("candidate").ShouldBe(0.05);
        world.State.FrozenUntil.ShouldBe(Plans.Noon + TimeSpan.FromHours(3));

        new Installation(plan).Passes(TimeSpan.FromHours(4)).State.Phase.ShouldBe(RolloutPhase.Succeeded);
        world.Do((p, s, now) => RolloutCommands.Abort(p, s, "by hand", now));
        world.State.Phase.ShouldBe(RolloutPhase.RolledBack);
    }

    [Fact]
    public void Freeze_AtTheStart_LoadsNothingBeforeItEnds()
    {
        var plan = Plans.Of(new WeightStep(0.05), new PauseStep(null)) with
        {
            Freezes = [new FreezeWindow { From = Plans.Noon, To = Plans.Noon + TimeSpan.FromHours(1) }],
        };
        var world = new Installation(plan);
        world.Passes(30 * Minute).State.Routing.Arms.Length.ShouldBe(1);
        world.Passes(31 * Minute).Weight("candidate").ShouldBe(0.05);
    }

    [Fact]
    public void Candidate_ThatIsDropped_KeepsItsUnitsOnStablesVersion_AndTheOtherGoesOn()
    {
        var plan = Plans.WithCandidates(2, new WeightStep(0.25), Plans.Analyse(Minute), new SwitchStep());
        var world = new Installation(plan)
        {
            Sees = (_, candidate) => Plans.Rates(0.02, candidate.Name.ToString() == "c0" ? 0.3 : 0.02, 5000),
        };
        world.Look().Look();

        var returned = world.State.Routing.Arms.Single(arm => arm.Name.ToString() == "c0");
        (returned.Role, returned.Version, returned.Weight).ShouldBe((ArmRole.Returned, Plans.Version(1), 0.25));
        world.Passes(3 * Minute);
        world.State.Phase.ShouldBe(RolloutPhase.Succeeded);
        world.State.Routing.Arms.ShouldHaveSingleItem().Version.ShouldBe(Plans.Version(3));
    }

    [Fact]
    public void BlueGreen_AfterTheSwitch_GoesBackToTheWarmVersion()
    {
        var plan = Plans.Of(new PreviewStep(), new SwitchStep()) with { KeepWarm = TimeSpan.FromHours(1) };
        var world = new Installation(plan);
        world.Passes(Minute).State.Phase.ShouldBe(RolloutPhase.KeepingWarm);

        world.Do((p, s, now) => RolloutCommands.Abort(p, s, "complaints", now));

        world.State.Phase.ShouldBe(RolloutPhase.RolledBack);
        world.State.Routing.Arms.ShouldHaveSingleItem().Version.ShouldBe(Plans.Version(1));
    }
}
