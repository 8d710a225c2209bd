using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

public sealed class LostContactTests
{
    private static readonly RolloutPlan Plan = Plans.Of([.. Plans.Ladder(0.1)]);

    private static readonly EndpointSpec Before = new(
        Plan.Endpoint, [new VariantSpec(Plan.Stable, Plan.StableVersion, 1)])
    {
        Holdout = new HoldoutSpec(0.1, new VariantSpec(HoldoutSpec.Name, null, 0) { Control = ControlAnswer.None }),
    };

    [Fact]
    public void IsLost_FromTheGraceOn()
    {
        LostContact.IsLost(TimeSpan.FromSeconds(59.9), LostContact.DefaultGrace).ShouldBeFalse();
        LostContact.IsLost(TimeSpan.FromSeconds(60), LostContact.DefaultGrace).ShouldBeTrue();
    }

    [Fact]
    public void Endpoint_InARollout_GoesBackToStable_AndKeepsItsArmsAndItsHoldout()
    {
        var during = RolloutSpec.Of(
            Plan, RolloutRouting.Divide(Plan, Plan.Candidates, 0.25, 0.5, control: true), Before);

        var back = LostContact.WithoutController(during)!;

        back.Variants.Select(arm => (arm.Name.ToString(), arm.Weight, arm.Mirror))
            .ShouldBe([("stable", 1, 0), ("candidate", 0, 0), ("control", 0, 0)]);
        back.Variants.Select(arm => arm.Version).ShouldBe(during.Variants.Select(arm => arm.Version));
        (back.Stable, back.Observe, back.Holdout).ShouldBe((Plan.Stable, null, Before.Holdout));
        EndpointRules.Check(back).ShouldBeEmpty();
    }

    [Fact]
    public void Endpoint_ThatBakes_GoesBackToWhatWasStable()
    {
        var baking = RolloutSpec.Of(Plan, RolloutRouting.Winner(Plan, Plan.Candidates[0]), Before);

        var back = LostContact.WithoutController(baking)!;

        back.Stable.ShouldBe(Plan.Stable);
        back.Variants.Single(arm => arm.Weight > 0).Version.ShouldBe(Plan.StableVersion);
    }

    [Fact]
    public void Endpoint_ThatOnlyMirrors_GoesOnMirroring()
    {
        var mirroring = RolloutSpec.Of(
            Plan, RolloutRouting.Divide(Plan, Plan.Candidates, 0, 0.5, control: false), Before);

        LostContact.WithoutController(mirroring)!.Variants.Select(arm => (arm.Weight, arm.Mirror))
            .ShouldBe(mirroring.Variants.Select(arm => (arm.Weight, arm.Mirror)));
    }

    [Fact]
    public void Endpoint_InNoRollout_StaysAsItIs()
    {
        LostContact.WithoutController(Before).ShouldBeNull();
        LostContact.WithoutController(
            RolloutSpec.Of(Plan, RolloutRouting.Promoted(Plan, Plan.Candidates[0], warm: true), Before)).ShouldBeNull();
    }
}
