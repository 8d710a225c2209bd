using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

public sealed class RolloutCommandsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Promote_ByHand_KeepsGuardsArmed()
    {
        var plan = Plans.Of([.. Plans.Ladder(0.05, 0.5)]) with { Guards = [Plans.Errors()], Bake = 10 * Minute };
        var world = new Installation(plan) { Sees = (_, _) => Plans.Rates(0.02, 0.02, 5000) };
        world.Passes(Minute);
        world.Do((p, s, now) => RolloutCommands.Promote(p, s, null, "ann", now));
        world.Passes(Minute).State.Phase.ShouldBe(RolloutPhase.Baking);

        world.Sees = (_, _) => Plans.Rates(0.02, 0.2, 5000);
        world.Look().State.Phase.ShouldBe(RolloutPhase.RolledBack);
    }

    [Fact]
    public void Abort_AfterAPromotionByHand_IsNotDiscarded()
    {
        var world = new Installation(Plans.Of([.. Plans.Ladder(0.05)]) with { Bake = 10 * Minute });
        world.Passes(Minute);
        world.Do((p, s, now) => RolloutCommands.Promote(p, s, null, "ann", now));
        world.Do((p, s, now) => RolloutCommands.Abort(p, s, "no", now));
        world.Passes(TimeSpan.FromHours(1));

        world.State.Phase.ShouldBe(RolloutPhase.RolledBack);
        world.Promotions.ShouldBe(0);
    }

    [Fact]
    public void Abort_OfWhatWentBackAlready_ChangesNothing()
    {
        var world = new Installation(Plans.Of([.. Plans.Ladder(0.05)]));
        world.Do((p, s, now) => RolloutCommands.Abort(p, s, "no", now));

        var again = RolloutCommands.Abort(world.Plan, world.State, "no", world.Now);

        again.Events.ShouldBeEmpty();
        again.Routes.ShouldBeFalse();
    }

    [Fact]
    public void Pause_ShiftsTheTimersOfItsStep()
    {
        var world = new Installation(Plans.Of([.. Plans.Ladder(0.05, 0.5)]));
        world.Passes(6 * Minute);
        world.Do((p, s, now) => RolloutCommands.Pause(p, s, "lunch", now));
        world.Passes(TimeSpan.FromHours(1)).Weight("candidate").ShouldBe(0.05);
        world.Do(RolloutCommands.Resume);

        world.Passes(3 * Minute).Weight("candidate").ShouldBe(0.05);
        world.Passes(2 * Minute).Weight("candidate").ShouldBe(0.5);
    }

    [Fact]
    public void Guard_DuringAPause_StillGoesBack()
    {
        var world = new Installation(Plans.Of([.. Plans.Ladder(0.05)]) with { Guards = [Plans.Errors()] });
        world.Passes(Minute);
        world.Do((p, s, now) => RolloutCommands.Pause(p, s, "lunch", now));
        world.Sees = (_, _) => Plans.Rates(0.02, 0.2, 5000);

        world.Look().State.Phase.ShouldBe(RolloutPhase.RolledBack);
    }

    [Fact]
    public void Approve_CountsDifferentPeople_AndNotTheAuthor()
    {
        var world = new Installation(Plans.Of(new ApproveStep(2, NotByAuthor: true), new WeightStep(1)));
        world.Look();

        Code(() => RolloutCommands.Approve(world.Plan, world.State, "ann", true, world.Now))
            .ShouldBe("approval_by_author");
        world.Do((p, s, now) => RolloutCommands.Approve(p, s, "bob", true, now));
        Code(() => RolloutCommands.Approve(world.Plan, world.State, "bob", true, world.Now))
            .ShouldBe("approved_already");
        world.Passes(Minute).Weight("candidate").ShouldBe(0);
        world.Do((p, s, now) => RolloutCommands.Approve(p, s, "cem", true, now));
        world.Look().Weight("candidate").ShouldBe(1);
    }

    [Fact]
    public void Approve_WithoutAccessControl_IsRefusedWhereItNeedsDifferentPeople()
    {
        var world = new Installation(Plans.Of(new ApproveStep(NotByAuthor: true), new WeightStep(1)));
        world.Look();

        Code(() => RolloutCommands.Approve(world.Plan, world.State, "local", false, world.Now))
            .ShouldBe("approval_needs_access");
    }

    [Fact]
    public void Approval_OfAnotherArtifact_DoesNotCount()
    {
        var world = new Installation(Plans.Of(new ApproveStep(), new WeightStep(1)));
        world.Look();
        world.Do((p, s, now) => RolloutCommands.Approve(p, s, "bob", true, now));
        world.Plan = world.Plan with { Candidates = [world.Plan.Candidates[0] with { Digest = "other" }] };

        world.Passes(Minute).Weight("candidate").ShouldBe(0);
    }

    [Fact]
    public void Approval_ThatExpired_DoesNotCount()
    {
        var world = new Installation(Plans.Of(new ApproveStep(2), new WeightStep(1)));
        world.Look();
        world.Do((p, s, now) => RolloutCommands.Approve(p, s, "bob", true, now));
        world.Sleeps(RolloutCommands.ApprovalLife + Minute);
        world.Do((p, s, now) => RolloutCommands.Approve(p, s, "cem", true, now));

        world.Look().Weight("candidate").ShouldBe(0);
    }

    [Fact]
    public void Skip_BeforeEveryReplicaFollows_IsRefused()
    {
        var world = new Installation(Plans.Of([.. Plans.Ladder(0.05, 0.5)])) { ReplicasFollow = false };

        Code(() => RolloutCommands.Skip(world.Plan, world.State, "ann", world.Now)).ShouldBe("not_followed");
    }

    [Theory]
    [InlineData(new[] { 0.1, 0.4, 1.0 }, 0.4)]
    [InlineData(new[] { 0.01, 0.02, 0.9 }, 0.9)]
    public void Edit_GoesOnWithTheNextGreaterWeight(double[] weights, double next)
    {
        var world = new Installation(Plans.Of([.. Plans.Ladder(0.05, 0.25, 0.5)]));
        world.Passes(12 * Minute).Weight("candidate").ShouldBe(0.25);

        var (plan, decision) = RolloutCommands.Edit(
            world.Plan, world.State, world.Plan with { Steps = Plans.Ladder(weights) }, "ann", world.Now);
        world.Do((_, _, _) => decision);
        world.Plan = plan;

        world.Passes(2 * Minute).Weight("candidate").ShouldBe(0.25);
        world.Passes(8 * Minute).Weight("candidate").ShouldBe(next);
    }

    [Fact]
    public void Edit_WithNothingAboveThePresentWeight_IsRefusedInsteadOfJumpingToTheEnd()
    {
        var world = new Installation(Plans.Of([.. Plans.Ladder(0.05, 0.5)]));
        world.Passes(15 * Minute);

        Code(() => RolloutCommands.Edit(
            world.Plan, world.State, world.Plan with { Steps = Plans.Ladder(0.1, 0.2) }, "ann", world.Now))
            .ShouldBe("nothing_to_go_on_with");
    }

    [Fact]
    public void Commands_OnWhatIsOver_AreRefused()
    {
        var world = new Installation(Plans.Of(new SwitchStep()));
        world.Passes(Minute).State.Phase.ShouldBe(RolloutPhase.Succeeded);

        Code(() => RolloutCommands.Abort(world.Plan, world.State, "no", world.Now)).ShouldBe("rollout_over");
        Code(() => RolloutCommands.Pause(world.Plan, world.State, "no", world.Now)).ShouldBe("rollout_over");
        Code(() => RolloutCommands.Resume(world.Plan, world.State, world.Now)).ShouldBe("rollout_over");
        Code(() => RolloutCommands.Skip(world.Plan, world.State, "ann", world.Now)).ShouldBe("rollout_over");
    }

    private static string Code(Action command) => Should.Throw<RefusalException>(command).Refusals[0].Code;
}
