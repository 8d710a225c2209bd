using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

/// <summary>Looking only when the schedule says so is enough.</summary>
public sealed class RolloutScheduleTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Looks_ByTheScheduleAlone_ReachTheEndOnTime()
    {
        var plan = Plans.Of(
            new WeightStep(0.1), new PauseStep(10 * Minute), new WeightStep(0.5), new PauseStep(90 * Minute)) with
        {
            Bake = 3 * Minute,
            KeepWarm = 30 * Minute,
        };
        var world = new Installation(plan);
        var looks = 0;
        for (; !world.State.IsOver; looks++)
        {
            looks.ShouldBeLessThan(1000);
            var next = RolloutSchedule.Next(world.Plan, world.State, world.Now).ShouldNotBeNull();
            world.Sleeps(next - world.Now).Look();
        }

        world.State.Phase.ShouldBe(RolloutPhase.Succeeded);
        (world.Now - Plans.Noon).ShouldBe(133 * Minute, 10 * TimeSpan.FromSeconds(1));

        // A pause is slept through; only the bake is watched, every two seconds.
        looks.ShouldBeLessThan(110);
    }

    [Fact]
    public void Next_WhileReplicasHaveYetToFollow_IsSoon()
    {
        var world = new Installation(Plans.Of(new WeightStep(0.1), new PauseStep(null))) { ReplicasFollow = false };

        RolloutSchedule.Next(world.Plan, world.State, world.Now).ShouldBe(world.Now + RolloutSchedule.Following);
    }

    [Fact]
    public void Next_UnderGuards_IsAWatchAlsoInAPauseByHand()
    {
        var plan = Plans.Of(new WeightStep(0.1), new PauseStep(null)) with { Guards = [Plans.Errors()] };
        var world = new Installation(plan);
        world.Passes(Minute);
        world.Do((p, s, now) => RolloutCommands.Pause(p, s, "wait", now));

        RolloutSchedule.Next(world.Plan, world.State, world.Now).ShouldBe(world.Now + world.Plan.LookEvery);
    }

    [Fact]
    public void Next_OfAPauseWithoutEndAndGuards_IsRare_AndOfWhatIsOverNever()
    {
        var world = new Installation(Plans.Of(new WeightStep(0.1), new PauseStep(null)));
        world.Passes(Minute);
        RolloutSchedule.Next(world.Plan, world.State, world.Now).ShouldBe(world.Now + RolloutSchedule.Idle);

        world.Do((p, s, now) => RolloutCommands.Abort(p, s, "no", now));
        RolloutSchedule.Next(world.Plan, world.State, world.Now).ShouldBeNull();
    }
}
