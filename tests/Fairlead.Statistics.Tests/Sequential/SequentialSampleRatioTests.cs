using CsCheck;
using Fairlead.Statistics.Sequential;

namespace Fairlead.Statistics.Tests.Sequential;

public sealed class SequentialSampleRatioTests
{
    private static readonly Gen<(long[] Observed, double[] Shares)> Counts =
        Gen.Select(Gen.Int[1, 6], Gen.Long[0, 100_000].Array[6], Gen.Double[0.01, 1].Array[6])
            .Select((arms, observed, shares) => (observed[..arms], shares[..arms]));

    /// <summary>
    /// The factor is a martingale under the plan: the mean over where the next unit goes is what it was. This is all
    /// that makes it valid at any time.
    /// </summary>
    [Fact]
    public void BayesFactor_OverTheNextUnit_KeepsItsMean() =>
        Gen.Select(Counts, Gen.Double[1, 5000]).Sample((counts, concentration) =>
        {
            var (observed, shares) = counts;
            var before = SequentialSampleRatio.LogBayesFactor(observed, shares, concentration);
            var mean = 0.0;
            for (var i = 0; i < observed.Length; i++)
            {
                var after = observed.ToArray();
                after[i]++;
                mean += shares[i] / shares.Sum()
                    * Math.Exp(SequentialSampleRatio.LogBayesFactor(after, shares, concentration) - before);
            }

            mean.ShouldBe(1, 1e-7);
        }, iter: 1000);

    [Fact]
    public void BayesFactor_DoesNotDependOnTheOrderOfTheArmsOrTheScaleOfTheShares() =>
        Counts.Sample(counts =>
        {
            var (observed, shares) = counts;
            var log = SequentialSampleRatio.LogBayesFactor(observed, shares);
            var turned = SequentialSampleRatio.LogBayesFactor(
                [.. observed.Reverse()], [.. shares.Reverse().Select(share => 7 * share)]);
            turned.ShouldBe(log, 1e-6 * (1 + Math.Abs(log)));
        }, iter: 1000);

    /// <summary>A legal ramp, counted in its own periods, is no alarm; pooled under the last weights it is.</summary>
    [Fact]
    public void BayesFactor_OverARamp_HoldsEveryPeriodAgainstItsOwnWeights()
    {
        RatioPeriod[] ramp =
        [
            new([9_905, 95], [99, 1]),
            new([8_990, 1_010], [90, 10]),
            new([10_020, 9_980], [50, 50]),
        ];

        SequentialSampleRatio.LogBayesFactor(ramp).ShouldBeLessThan(0);
        SequentialSampleRatio.LogBayesFactor([28_915, 11_085], [50, 50]).ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void BayesFactor_WithoutUnits_SaysNothing() =>
        SequentialSampleRatio.PValue(SequentialSampleRatio.LogBayesFactor([0, 0], [0.5, 0.5])).ShouldBe(1, 1e-9);

    [Fact]
    public void AnArmThatShouldBeEmpty_IsAnAlarmAtItsFirstUnit()
    {
        SequentialSampleRatio.LogBayesFactor([100, 0], [1, 0]).ShouldBe(0, 1e-9);
        var log = SequentialSampleRatio.LogBayesFactor([100, 1], [1, 0]);
        log.ShouldBe(double.PositiveInfinity);
        SequentialSampleRatio.PValue(log).ShouldBe(0);
    }

    [Fact]
    public void Shares_ThatAreNone_AreRefused()
    {
        Should.Throw<ArgumentException>(() => SequentialSampleRatio.LogBayesFactor([1, 2], [1]));
        Should.Throw<ArgumentException>(() => SequentialSampleRatio.LogBayesFactor([1, 2], [0, 0]));
        Should.Throw<ArgumentException>(() => SequentialSampleRatio.LogBayesFactor([1, 2], [2, -1]));
        Should.Throw<ArgumentOutOfRangeException>(() => SequentialSampleRatio.LogBayesFactor([-1, 2], [1, 1]));
        Should.Throw<ArgumentOutOfRangeException>(() => SequentialSampleRatio.LogBayesFactor([1, 2], [1, 1], 0));
    }
}
