using CsCheck;
using Fairlead.Statistics.Assignment;
using Fairlead.Statistics.Buckets;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Buckets;

public sealed class BucketTotalsTests
{
    /// <summary>Whole values, so that sums in any order are the same to the last bit.</summary>
    private static readonly Gen<(int Bucket, int Y, int X)[]> Records =
        Gen.Select(Gen.Int[0, BucketTotals.Count - 1], Gen.Int[-100, 100], Gen.Int[0, 50]).Array[0, 300];

    private static BucketTotals Of(IEnumerable<(int Bucket, int Y, int X)> records)
    {
        var totals = new BucketTotals();
        foreach (var (bucket, y, x) in records)
            totals.Add(bucket, y, x);
        return totals;
    }

    private static void ShouldBeEqual(BucketTotals a, BucketTotals b)
    {
        a.Records.SequenceEqual(b.Records).ShouldBeTrue();
        a.Y.SequenceEqual(b.Y).ShouldBeTrue();
        a.X.SequenceEqual(b.X).ShouldBeTrue();
    }

    [Fact]
    public void Totals_OfReplicas_AddUpInAnyOrder() =>
        Gen.Select(Records, Records, Records).Sample((first, second, third) =>
        {
            var whole = Of(first.Concat(second).Concat(third));
            var forward = Of(first);
            forward.Add(Of(second));
            forward.Add(Of(third));
            var backward = Of(third.Reverse());
            backward.Add(Of(second));
            backward.Add(Of(first));

            ShouldBeEqual(forward, whole);
            ShouldBeEqual(backward, whole);
            ShouldBeEqual(new BucketTotals(whole.Records, whole.Y, whole.X), whole);
        }, iter: 100);

    [Fact]
    public void ACorrectedRecord_LeavesNoTrace() =>
        Gen.Select(Records, Records).Sample((kept, wrong) =>
        {
            var totals = Of(kept.Concat(wrong));
            foreach (var (bucket, y, x) in wrong)
                totals.Add(bucket, -y, -x, -1);
            ShouldBeEqual(totals, Of(kept));
        }, iter: 100);

    /// <summary>
    /// With one record a unit and few units the buckets hold one unit each, and the variance is the ordinary one.
    /// </summary>
    [Fact]
    public void Variance_OfOneRecordABucket_IsTheOrdinaryOne()
    {
        var generator = new SplitMix64(7);
        var values = Enumerable.Range(0, 200).Select(_ => generator.NextNormal()).ToArray();
        var totals = new BucketTotals();
        for (var i = 0; i < values.Length; i++)
            totals.Add(i * 5, values[i]);

        var mean = values.Average();
        var variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
        var figure = totals.MeanOfRecords();

        figure.Records.ShouldBe(200);
        figure.Value.ShouldBe(mean, 1e-12);
        figure.Variance.ShouldBe(variance / values.Length, 1e-12);
        totals.Ratio().ShouldBe(figure);
    }

    /// <summary>Repeating every record of every unit adds no information, and the variance knows it.</summary>
    [Fact]
    public void Variance_WhenEveryRecordIsRepeated_StaysWhatItWas()
    {
        var generator = new SplitMix64(8);
        var (once, often) = (new BucketTotals(), new BucketTotals());
        for (var i = 0; i < 5000; i++)
        {
            var bucket = BucketTotals.BucketOf(generator.Next());
            var value = generator.NextNormal();
            once.Add(bucket, value);
            for (var repeat = 0; repeat < 11; repeat++)
                often.Add(bucket, value);
        }

        often.MeanOfRecords().Variance.ShouldBe(once.MeanOfRecords().Variance, 1e-12);
        often.MeanOfRecords().Records.ShouldBe(55_000);
    }

    [Fact]
    public void Figures_WithoutEnoughToTell_SayNothing()
    {
        var totals = new BucketTotals();
        totals.MeanOfRecords().Value.ShouldBe(double.NaN);
        for (var i = 0; i < BucketTotals.FewestForVariance - 1; i++)
            totals.Add(i, i);
        totals.MeanOfRecords().Variance.ShouldBe(double.NaN);
        totals.Add(500, 1);
        totals.MeanOfRecords().Variance.ShouldBeGreaterThan(0);
        Should.Throw<ArgumentOutOfRangeException>(() => totals.Add(1, double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => totals.Add(1, 1, double.PositiveInfinity));
        Should.Throw<ArgumentException>(() => new BucketTotals([1.0], [1.0], [1.0]));
    }

    [Fact]
    public void Comparison_AddsVariancesAndScalesThem()
    {
        var (treatment, control) = (new BucketFigure(100, 0.12, 0.0004), new BucketFigure(100, 0.10, 0.0001));

        var difference = treatment.Minus(control);
        difference.Value.ShouldBe(0.02, 1e-12);
        difference.Variance.ShouldBe(0.0005, 1e-12);
        difference.Records.ShouldBe(200);

        var lift = treatment.RelativeTo(control);
        lift.Value.ShouldBe(0.2, 1e-12);
        lift.Variance.ShouldBe(0.0004 / 0.01 + 0.0001 * 0.0144 / 0.0001, 1e-12);
    }

    /// <summary>Which bucket a unit is in says nothing about which arm it is in.</summary>
    [Fact]
    public void Buckets_AreEvenAndIndependentOfTheArms()
    {
        const int Units = 150_000;
        WeightedRendezvous.Arm[] arms = [new(1, 1), new(2, 1)];
        var (all, first) = (new int[BucketTotals.Count], new int[BucketTotals.Count]);
        for (var i = 0; i < Units; i++)
        {
            var unit = UnitHash.Of($"user-{i}");
            var bucket = BucketTotals.BucketOf(unit);
            all[bucket]++;
            first[bucket] += WeightedRendezvous.Choose(42, unit, arms) == 0 ? 1 : 0;
        }

        double Excess(Func<int, double> squaredZ) =>
            (Enumerable.Range(0, BucketTotals.Count).Sum(squaredZ) - 1024) / Math.Sqrt(2 * 1024);
        var expected = Units / (double)BucketTotals.Count;
        Math.Abs(Excess(b => (all[b] - expected) * (all[b] - expected) / expected)).ShouldBeLessThan(5);
        Math.Abs(Excess(b => Math.Pow(first[b] - all[b] / 2.0, 2) / (all[b] / 4.0))).ShouldBeLessThan(5);
    }
}
