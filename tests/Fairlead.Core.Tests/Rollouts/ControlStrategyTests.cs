using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

/// <summary>A control group as a rollout: one step, and what it leaves behind.</summary>
public sealed class ControlStrategyTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly HoldoutSpec Holdout = new(0.05, new VariantSpec(HoldoutSpec.Name, null, 0)
    {
        Control = new ControlAnswer(ControlKind.None),
    });

    private static readonly EndpointSpec Endpoint = new(EndpointName.Parse("credit"),
        [new VariantSpec(VariantName.Parse("stable"), Plans.Version(1), 1)]);

    private static RolloutPlan Plan() => Plans.Of(new HoldOutStep(0.05, "none")) with
    {
        Candidates = [],
        Holdout = Holdout,
    };

    [Fact]
    public void Control_EndsWhenEveryReplicaFollows_AndLeavesTheHoldoutStanding()
    {
        var world = new Installation(Plan()) { ReplicasFollow = false };
        RolloutRules.Check(world.Plan).ShouldBeEmpty();
        world.Passes(Minute).State.Phase.ShouldBe(RolloutPhase.Running);
        RolloutSpec.Of(world.Plan, world.State.Routing, Endpoint).Holdout.ShouldBe(Holdout);

        world.ReplicasFollow = true;
        world.Passes(Minute).State.Phase.ShouldBe(RolloutPhase.Succeeded);
        RolloutSpec.Of(world.Plan, world.State.Routing, Endpoint).Holdout.ShouldBe(Holdout);
        world.State.Routing.Arms.ShouldHaveSingleItem().Weight.ShouldBe(1);
        world.Promotions.ShouldBe(0);
        RolloutOutcomes.OfStable(world.Plan, world.State, world.Now).Outcome.ShouldBe(RolloutOutcome.Kept);
    }

    [Fact]
    public void Control_Aborted_TakesTheHoldoutAway()
    {
        var world = new Installation(Plan()) { ReplicasFollow = false };
        world.Look();

        world.Do((plan, state, now) => RolloutCommands.Abort(plan, state, "enough", now));

        RolloutSpec.Of(world.Plan, world.State.Routing, Endpoint with { Holdout = Holdout }).Holdout.ShouldBeNull();
        Code(() => RolloutCommands.Skip(Plan(), RolloutMachine.Start(Plan(), world.Now).State, "ann", world.Now))
            .ShouldBe("nothing_but_control");
    }

    [Fact]
    public void Control_InAFreeze_WaitsForItsEnd()
    {
        var world = new Installation(Plan() with
        {
            Freezes = [new FreezeWindow { From = Plans.Noon, To = Plans.Noon + (10 * Minute) }],
        });

        world.Passes(9 * Minute).State.Routing.HoldsOut.ShouldBeFalse();
        world.Passes(2 * Minute).State.Phase.ShouldBe(RolloutPhase.Succeeded);
    }

    [Fact]
    public void Rollout_BesideAHoldout_LeavesItAlone()
    {
        var world = new Installation(Plans.Of([.. Plans.Ladder(0.5)]));
        world.Look();

        var spec = RolloutSpec.Of(world.Plan, world.State.Routing, Endpoint with { Holdout = Holdout });

        spec.Holdout.ShouldBe(Holdout);
        spec.Variants.Length.ShouldBe(2);
    }

    private static string Code(Action command) => Should.Throw<RefusalException>(command).Refusals[0].Code;
}
