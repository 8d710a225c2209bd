using CsCheck;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Hypotheses;

public sealed class KayentaTests
{
    private static readonly JudgeOptions Default = new();

    [Fact]
    public void Judge_WhenTheArmsSwap_MirrorsTheVerdict() =>
        Gen.Select(Gen.Double[1, 9].Array[3, 25], Gen.Double[3, 12].Array[3, 25]).Sample((a, b) =>
        {
            var forth = KayentaJudge.Judge(a, b, Default);
            var back = KayentaJudge.Judge(b, a, Default);

            // The estimate lies anywhere on the flat middle of a staircase, so verdicts on its edge are left out.
            var bound = 0.25 * Math.Abs(forth.Estimate);
            if (Math.Abs(forth.Shift.Low - bound) < 0.5 || Math.Abs(forth.Shift.High + bound) < 0.5)
                return;
            back.Label.ShouldBe(forth.Label switch
            {
                MetricLabel.High => MetricLabel.Low,
                MetricLabel.Low => MetricLabel.High,
                var same => same,
            });
        }, iter: 500);

    [Fact]
    public void Judge_OfIndependentValues_RarelyFailsAHealthyCanary()
    {
        var random = new SplitMix64(4);
        var failed = Enumerable.Range(0, 200).Count(_ =>
            KayentaJudge.Judge(Draw(), Draw(), Default).Label != MetricLabel.Pass);
        failed.ShouldBeLessThan(5);

        double[] Draw() => [.. Enumerable.Range(0, 40).Select(_ => 100 + 30 * random.NextNormal())];
    }

    [Fact]
    public void Judge_WatchesOneDirectionWhenTold()
    {
        double[] low = [1, 2.2, 1.1, 2.5, 3], high = [20, 22, 21, 25, 30];
        Label(low, high, WatchedDirection.Increase).ShouldBe(MetricLabel.High);
        Label(low, high, WatchedDirection.Decrease).ShouldBe(MetricLabel.Pass);
        Label(high, low, WatchedDirection.Decrease).ShouldBe(MetricLabel.Low);
        Label(high, low, WatchedDirection.Increase).ShouldBe(MetricLabel.Pass);

        static MetricLabel Label(double[] control, double[] experiment, WatchedDirection direction) =>
            KayentaJudge.Judge(control, experiment, Default with { Direction = direction }).Label;
    }

    [Fact]
    public void Judge_WithoutData_SaysSo()
    {
        KayentaJudge.Judge([], [1, 2], Default).Label.ShouldBe(MetricLabel.NoData);
        KayentaJudge.Judge([1], [double.NaN], Default).Label.ShouldBe(MetricLabel.NoData);
        KayentaJudge.Judge([0, 0], [double.NaN, double.NaN], Default with { Missing = MissingValues.ReplaceByZero })
            .Label.ShouldBe(MetricLabel.Pass);
        var must = KayentaJudge.Judge([1], [], Default with { MustHaveData = true, IsCritical = true });
        must.Label.ShouldBe(MetricLabel.NoDataFails);
        must.Critical.ShouldBeTrue();
        Should.Throw<ArgumentOutOfRangeException>(() => KayentaJudge.Judge([1], [1], Default with { Confidence = 1 }));
        Should.Throw<ArgumentOutOfRangeException>(() => KayentaJudge.Judge([1], [1], Default with { Tolerance = -1 }));
    }

    [Fact]
    public void Judge_OfTwoConstants_ComparesThem()
    {
        double[] ones = [.. Enumerable.Repeat(1.0, 10)], twos = [.. Enumerable.Repeat(2.0, 10)];
        KayentaJudge.Judge(ones, ones, Default).Label.ShouldBe(MetricLabel.Pass);
        KayentaJudge.Judge(ones, [1, 1, 1], Default).Label.ShouldBe(MetricLabel.Pass);
        KayentaJudge.Judge(ones, twos, Default).Label.ShouldBe(MetricLabel.High);
        KayentaJudge.Judge(twos, ones, Default).Label.ShouldBe(MetricLabel.Low);
        KayentaJudge.Judge(twos, ones, Default).ShouldBe(KayentaJudge.Judge(twos, ones, Default));
    }

    [Fact]
    public void Judge_MeasuresTheEffectAsAsked()
    {
        double[] low = [1, 2, 3, 4], high = [11, 12, 13, 14];
        KayentaJudge.Judge(low, high, Default).EffectSize.ShouldBe(5);
        KayentaJudge.Judge(low, high, Default with { Measure = EffectMeasure.CommonLanguage }).EffectSize.ShouldBe(1);
        KayentaJudge.Judge([0, 0, 0], high, Default).EffectSize.ShouldBe(double.NaN);
    }

    [Fact]
    public void WithoutOutliers_LeavesOutWhatIsFarBeyondBothFences()
    {
        double[] values = [.. Enumerable.Range(0, 400).Select(i => i / 100.0), 1000, -1000];
        var kept = KayentaJudge.WithoutOutliers(values);
        kept.Length.ShouldBe(400);
        kept.Max().ShouldBe(3.99);
        KayentaJudge.WithoutOutliers([]).ShouldBeEmpty();
    }

    [Fact]
    public void Score_FollowsItsRules()
    {
        Score([Metric(MetricLabel.Pass, "a"), Metric(MetricLabel.High, "b")], new() { ["a"] = 80 }).Score.ShouldBe(80);
        Score([Metric(MetricLabel.Pass, "a"), Metric(MetricLabel.High, "b")], []).Score.ShouldBe(50);
        Score([Metric(MetricLabel.Pass, "a"), Metric(MetricLabel.NoDataFails, "a")], []).Score.ShouldBe(50);
        Score([Metric(MetricLabel.Pass, "a"), new(MetricLabel.High, ["b"], true)], new() { ["a"] = 100 })
            .ShouldBe(new CanaryScore(0, CanaryClass.Fail));
        Score([], []).Class.ShouldBe(CanaryClass.Fail);
        Score([Metric(MetricLabel.Pass, "a")], []).Class.ShouldBe(CanaryClass.Pass);
        Should.Throw<ArgumentOutOfRangeException>(() => Score([], new() { ["a"] = 101 }));
        Should.Throw<ArgumentOutOfRangeException>(() => Score([], new() { ["a"] = -1 }));

        static ScoredMetric Metric(MetricLabel label, string group) => new(label, [group], false);
        static CanaryScore Score(ScoredMetric[] metrics, Dictionary<string, double> weights) =>
            KayentaScore.Of(metrics, weights, 95, 75);
    }
}
