using System.Collections.Immutable;
using Fairlead.Core.Checks;
using Fairlead.Core.Tests.Rollouts;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Core.Tests.Checks;

public sealed class CheckEvaluationTests
{
    private static readonly DateTimeOffset Now = Plans.Noon;

    [Fact]
    public void Check_WithoutData_IsInconclusive_UntilItsPatienceSaysOtherwise()
    {
        var check = Plans.Errors() with { OnNoData = NoDataPolicy.Fail, Patience = TimeSpan.FromMinutes(5) };

        var first = CheckEvaluation.Evaluate(check, CheckFacts.None, CheckProgress.Fresh, Now);
        var later = CheckEvaluation.Evaluate(check, CheckFacts.None, first, Now.AddMinutes(4));
        var last = CheckEvaluation.Evaluate(check, CheckFacts.None, later, Now.AddMinutes(5));

        first.Latest!.Verdict.ShouldBe(CheckVerdict.Inconclusive);
        later.Latest!.Verdict.ShouldBe(CheckVerdict.Inconclusive);
        last.Latest!.Verdict.ShouldBe(CheckVerdict.Fail);
    }

    [Fact]
    public void Check_WithDataAgain_ForgetsHowLongItHadNone()
    {
        var check = Plans.Errors() with { OnNoData = NoDataPolicy.Fail, Patience = TimeSpan.FromMinutes(5) };
        var without = CheckEvaluation.Evaluate(check, CheckFacts.None, CheckProgress.Fresh, Now);

        var with = CheckEvaluation.Evaluate(check, Plans.Rates(0.02, 0.02, 5000), without, Now.AddMinutes(4));

        with.WithoutDataSince.ShouldBeNull();
        with.Latest!.Verdict.ShouldNotBe(CheckVerdict.Fail);
    }

    [Theory]
    [InlineData(10, CheckVerdict.Inconclusive)]
    [InlineData(5000, CheckVerdict.Fail)]
    public void Guard_NeedsItsMinimumOfSamples(double units, CheckVerdict verdict) =>
        Verdict(Plans.Errors(), Plans.Rates(0.02, 0.3, units)).ShouldBe(verdict);

    [Fact]
    public void Comparison_BothWithoutSpread_SaysNothing() =>
        Verdict(Plans.Errors(), Plans.Rates(0, 0, 5000)).ShouldBe(CheckVerdict.Inconclusive);

    /// <summary>
    /// The paradox: no effect within either phase, other weights and other levels in each. Pooled it looks like harm.
    /// </summary>
    [Fact]
    public void Comparison_OverPhasesOfOtherWeights_IsNotFooledByPooling()
    {
        var facts = CheckFacts.None with
        {
            Observed = TimeSpan.FromHours(1),
            Phases =
            [
                new PhaseFigures(1, Rate(0.1, 90_000), Rate(0.1, 1_000)),
                new PhaseFigures(2, Rate(0.2, 10_000), Rate(0.2, 10_000)),
            ],
        };
        var result = CheckEvaluation.Evaluate(Plans.Errors(), facts, CheckProgress.Fresh, Now).Latest!;

        result.Verdict.ShouldNotBe(CheckVerdict.Fail);
        result.Estimate.ShouldBe(0, 1e-12);
        (result.Candidate - result.Stable).ShouldBeGreaterThan(0.08);
    }

    [Theory]
    [InlineData(true, 0.02, 0.05, CheckVerdict.Fail)]
    [InlineData(false, 0.05, 0.02, CheckVerdict.Fail)]
    [InlineData(true, 0.05, 0.02, CheckVerdict.Pass)]
    [InlineData(false, 0.02, 0.05, CheckVerdict.Pass)]
    public void Comparison_KnowsWhichDirectionIsWorse(
        bool lowerIsBetter, double stable, double candidate, CheckVerdict verdict) =>
        Verdict(Plans.Errors() with { Rule = Compare(lowerIsBetter, 0) }, Plans.Rates(stable, candidate, 20_000))
            .ShouldBe(verdict);

    [Fact]
    public void Margin_Relative_IsAShareOfStablesFigure()
    {
        var check = Plans.Errors() with { Rule = Compare(true, 0.5) with { Relative = true } };

        Verdict(check, Plans.Rates(0.10, 0.14, 50_000)).ShouldBe(CheckVerdict.Pass);
        Verdict(check, Plans.Rates(0.10, 0.17, 50_000)).ShouldBe(CheckVerdict.Fail);
    }

    [Fact]
    public void Scheduled_LooksOnlyWhenALookIsDue_AndSettles()
    {
        var check = Plans.Errors() with
        {
            Rule = new CompareRule(true, 0.01, false, Horizon.Scheduled, 0.05, PlannedSamples: 10_000, Looks: 2),
        };
        var early = CheckEvaluation.Evaluate(check, Plans.Rates(0.02, 0.02, 4_000), CheckProgress.Fresh, Now);
        early.Looks.ShouldBeEmpty();
        early.Latest!.Verdict.ShouldBe(CheckVerdict.Inconclusive);

        var look = CheckEvaluation.Evaluate(check, Plans.Rates(0.02, 0.02, 5_100), early, Now);
        look.Looks.ShouldBe([0.51]);
        look.Settled.ShouldBe(CheckVerdict.Pass);

        // What was settled stays so, whatever comes.
        CheckEvaluation.Evaluate(check, Plans.Rates(0.02, 0.9, 9_000), look, Now).Latest!.Verdict
            .ShouldBe(CheckVerdict.Pass);
    }

    [Fact]
    public void Scheduled_NotShownAtTheLastLook_Fails()
    {
        var check = Plans.Errors() with
        {
            Rule = new CompareRule(true, -0.001, false, Horizon.Scheduled, 0.05, PlannedSamples: 10_000, Looks: 4),
        };
        var progress = CheckProgress.Fresh;
        for (var units = 500; units <= 10_500; units += 500)
            progress = CheckEvaluation.Evaluate(check, Plans.Rates(0.02, 0.02, units), progress, Now);

        progress.Looks.Length.ShouldBe(4);
        progress.Settled.ShouldBe(CheckVerdict.Fail);
        progress.Latest!.Why.ShouldContain("not shown within 10000 samples");
    }

    [Fact]
    public void Limit_FailsOnEvidenceOnly()
    {
        var check = Plans.Errors() with { Rule = new LimitRule(0.05, AtMost: true) };

        Verdict(check, Plans.Rates(0.02, 0.055, 300)).ShouldBe(CheckVerdict.Inconclusive);
        Verdict(check, Plans.Rates(0.02, 0.04, 300)).ShouldBe(CheckVerdict.Pass);
        Verdict(check, Plans.Rates(0.02, 0.2, 3000)).ShouldBe(CheckVerdict.Fail);
    }

    [Fact]
    public void Limit_OnANumberFromElsewhere_TakesItAsItIs()
    {
        var check = new Check
        {
            Name = "queue",
            Metric = Metric.Parse("prometheus:up"),
            Rule = new LimitRule(10, AtMost: true),
        };
        var facts = CheckFacts.None with
        {
            Phases = [new PhaseFigures(1, ArmFigure.None, new ArmFigure(1, 11, double.NaN))],
        };

        Verdict(check, facts).ShouldBe(CheckVerdict.Fail);
    }

    [Fact]
    public void Slices_EachMustHold_AndSmallOnesSayNothing()
    {
        var check = Plans.Errors() with { By = "country", MinimumSamples = 100 };
        var facts = Slices(("at", 0.02, 5_000), ("de", 0.3, 5_000), ("li", 0.9, 20));

        var result = CheckEvaluation.Evaluate(check, facts, CheckProgress.Fresh, Now).Latest!;

        (result.Verdict, result.Slice).ShouldBe((CheckVerdict.Fail, "de"));
        CheckEvaluation.Evaluate(check, Slices(("li", 0.9, 20)), CheckProgress.Fresh, Now).Latest!.Verdict
            .ShouldBe(CheckVerdict.Inconclusive);
    }

    [Fact]
    public void Error_OfTheMeasurement_IsNeitherPassNorFail() => Verdict(
        Plans.Errors(), CheckFacts.None with { Error = "the server answers 500" }).ShouldBe(CheckVerdict.Error);

    /// <summary>
    /// Looked at after every 200 requests of 20,000, over 2,000 histories without any effect: the guard raises no more
    /// false alarms than it declares. The bound is the declared rate and three standard errors of 2,000 histories.
    /// </summary>
    [Fact]
    public void Guard_WatchedAllTheTime_KeepsItsErrorRate()
    {
        const int histories = 2_000;
        var check = Plans.Errors() with { Rule = Compare(true, 0) with { Alpha = 0.05 } };
        var generator = new SplitMix64(2026);
        var alarms = 0;
        for (var history = 0; history < histories; history++)
        {
            double stable = 0, candidate = 0;
            for (var n = 200; n <= 20_000; n += 200)
            {
                stable += Errors(200, 0.05, generator);
                candidate += Errors(200, 0.05, generator);
                if (Verdict(check, Plans.Rates(stable / n, candidate / n, n)) == CheckVerdict.Fail)
                {
                    alarms++;
                    break;
                }
            }
        }

        ((double)alarms / histories).ShouldBeLessThan(0.05 + 3 * Math.Sqrt(0.05 * 0.95 / histories));
    }

    private static CheckVerdict Verdict(Check check, CheckFacts facts) =>
        CheckEvaluation.Evaluate(check, facts, CheckProgress.Fresh, Now).Latest!.Verdict;

    private static CompareRule Compare(bool lowerIsBetter, double margin) =>
        new(lowerIsBetter, margin, Relative: false, Horizon.Anytime, Alpha: 0.01, PlannedSamples: 1000);

    private static ArmFigure Rate(double rate, double units) => new(units, rate, rate * (1 - rate) / units);

    /// <summary>Errors among n requests, by the normal approximation, which is close at these numbers.</summary>
    private static double Errors(int n, double rate, SplitMix64 generator) =>
        Math.Max(0, Math.Round(n * rate + Math.Sqrt(n * rate * (1 - rate)) * generator.NextNormal()));

    private static CheckFacts Slices(params (string Value, double Candidate, double Units)[] slices) =>
        CheckFacts.None with
        {
            Observed = TimeSpan.FromHours(1),
            Slices = slices.ToImmutableSortedDictionary(
                slice => slice.Value,
                slice => ImmutableArray.Create(
                    new PhaseFigures(1, Rate(0.02, slice.Units), Rate(slice.Candidate, slice.Units))),
                StringComparer.Ordinal),
        };
}
