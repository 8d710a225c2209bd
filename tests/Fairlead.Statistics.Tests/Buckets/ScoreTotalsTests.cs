using CsCheck;
using Fairlead.Statistics.Buckets;
using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Statistics.Tests.Buckets;

public sealed class ScoreTotalsTests
{
    private static readonly Gen<(int Bucket, double Score, bool Positive)[]> Records =
        Gen.Select(Gen.Int[0, BucketTotals.Count - 1], Gen.Double[-3, 3], Gen.Bool).Array[0, 200];

    private static ScoreTotals Of(IEnumerable<(int Bucket, double Score, bool Positive)> records)
    {
        var totals = new ScoreTotals();
        foreach (var (bucket, score, positive) in records)
            totals.Add(bucket, ScoreBins.Of(score), positive);
        return totals;
    }

    [Fact]
    public void Bins_RiseWithTheScore_OverAllNumbers() =>
        Gen.Select(Gen.Double, Gen.Double).Sample((a, b) =>
        {
            var (low, high) = (Math.Min(a, b), Math.Max(a, b));
            if (double.IsNaN(low) || double.IsNaN(high))
                return;
            ScoreBins.Of(low).ShouldBeInRange(0, ScoreBins.Of(high));
            ScoreBins.Of(high).ShouldBeLessThan(ScoreBins.Count);
        });

    [Fact]
    public void Bins_OfProbabilities_AreFineEverywhere_AndOfNaNNone()
    {
        ScoreBins.Of(double.NaN).ShouldBe(-1);
        ScoreBins.Of(double.NegativeInfinity).ShouldBe(0);
        ScoreBins.Of(double.PositiveInfinity).ShouldBe(ScoreBins.Count - 1);
        for (var p = 1e-6; p < 0.999; p += 0.016 * Math.Max(p * (1 - p) * 4, 1e-6))
            ScoreBins.Of(p + 0.016 * Math.Max(p * (1 - p) * 4, 1e-6)).ShouldBeGreaterThanOrEqualTo(ScoreBins.Of(p));
        ScoreBins.Of(0.5).ShouldBeLessThan(ScoreBins.Of(0.52));
        ScoreBins.Of(0.001).ShouldBeLessThan(ScoreBins.Of(0.0011));
        ScoreBins.Of(-0.1).ShouldBeLessThan(ScoreBins.Of(0));
        ScoreBins.Of(1).ShouldBeLessThan(ScoreBins.Of(1.1));
    }

    /// <summary>DeLong on the bins is the exact answer to the same question.</summary>
    [Fact]
    public void Auc_IsDeLongsOfTheBins_AndWithinTheBinningErrorOfTheScores() => Records.Sample(records =>
    {
        bool[] positive = [.. records.Select(each => each.Positive)];
        if (positive.Count(each => each) < 2 || positive.Count(each => !each) < 2)
            return;
        double[] bins = [.. records.Select(each => (double)ScoreBins.Of(each.Score))];
        double[] scores = [.. records.Select(each => each.Score)];
        var exact = DeLong.Compare(positive, bins, scores);

        var totals = Of(records);
        var figure = totals.Auc();

        figure.Records.ShouldBe(records.Length);
        figure.Value.ShouldBe(exact.Champion, 1e-12);
        Math.Abs(figure.Value - exact.Challenger).ShouldBeLessThanOrEqualTo(totals.LargestBinningError() + 1e-12);
    }, iter: 300);

    [Fact]
    public void Auc_WithOneRecordAUnit_HasDeLongsVariance()
    {
        var random = new Random(5);
        var records = Enumerable.Range(0, BucketTotals.Count).Select(bucket =>
        {
            var isPositive = random.NextDouble() < 0.3;
            var logit = random.NextDouble() * 4 - 2 + (isPositive ? 1 : 0);
            return (bucket, Score: 1 / (1 + Math.Exp(-logit)), isPositive);
        }).ToList();
        double[] bins = [.. records.Select(each => (double)ScoreBins.Of(each.Score))];
        var exact = DeLong.Compare([.. records.Select(each => each.isPositive)], bins, bins);

        var figure = Of(records).Auc();

        figure.Variance.ShouldBe(exact.VarianceChampion, exact.VarianceChampion * 0.01);
    }

    [Fact]
    public void Auc_WhereUnitsHaveManyRecords_KnowsThatTheyAreNoNews()
    {
        var random = new Random(6);
        var units = Enumerable.Range(0, 200).Select(bucket =>
            (bucket, Score: random.NextDouble(), Positive: random.NextDouble() < 0.5)).ToList();

        var once = Of(units).Auc();
        var tenTimes = Of(units.SelectMany(unit => Enumerable.Repeat(unit, 10))).Auc();

        tenTimes.Value.ShouldBe(once.Value, 1e-12);
        tenTimes.Variance.ShouldBe(once.Variance, once.Variance * 1e-9);
    }

    [Fact]
    public void Totals_AddUpOverReplicas_AndTakeBackWhatWasWrong()
    {
        Gen.Select(Records, Records, Records).Sample((first, second, wrong) =>
        {
            var whole = Of(first.Concat(second)).Auc();
            var merged = Of(first.Concat(wrong));
            merged.Add(Of(second));
            foreach (var (bucket, score, positive) in wrong)
                merged.Add(bucket, ScoreBins.Of(score), positive, -1);

            var figure = merged.Auc();
            figure.Records.ShouldBe(whole.Records);
            (figure.Value.Equals(whole.Value) || Math.Abs(figure.Value - whole.Value) < 1e-12).ShouldBeTrue();
        }, iter: 200);
    }

    [Fact]
    public void Auc_WithoutOneOfTheClasses_IsUnknown()
    {
        Of([(1, 0.5, true), (2, 0.7, true)]).Auc().Value.ShouldBe(double.NaN);
        new ScoreTotals().LargestBinningError().ShouldBe(double.NaN);
        Of([(1, 0.5, true), (2, 0.7, false)]).Auc().ShouldBe(new BucketFigure(2, 0, double.NaN));
    }

    [Theory]
    [InlineData(0.8, true, 0.22314355131420976)]
    [InlineData(0.8, false, 1.6094379124341005)]
    [InlineData(0, true, 34.538776394910684)]
    [InlineData(1, true, 0)]
    [InlineData(1.1, true, double.NaN)]
    [InlineData(double.NaN, false, double.NaN)]
    public void LogLoss_IsClippedAndOfProbabilitiesOnly(double probability, bool happened, double loss) =>
        LogLoss.Of(probability, happened).ShouldSatisfyAllConditions(
            found => double.IsNaN(found).ShouldBe(double.IsNaN(loss)),
            found => (Math.Abs(found - loss) > 1e-12).ShouldBeFalse());
}
