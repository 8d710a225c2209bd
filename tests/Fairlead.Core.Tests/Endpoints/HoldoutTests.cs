using CsCheck;
using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Rollouts;
using Fairlead.Core.Tests.Rollouts;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Core.Tests.Endpoints;

/// <summary>The units that no rollout reaches.</summary>
public sealed class HoldoutTests
{
    private static readonly RolloutPlan Plan = Plans.Of([.. Plans.Ladder(0.1)]);

    private static readonly ulong[] Units =
        [.. Enumerable.Range(0, 4000).Select(user => UnitHash.Of($"user-{user}"))];

    private static readonly ulong[] Some = Units[..400];

    [Fact]
    public void Units_OfTheHoldout_NeverMove_WhateverARolloutDoes()
    {
        Gen.Select(Gen.Double[0.01, 0.5], Gen.Double[0, 0.5], Gen.Bool, Gen.ULong, Gen.ULong, Gen.Int[1, 1000]).Sample(
            (share, weight, control, saltBefore, saltAfter, number) =>
            {
                var before = new EndpointRoute(Numbered(Spec(share)), number, 1, saltBefore);
                var moved = RolloutSpec.Of(
                    Plan, RolloutRouting.Divide(Plan, Plan.Candidates, weight, 0, control), Spec(share));
                var after = new EndpointRoute(Numbered(moved), number, 2, saltAfter);
                moved.Holdout.ShouldBe(Spec(share).Holdout);
                foreach (var unit in Some)
                {
                    (before.Assign(unit) == before.HoldoutIndex).ShouldBe(
                        after.Assign(unit) == after.HoldoutIndex);
                }
            }, iter: 50);
    }

    [Fact]
    public void Share_ThatRises_TakesUnitsInAndLetsNoneGo_AndMovesNobodyElse()
    {
        Gen.Select(Gen.Double[0.01, 0.5], Gen.Double[0.01, 0.5], Gen.ULong, Gen.Int[1, 1000]).Sample(
            (one, other, salt, number) =>
            {
                var (low, high) = (Math.Min(one, other), Math.Max(one, other));
                var less = new EndpointRoute(Numbered(Divided(Spec(low))), number, 1, salt);
                var more = new EndpointRoute(Numbered(Divided(Spec(high))), number, 2, salt);
                foreach (var unit in Some)
                {
                    var arm = more.Assign(unit);
                    if (arm != more.HoldoutIndex)
                        less.Assign(unit).ShouldBe(arm);
                }
            }, iter: 50);
    }

    [Fact]
    public void Share_IsWhatIsDeclared_AndIndependentOfTheArmsOfTheRest()
    {
        var route = new EndpointRoute(Numbered(Divided(Spec(0.2))), 3, 1, salt: 9);
        var arms = Units.CountBy(route.Assign).ToDictionary();

        (arms[2] / 4000.0).ShouldBe(0.2, 0.02);
        (arms[1] / (double)(arms[0] + arms[1])).ShouldBe(0.25, 0.025);
    }

    [Fact]
    public void Rules_RefuseWhatMakesNoSense()
    {
        Faults(Spec(0)).ShouldBe([("invalid_share", "holdout.share")]);
        Faults(Spec(0.51)).ShouldBe([("invalid_share", "holdout.share")]);
        Faults(Spec(0.1) with
        {
            Variants = [new VariantSpec(HoldoutSpec.Name, Plan.StableVersion, 1)],
            Stable = HoldoutSpec.Name,
        }).ShouldBe([("duplicate_variant", "holdout")]);
        Faults(Spec(0.1) with { Holdout = new HoldoutSpec(0.1, new VariantSpec(HoldoutSpec.Name, null, 0)) })
            .ShouldBe([("version_or_answer", "holdout")]);

        var none = new VariantSpec(VariantName.Parse("none"), null, 1) { Control = ControlAnswer.None };
        Faults(new EndpointSpec(Plan.Endpoint, [none])).ShouldBe([("stable_without_model", "stable")]);
        Faults(new EndpointSpec(Plan.Endpoint, [Spec(0.1).Variants[0], none])).ShouldBeEmpty();
        Faults(new EndpointSpec(Plan.Endpoint, [Spec(0.1).Variants[0], none with { Version = Plan.StableVersion }]))
            .ShouldBe([("version_or_answer", "variants[1]")]);
        Faults(new EndpointSpec(Plan.Endpoint, [Spec(0.1).Variants[0], none with { Weight = 0, Mirror = 0.5 }]))
            .ShouldBe([("invalid_mirror", "variants[1].mirror")]);
    }

    [Fact]
    public void Evolution_GivesTheHoldoutAnArmNumberForEver()
    {
        var decision = EndpointEvolution.Decide(
            null, Spec(0.1), new Dictionary<VariantName, int> { [HoldoutSpec.Name] = 7 }, null);

        decision.Spec.Holdout!.Arm.ArmNumber.ShouldBe(7);
        decision.Spec.Variants[0].ArmNumber.ShouldBe(8);
        EndpointEvolution.Decide(new EndpointState(decision.Spec, 1), Spec(0.2),
            new Dictionary<VariantName, int> { [HoldoutSpec.Name] = 7, [Plan.Stable] = 8 }, null)
            .Generation.ShouldBe(2);
    }

    [Fact]
    public void Watched_WithAControlGroup_KeepsWhatOutcomesAreJoinedTo()
    {
        Spec(0.1).Watched.ShouldBe(new Observation { Outcomes = true });
        (Spec(0.1) with { Holdout = null }).Watched.ShouldBeNull();
        (Spec(0.1) with { Observe = new Observation { Slices = ["kind"] } }).Watched
            .ShouldBe(new Observation { Slices = ["kind"], Outcomes = true });

        // What a rollout asks of every unit is kept of every unit.
        (Spec(0.1) with { Observe = new Observation { Outcomes = true } }).Watched
            .ShouldBe(new Observation { Outcomes = true });
    }

    private static EndpointSpec Spec(double share) => new(
        Plan.Endpoint, [new VariantSpec(Plan.Stable, Plan.StableVersion, 1)])
    {
        Unit = UnitRule.Parse("field:user"),
        Holdout = new HoldoutSpec(share, new VariantSpec(HoldoutSpec.Name, null, 0) { Control = ControlAnswer.None }),
    };

    private static EndpointSpec Divided(EndpointSpec spec) => spec with
    {
        Variants =
        [
            new VariantSpec(Plan.Stable, Plan.StableVersion, 3),
            new VariantSpec(VariantName.Parse("b"), new VersionId(ModelName.Parse("m"), 9), 1),
        ],
    };

    private static EndpointSpec Numbered(EndpointSpec spec) => spec with
    {
        Variants = [.. spec.Variants.Index().Select(each => each.Item with { ArmNumber = each.Index + 1 })],
    };

    private static IEnumerable<(string, string?)> Faults(EndpointSpec spec) =>
        EndpointRules.Check(spec).Select(fault => (fault.Code, fault.Field));
}
