using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Drift;

/// <summary>
/// Edges between which values are counted: bin i is [edge i, edge i + 1), the last one closed at its end.
/// </summary>
public sealed class Bins
{
    /// <summary>More bins than this say nothing and take memory: a wild outlier asks for millions.</summary>
    public const int Most = 65_536;

    private readonly double[] _edges;

    private Bins(double[] edges) => _edges = edges;

    /// <summary>The edges, rising; one more than bins.</summary>
    public ReadOnlySpan<double> Edges => _edges;

    /// <summary>How many bins.</summary>
    public int Count => _edges.Length - 1;

    /// <summary>The width of the first bin.</summary>
    public double Width => _edges[1] - _edges[0];

    /// <summary>
    /// Bins of equal width over the range of a sample. Where all values are one value v there is one bin, [v − 1/2, v +
    /// 1/2]; of an empty sample it is [0, 1]. At most <see cref="Most"/> bins.
    /// </summary>
    /// <param name="values">Finite values in any order.</param>
    /// <param name="rule">Gives the number of bins.</param>
    public static Bins Of(ReadOnlySpan<double> values, BinRule rule)
    {
        if (values.IsEmpty)
            return new([0, 1]);
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var (first, last) = (sorted[0], sorted[^1]);
        if (first == last)
            return new([first - 0.5, last + 0.5]);
        var width = WidthOf(sorted, rule);
        var count = width > 0 ? (int)Math.Min(Most, Math.Ceiling((last - first) / width)) : 1;
        return Equal(first, last, Math.Max(1, count));
    }

    /// <summary>So many bins of equal width from the first edge to the last.</summary>
    public static Bins Equal(double first, double last, int count)
    {
        var edges = new double[count + 1];
        var step = (last - first) / count;
        for (var i = 0; i < count; i++)
            edges[i] = i * step + first;
        edges[count] = last;
        return new(edges);
    }

    /// <summary>
    /// Bins that hold equal shares of a sample, from −∞ to ∞: the inner edges are its quantiles (linear between ranks),
    /// equal ones once, so that ties leave fewer bins.
    /// </summary>
    /// <param name="reference">Finite values in any order.</param>
    /// <param name="count">How many bins, 1 or more.</param>
    public static Bins OfQuantiles(ReadOnlySpan<double> reference, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var sorted = reference.ToArray();
        Array.Sort(sorted);
        return OfInner([.. Enumerable.Range(0, sorted.Length == 0 ? 0 : count + 1)
            .Select(i => Quantiles.OfSorted(sorted, (double)i / count)).Distinct()]);
    }

    /// <summary>The same by the quantiles of a sketch or a sample, each a value of it.</summary>
    public static Bins OfQuantiles(QuantileView reference, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return OfInner([.. Enumerable.Range(0, reference.Count == 0 ? 0 : count + 1)
            .Select(i => reference.Quantile((double)i / count)).Distinct()]);
    }

    /// <summary>How many values fall in each bin; those outside the edges in none.</summary>
    public double[] CountsOf(ReadOnlySpan<double> values)
    {
        var counts = new double[Count];
        foreach (var value in values)
        {
            var place = Place(value);
            if (place >= 0)
                counts[place]++;
        }

        return counts;
    }

    /// <summary>How many values of a sketch fall in each bin.</summary>
    public double[] CountsOf(QuantileView view)
    {
        var counts = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            var end = i == Count - 1 ? view.AtMost(_edges[i + 1]) : view.Below(_edges[i + 1]);
            counts[i] = end - view.Below(_edges[i]);
        }

        return counts;
    }

    /// <summary>The bin of a value; −1 outside the edges and for NaN.</summary>
    public int Place(double value)
    {
        if (!(value >= _edges[0] && value <= _edges[^1]))
            return -1;
        var place = Array.BinarySearch(_edges, value);
        return Math.Min(place >= 0 ? place : ~place - 1, Count - 1);
    }

    private static Bins OfInner(double[] quantiles) => new(
        [double.NegativeInfinity, .. quantiles.Length > 2 ? quantiles[1..^1] : [], double.PositiveInfinity]);

    private static double WidthOf(double[] sorted, BinRule rule)
    {
        double n = sorted.Length;
        var range = sorted[^1] - sorted[0];
        var sturges = range / (Math.Log2(n) + 1);
        switch (rule)
        {
            case BinRule.Sturges:
                return sturges;
            case BinRule.SquareRoot:
                return range / Math.Sqrt(n);
            case BinRule.Rice:
                return range / (2 * Math.Cbrt(n));
            case BinRule.Scott:
                return Math.Cbrt(24 * Math.Sqrt(Math.PI) / n) * Math.Sqrt(Spread(sorted, out _));
            case BinRule.FreedmanDiaconis:
                return Quartiles(sorted);
            case BinRule.Auto:
                var freedman = Quartiles(sorted);
                return freedman > 0 ? Math.Min(freedman, sturges) : sturges;
            case BinRule.Doane when n > 2 && Spread(sorted, out var third) is > 0 and var variance:
                var skewness = third / (variance * Math.Sqrt(variance));
                var deviation = Math.Sqrt(6 * (n - 2) / ((n + 1) * (n + 3)));
                return range / (1 + Math.Log2(n) + Math.Log2(1 + Math.Abs(skewness) / deviation));
            case BinRule.Doane:
                return 0;
            default:
                throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a rule for bins.");
        }
    }

    private static double Quartiles(double[] sorted) =>
        2 * (Quantiles.OfSorted(sorted, 0.75) - Quantiles.OfSorted(sorted, 0.25)) / Math.Cbrt(sorted.Length);

    /// <summary>The second and the third central moment, each divided by n.</summary>
    private static double Spread(double[] values, out double third)
    {
        var mean = Numerics.CompensatedSum.Sum(values).Value / values.Length;
        double second = 0;
        third = 0;
        foreach (var value in values)
        {
            var distance = value - mean;
            second += distance * distance;
            third += distance * distance * distance;
        }

        third /= values.Length;
        return second / values.Length;
    }
}
