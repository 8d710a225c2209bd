using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;
using Fairlead.Statistics.Hypotheses;
using static Fairlead.Core.Tests.Rollouts.Plans;

namespace Fairlead.Core.Tests.Rollouts;

public sealed class RolloutOutlookTests
{
    /// <summary>50 requests a second, of which 2 % fail.</summary>
    private static readonly PresentTraffic Busy = new(50, 180_000, 3600);

    [Fact]
    public void AGate_CollectsAtTheShareOfItsRung()
    {
        var plan = Of(new WeightStep(0.05), Gate(), new WeightStep(0.25), Gate(), new SwitchStep());

        var told = RolloutOutlook.Of(plan, Busy);

        told.Select(each => (each.Step, each.Share, each.Units)).ShouldBe([(1, 0.05, 1000L), (3, 0.25, 1000L)]);
        told[0].Takes.ShouldBe(TimeSpan.FromSeconds(400));
        told[1].Takes.ShouldBe(TimeSpan.FromSeconds(80));
    }

    /// <summary>One look of two equal arms is the textbook's: its size at this distance, level and power.</summary>
    [Fact]
    public void OneLook_OfEqualArms_TellsWhatTheTextbookSays()
    {
        var check = Compare(Horizon.Fixed, alpha: 0.05, planned: 1000);
        var plan = Of(new WeightStep(0.5), new AnalyseStep([check], TimeSpan.Zero, null));

        var told = RolloutOutlook.Of(plan, Busy).ShouldHaveSingleItem();

        // Harm has the other half of the error rate, so that success is tested one-sided at 0.025: two-sided at 0.05.
        var needed = PowerAnalysis.ForShare(1, told.Deviations!.Value, 0.05, RolloutOutlook.Power, 0.5).Total;
        needed.ShouldBe(2000, tolerance: 0.5);
        told.Difference!.Value.ShouldBe(told.Deviations.Value * Math.Sqrt(0.02 * 0.98), tolerance: 1e-5);
    }

    [Fact]
    public void MoreLooks_AndAnyTime_CostPower()
    {
        var told = new[] { Horizon.Fixed, Horizon.Scheduled, Horizon.Anytime }
            .Select(horizon => Of(new WeightStep(0.5),
                new AnalyseStep([Compare(horizon, 0.05, 1000)], TimeSpan.Zero, null)))
            .Select(plan => RolloutOutlook.Of(plan, Busy)[0].Deviations!.Value)
            .ToList();

        told.ShouldBeInOrder(SortDirection.Ascending);
        told[1].ShouldBeLessThan(told[0] * 1.1);
    }

    [Fact]
    public void AGuard_IsToldAtTheFirstRung_AndASmallerArmOfStableTellsLess()
    {
        var guarded = Of(new WeightStep(0.1), new WeightStep(0.5)) with { Guards = [Errors()] };
        var equal = Of(new WeightStep(0.1, Control: true)) with { Guards = [Errors()] };

        var (told, beside) = (RolloutOutlook.Of(guarded, Busy)[0], RolloutOutlook.Of(equal, Busy)[0]);

        (told.Step, told.Share).ShouldBe((null, 0.1));
        beside.Deviations!.Value.ShouldBeGreaterThan(told.Deviations!.Value);
    }

    [Fact]
    public void WithoutTraffic_TimesAreUnknown_AndSaidSo()
    {
        var told = RolloutOutlook.Of(Of(new WeightStep(0.1), Gate()), default)[0];

        (told.Takes, told.Difference).ShouldBe((null, null));
        RolloutOutlook.Sentence(told).ShouldStartWith(
            "errors: 1,000 units of the candidate are needed, and nothing is asked at present; a distance of 0.");
    }

    [Fact]
    public void AfterTheSwitch_NothingOfStableIsLeftToCompareWith()
    {
        var told = RolloutOutlook.Of(Of(new SwitchStep(), Gate()), Busy)[0];

        (told.Share, told.Deviations).ShouldBe((1, null));
        RolloutOutlook.Sentence(told).ShouldBe(
            "errors: 1,000 units of the candidate take about 20 s at 100 % of traffic, then it may speak");
    }

    [Fact]
    public void Labels_ThatComeLate_AreWaitedFor()
    {
        var late = Errors() with { LabelDelay = TimeSpan.FromDays(3) };
        var plan = Of(new WeightStep(0.5), new AnalyseStep([late], TimeSpan.Zero, null));

        RolloutOutlook.Of(plan, Busy)[0].Takes.ShouldBe(TimeSpan.FromDays(3) + TimeSpan.FromSeconds(40));
    }

    private static AnalyseStep Gate() => Analyse(TimeSpan.FromMinutes(1));

    private static Check Compare(Horizon horizon, double alpha, long planned) => Errors() with
    {
        Rule = new CompareRule(
            LowerIsBetter: true, Margin: 0.01, Relative: false, horizon, alpha, PlannedSamples: planned),
    };
}
