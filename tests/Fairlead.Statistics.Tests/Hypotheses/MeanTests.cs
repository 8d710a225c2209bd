using CsCheck;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Hypotheses;

public sealed class MeanTests
{
    private static readonly Gen<Moments> Samples =
        Gen.Double[-50, 50].Array[2, 40].Select(values => Moments.Of(values));

    private static readonly Gen<double[]> Values = Gen.Int[-90, 90].Select(i => i / 8.0).Array[6];

    /// <summary>Of a mean, and with groups of one row, the jackknife is what Student's test says.</summary>
    [Fact]
    public void Jackknife_OfAMean_IsStudents() =>
        Gen.Double[-50, 50].Array[3, 40].Sample(values =>
        {
            double[] without = [.. values.Select((value, i) => (values.Sum() - value) / (values.Length - 1))];
            var jackknife = GroupJackknife.Of(values.Average(), without, 0.05);
            var student = PairedT.Test(Moments.Of(values), 0.05);
            jackknife.StandardError.ShouldBeNear(student.StandardError, 1e-6);
            jackknife.Interval.Low.ShouldBeNear(student.Interval.Low, 1e-4);
            jackknife.Degrees.ShouldBe(student.Degrees);
        }, iter: 200);

    [Fact]
    public void Welch_WhenTheArmsSwap_MirrorsEverything() =>
        Gen.Select(Samples, Samples, Gen.Double[0.001, 0.5]).Sample((a, b, alpha) =>
        {
            var forth = MeanDifference.Welch(a, b, alpha);
            var back = MeanDifference.Welch(b, a, alpha);
            back.T.ShouldBeNear(-forth.T, 1e-12);
            back.P.TwoSided.ShouldBeNear(forth.P.TwoSided, 1e-12);
            back.P.Greater.ShouldBeNear(forth.P.Less, 1e-12);
            back.Interval.Low.ShouldBeNear(-forth.Interval.High, 1e-9);

            // The interval leaves 0 out exactly when the test rejects.
            if (Math.Abs(forth.P.TwoSided - alpha) > 1e-9)
                forth.Interval.Contains(0).ShouldBe(forth.P.TwoSided > alpha);
        }, iter: 1000);

    [Fact]
    public void Welch_UnderTheNull_HasUniformPValues()
    {
        var random = new SplitMix64(5);
        var below = new int[10];
        for (var run = 0; run < 5000; run++)
        {
            var p = MeanDifference.Welch(Normals(random, 12, 1), Normals(random, 7, 3), 0.05).P.TwoSided;
            below[Math.Min(9, (int)(p * 10))]++;
        }

        below.ShouldAllBe(count => Math.Abs(count - 500) < 4.5 * Math.Sqrt(5000 * 0.09));
    }

    [Fact]
    public void Welch_WithoutUnitsOrVariation_DecidesNothing()
    {
        var some = Moments.Of([1, 2, 4]);
        foreach (var (control, treatment) in new[]
        {
            (default, some), (some, Moments.Of(3)), (Moments.Of([2, 2, 2]), Moments.Of([5, 5])),
            (some, Moments.Of([1, double.NaN])),
        })
        {
            var result = MeanDifference.Welch(control, treatment, 0.05);
            result.P.ShouldBe(PValues.Undefined);
            result.Interval.ShouldBe(Interval.Undefined);
        }

        // One constant arm is no obstacle: the other one's spread is known.
        MeanDifference.Welch(Moments.Of([2, 2, 2]), some, 0.05).Degrees.ShouldBe(2);
        Should.Throw<ArgumentOutOfRangeException>(() => MeanDifference.Welch(some, some, 1));
    }

    [Fact]
    public void RelativeLift_DoesNotDependOnTheUnitOfMeasure() =>
        Gen.Select(Gen.Double[1, 50].Array[3, 20], Gen.Double[1, 50].Array[3, 20], Gen.Double[0.01, 1000])
            .Sample((a, b, scale) =>
        {
            var lift = RelativeLift.Delta(Moments.Of(a), Moments.Of(b), 0.05);
            var scaled = RelativeLift.Delta(Scaled(a), Scaled(b), 0.05);
            scaled.Estimate.ShouldBeNear(lift.Estimate, 1e-9);
            scaled.StandardError.ShouldBeNear(lift.StandardError, 1e-9);

            Moments Scaled(double[] values) => Moments.Of(values.Select(value => value * scale).ToArray());
        }, iter: 500);

    [Fact]
    public void RelativeLift_OverAControlOfZero_IsUndefined()
    {
        var lift = RelativeLift.Delta(Moments.Of([-1, 0, 1]), Moments.Of([1, 2, 3]), 0.05);
        lift.Estimate.ShouldBe(double.NaN);
        lift.P.TwoSided.ShouldBe(double.NaN);
    }

    [Fact]
    public void Fieller_HoldsTheRatioAndComesNearTheDeltaMethod()
    {
        var fieller = RelativeLift.FiellerRatio(new(10, 1e-6), new(12, 1e-6), 0, 0.05);
        var error = Math.Sqrt(1e-6 / 100 + 1e-6 * 144 / 10_000);
        fieller.Low.ShouldBeNear(1.2 - Normal.UpperQuantile(0.025) * error, 1e-7);
        fieller.High.ShouldBeNear(1.2 + Normal.UpperQuantile(0.025) * error, 1e-7);
        RelativeLift.FiellerRatio(new(0.1, 1), new(12, 1), 0, 0.05)
            .ShouldBe(new Interval(double.NegativeInfinity, double.PositiveInfinity));
        RelativeLift.FiellerRatio(new(double.NaN, 1), new(1, 1), 0, 0.05).ShouldBe(Interval.Undefined);
    }

    [Fact]
    public void RatioMetric_WithDenominatorsOfOne_IsWelch() =>
        Gen.Select(Gen.Double[-9, 9].Array[2, 20], Gen.Double[-9, 9].Array[2, 20]).Sample((a, b) =>
        {
            var ratio = RatioMetric.Difference(Ones(a), Ones(b), 0.05);
            var mean = MeanDifference.Welch(Ones(a), Ones(b), 0.05);
            ratio.T.ShouldBeNear(mean.T, 1e-9);
            ratio.Degrees.ShouldBeNear(mean.Degrees, 1e-9);

            static Moments Ones(double[] y) => Moments.Of(y, y.Select(_ => 1.0).ToArray());
        }, iter: 500);

    /// <summary>
    /// Users with many requests and rates of their own: per request the z test is wrong three times as often as it
    /// says, by user the ratio keeps its level.
    /// </summary>
    [Fact]
    public void RatioMetric_ByUser_KeepsItsLevelWhereRequestsDoNot()
    {
        var random = new SplitMix64(21);
        int byUser = 0, byRequest = 0;
        for (var run = 0; run < 800; run++)
        {
            Moments a = Users(random), b = Users(random);
            byUser += RatioMetric.Difference(a, b, 0.05).P.TwoSided < 0.05 ? 1 : 0;
            byRequest += TwoProportions.Compare(Requests(a), Requests(b), 0.05).P.TwoSided < 0.05 ? 1 : 0;
        }

        (byUser / 800.0).ShouldBe(0.05, 0.03);
        (byRequest / 800.0).ShouldBeGreaterThan(0.1);

        static Proportion Requests(Moments users) => new((long)users.SumY.Value, (long)users.SumX.Value);

        static Moments Users(SplitMix64 random)
        {
            Moments sum = default;
            for (var user = 0; user < 150; user++)
            {
                var rate = random.NextDouble() < 0.3 ? 0.6 : 0.1;
                var requests = 1 + random.NextIndex(21);
                var hits = Enumerable.Range(0, requests).Count(_ => random.NextDouble() < rate);
                sum += Moments.Of(hits, requests);
            }

            return sum;
        }
    }

    [Fact]
    public void Cuped_DoesNotDependOnWhereTheCovariateStarts() =>
        Gen.Select(Values, Values, Values, Gen.Int[-1000, 1000]).Sample((y, z, x, offset) =>
        {
            var moved = x.Select(value => value + offset).ToArray();
            var plain = Cuped.Compare(Moments.Of(y, x), Moments.Of(z, x), 0.05);
            var shifted = Cuped.Compare(Moments.Of(y, moved), Moments.Of(z, moved), 0.05);
            shifted.Adjusted.Estimate.ShouldBeNear(plain.Adjusted.Estimate, 1e-8);
            shifted.Adjusted.StandardError.ShouldBeNear(plain.Adjusted.StandardError, 1e-8);
        }, iter: 500);

    [Fact]
    public void Cuped_WithoutACovariate_IsTheRawEffect()
    {
        Moments a = Moments.Of([1, 2, 4, 3]), b = Moments.Of([3, 5, 4, 6]);
        var result = Cuped.Compare(a, b, 0.05);
        result.Theta.ShouldBe(0);
        result.Adjusted.ShouldBe(result.Raw);
        result.VarianceReduction.ShouldBe(0);
        Cuped.Compare(default, b, 0.05).Adjusted.P.TwoSided.ShouldBe(double.NaN);
    }

    [Fact]
    public void SampleRatio_UnderALegalRamp_DoesNotFire()
    {
        var random = new SplitMix64(8);
        double[] shares = [0.01, 0.05, 0.25, 0.5];
        var fired = 0;
        for (var run = 0; run < 400; run++)
        {
            long[] seen = [0, 0];
            foreach (var share in shares)
            {
                for (var i = 0; i < 500; i++)
                    seen[random.NextDouble() < share ? 1 : 0]++;
            }

            var periods = shares.Select(share => new WeightedPeriod(500, [1 - share, share])).ToArray();
            fired += SampleRatio.TestSchedule(seen, periods).IsMismatch(0.05) ? 1 : 0;
            SampleRatio.Test(seen, [0.5, 0.5]).IsMismatch().ShouldBeTrue();
        }

        (fired / 400.0).ShouldBe(0.05, 0.045);
    }

    [Fact]
    public void SampleRatio_AtItsLimits()
    {
        SampleRatio.Test([10, 30], [1, 3]).ChiSquare.ShouldBe(0);
        SampleRatio.Test([10, 30], [0.1, 0.3]).P.ShouldBeNear(1, 1e-12);
        SampleRatio.Test([0, 0], [1, 1]).P.ShouldBe(double.NaN);
        SampleRatio.Test([0, 0], [1, 1]).IsMismatch().ShouldBeFalse();
        SampleRatio.Test([5, 5, 1], [1, 1, 0]).IsMismatch().ShouldBeTrue();
        SampleRatio.Test([5, 5, 0], [1, 1, 0]).Degrees.ShouldBe(1);
        SampleRatio.Test([5, 1], [1, 0]).P.ShouldBe(0);
        SampleRatio.Test([5, 0], [1, 0]).P.ShouldBe(double.NaN);
        Should.Throw<ArgumentException>(() => SampleRatio.Test([5, 5], [1]));
        Should.Throw<ArgumentException>(() => SampleRatio.Test([5, 5], [0, 0]));
        Should.Throw<ArgumentException>(() => SampleRatio.Test([5, 5], [1, -1]));
        Should.Throw<ArgumentException>(() => SampleRatio.Test([5, 5], [1, double.NaN]));
        Should.Throw<ArgumentException>(() => SampleRatio.Test([-5, 5], [1, 1]));
    }

    private static Moments Normals(SplitMix64 random, int count, double deviation)
    {
        Moments sum = default;
        for (var i = 0; i < count; i++)
            sum += Moments.Of(deviation * random.NextNormal());
        return sum;
    }
}
