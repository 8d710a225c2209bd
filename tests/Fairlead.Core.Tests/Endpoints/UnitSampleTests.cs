using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Rollouts;
using Fairlead.Core.Tests.Rollouts;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Core.Tests.Endpoints;

/// <summary>The units whose answers enter an endpoint's value.</summary>
public sealed class UnitSampleTests
{
    private static readonly ulong[] Units =
        [.. Enumerable.Range(0, 20_000).Select(user => UnitHash.Of($"user-{user}"))];

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.7)]
    public void Sample_TakesItsShare_OfTheHoldoutAsOfTheOthers(double share)
    {
        var sample = new UnitSample(7, share);
        var route = new EndpointRoute(new EndpointSpec(EndpointName.Parse("e"),
            [new VariantSpec(VariantName.Parse("stable"), Plans.Version(1), 1) { ArmNumber = 1 }])
        {
            Holdout = new HoldoutSpec(0.3, new VariantSpec(HoldoutSpec.Name, null, 0)
            {
                ArmNumber = 2,
                Control = new ControlAnswer(ControlKind.None),
            }),
        }, 7, 1, salt: 9);

        foreach (var arm in (int[])[0, route.HoldoutIndex])
        {
            var units = Units.Where(unit => route.Assign(unit) == arm).ToList();
            var taken = units.Count(sample.Takes) / (double)units.Count;
            taken.ShouldBe(share, 4 * Math.Sqrt(share * (1 - share) / units.Count));
        }
    }

    [Fact]
    public void Sample_ThatGrows_LetsNobodyGo_AndOneOfEverybodyTakesAll()
    {
        var (small, large, all) = (new UnitSample(3, 0.1), new UnitSample(3, 0.2), new UnitSample(3, 1));

        Units.Where(small.Takes).ShouldAllBe(unit => large.Takes(unit));
        Units.ShouldAllBe(unit => all.Takes(unit));
        Units.Count(unit => small.Takes(unit) != new UnitSample(4, 0.1).Takes(unit)).ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Watched_UnderARolloutThatNeedsOutcomes_KeepsEveryRecordAndTheSampleOfTheValue()
    {
        var spec = new EndpointSpec(EndpointName.Parse("e"),
            [new VariantSpec(VariantName.Parse("stable"), Plans.Version(1), 1)])
        {
            Holdout = new HoldoutSpec(0.1, new VariantSpec(HoldoutSpec.Name, null, 0)
            {
                Control = new ControlAnswer(ControlKind.None),
            }),
            Value = ValueSpec.Parse("outcome:revenue") with { Sample = 0.05 },
        };

        var alone = spec.Watched!;
        var judged = (spec with { Observe = new Observation { Outcomes = true } }).Watched!;
        var counted = (spec with { Observe = Observation.Of(Plans.Of(new WeightStep(0.1))) }).Watched!;

        (alone.Outcomes, alone.Sample, alone.RecordShare).ShouldBe((true, 0.05, 0.05));
        (judged.Outcomes, judged.Sample, judged.RecordShare).ShouldBe((true, 0.05, 1));
        (counted.Outcomes, counted.RecordShare).ShouldBe((true, 0.05));
    }
}
