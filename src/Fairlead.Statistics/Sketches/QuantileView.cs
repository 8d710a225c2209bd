namespace Fairlead.Statistics.Sketches;

/// <summary>
/// Values in rising order with how many each stands for: what a <see cref="QuantileSketch"/> answers questions with, or
/// a sample itself (<see cref="OfSample"/>), so that the statistics of drift are computed by the same code either way.
/// </summary>
public sealed class QuantileView
{
    private readonly ReadOnlyMemory<double> _values;

    // Null where each value stands for itself alone, which saves as much again as the values take.
    private readonly long[]? _upTo;

    internal QuantileView(
        double[] values, long[] weights, double min, double max, double rankError, double uniformError)
    {
        _values = values;
        _upTo = weights;
        for (var i = 1; i < weights.Length; i++)
            weights[i] += weights[i - 1];
        (Min, Max, RankError, UniformError) = (min, max, rankError, uniformError);
    }

    private QuantileView(ReadOnlyMemory<double> values)
    {
        _values = values;
        (Min, Max) = values.IsEmpty ? (double.NaN, double.NaN) : (values.Span[0], values.Span[^1]);
    }

    /// <summary>How many values it stands for.</summary>
    public long Count => UpTo(_values.Length);

    /// <summary>The least value; NaN when empty.</summary>
    public double Min { get; }

    /// <summary>The greatest value; NaN when empty.</summary>
    public double Max { get; }

    /// <summary>By how much the rank of a value may be wrong, as a share; 0 for a sample.</summary>
    public double RankError { get; }

    /// <summary>By how much a share between two values may be wrong; 0 for a sample.</summary>
    public double UniformError { get; }

    /// <summary>The values, rising; equal ones may stand side by side.</summary>
    public ReadOnlySpan<double> Values => _values.Span;

    /// <summary>For how many values the first so many of <see cref="Values"/> stand.</summary>
    public long UpTo(int places) => _upTo is null || places == 0 ? places : _upTo[places - 1];

    /// <summary>A sample as it is, without error.</summary>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public static QuantileView OfSample(ReadOnlySpan<double> sample)
    {
        foreach (var value in sample)
        {
            if (!double.IsFinite(value))
                throw new ArgumentException($"A value is {value}; leave it out and count it.", nameof(sample));
        }

        var values = sample.ToArray();
        Array.Sort(values);
        return new(values);
    }

    /// <summary>A sample that is sorted already, without error; it is looked at where it lies and must stay.</summary>
    /// <exception cref="ArgumentException">A value is NaN, infinite, or below the one before it.</exception>
    public static QuantileView OfSorted(ReadOnlyMemory<double> sorted)
    {
        var before = double.NegativeInfinity;
        foreach (var value in sorted.Span)
        {
            if (!(value >= before && double.IsFinite(value)))
                throw new ArgumentException($"{value} comes after {before}; sort finite values.", nameof(sorted));
            before = value;
        }

        return new(sorted);
    }

    /// <summary>The same with every value rounded, as numbers of a shorter type are.</summary>
    /// <param name="rounding">Monotone: of two values the greater one never becomes the smaller one.</param>
    public QuantileView Rounded(Func<double, double> rounding)
    {
        double[] values = [.. _values.ToArray().Select(rounding)];
        long[] weights = [.. Enumerable.Range(0, values.Length).Select(i => UpTo(i + 1) - UpTo(i))];
        return new(values, weights, rounding(Min), rounding(Max), RankError, UniformError);
    }

    /// <summary>How many values are at most <paramref name="value"/>.</summary>
    public long AtMost(double value)
    {
        var values = _values.Span;
        var (low, high) = (0, values.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (values[middle] <= value)
                low = middle + 1;
            else
                high = middle;
        }

        return UpTo(low);
    }

    /// <summary>How many values are below <paramref name="value"/>.</summary>
    public long Below(double value) => AtMost(Math.BitDecrement(value));

    /// <summary>
    /// The least value at or before which at least the share <paramref name="p"/> of all values stands (the inverse of
    /// the empirical distribution); the ends are exact. NaN when empty.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">p lies outside 0 to 1.</exception>
    public double Quantile(double p)
    {
        if (!(p >= 0 && p <= 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, "Must lie between 0 and 1.");
        if (Count == 0 || p == 0)
            return Min;
        if (p == 1)
            return Max;
        var wanted = Math.Max(1, (long)Math.Ceiling(p * Count));
        var place = _upTo is null ? (int)wanted - 1 : Array.BinarySearch(_upTo, wanted);
        return _values.Span[place >= 0 ? place : ~place];
    }
}
