using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Sketches;

/// <summary>Many numbers at once are what they are one by one, within the errors that are stated.</summary>
public sealed class ManyAtOnceTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(9_000)]
    public void Sorting_IsThatOfTheFramework(int count)
    {
        var random = new SplitMix64(5);
        double[] values =
            [.. Enumerable.Range(0, count - 4).Select(_ => random.NextNormal()), 0, -1e300, 1e-310, 1e300];
        var expected = values.Order().ToArray();
        NumberOrder.Sort(values, new double[count]);
        values.ShouldBe(expected);
        Should.Throw<ArgumentException>(() => NumberOrder.Sort(new double[3], new double[2]));
    }

    [Fact]
    public void AColumn_KeepsItsErrors_AndWhatIsExact()
    {
        const int count = 200_000, atOnce = 16_384;
        var random = new SplitMix64(9);
        double[] values = [.. Enumerable.Range(0, count).Select(i => i % 10 == 0 ? 7 : random.NextNormal())];
        var (many, single) = (new ColumnSketch(1), new ColumnSketch(2));
        foreach (var part in values.Chunk(atOnce))
            many.Add((double[])part.Clone(), new double[atOnce]);
        foreach (var value in values)
            single.Add(value);

        (many.Rows, many.Values).ShouldBe((count, count));
        many.Moments.Mean.ShouldBe(single.Moments.Mean, 1e-14);
        many.Moments.Variance.ShouldBe(single.Moments.Variance, 1e-13);
        var (sorted, view) = (values.Order().ToArray(), many.Numbers!.View());
        view.Count.ShouldBe(count);
        (view.Min, view.Max).ShouldBe((sorted[0], sorted[^1]));
        for (var i = 1; i < 100; i++)
        {
            var at = sorted[i * count / 100];
            (Math.Abs(view.AtMost(at) - sorted.Count(value => value <= at)) / (double)count)
                .ShouldBeLessThan(view.UniformError);
        }

        var first = many.Frequent.Items()[0];
        (first.Number, many.Frequent.Count).ShouldBe((7, count));
        first.Count.ShouldBeInRange(count / 10 - many.Frequent.Error, count / 10);
        many.Frequent.Error.ShouldBeLessThan(single.Frequent.Error);
        many.Distinct.Estimate.ShouldBe(single.Distinct.Estimate, 0.05 * count);
        Should.Throw<ArgumentException>(() => many.Add([double.NaN], new double[1]));
        Should.Throw<ArgumentException>(() => many.Add([double.PositiveInfinity], new double[1]));
    }

    [Fact]
    public void Sums_OfMany_AreThoseOfEach_AndOverflowAsThey()
    {
        var random = new SplitMix64(2);
        double[] values = [.. Enumerable.Range(0, 1003).Select(_ => 1e10 + random.NextNormal())];
        var (sum, squares) = CompensatedSum.SumAndSquares(values);
        (CompensatedSum one, CompensatedSum two) = (0, 0);
        foreach (var value in values)
        {
            one += value;
            two += CompensatedSum.Product(value, value);
        }

        (sum - one).Value.ShouldBe(0, 1e-15 * sum.Value);
        (squares - two).Value.ShouldBe(0, 1e-15 * squares.Value);
        CompensatedSum.SumAndSquares([1e200, 1e200, 1, 1, 1, 1, 1, 1]).Squares.Value.ShouldBe(double.PositiveInfinity);
    }
}
