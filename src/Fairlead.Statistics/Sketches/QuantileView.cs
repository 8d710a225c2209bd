namespace Fairlead.Statistics.Sketches;

/// <summary>
/// Values in rising order with how many each stands for: what a <see cref="QuantileSketch"/> answers questions with, or
/// a sample itself (<see cref="OfSample"/>), so that the statistics of drift are computed by the same code either way.
/// </summary>
public sealed class QuantileView
{
    private readonly double[] _values;
    private readonly long[] _upTo;

    internal QuantileView(
        double[] values, long[] weights, double min, double max, double rankError, double uniformError)
    {
        _values = values;
        _upTo = weights;
        for (var i = 1; i < _upTo.Length; i++)
            _upTo[i] += _upTo[i - 1];
        (Min, Max, RankError, UniformError) = (min, max, rankError, uniformError);
    }

    /// <summary>How many values it stands for.</summary>
    public long Count => _upTo.Length == 0 ? 0 : _upTo[^1];

    /// <summary>The least value; NaN when empty.</summary>
    public double Min { get; }

    /// <summary>The greatest value; NaN when empty.</summary>
    public double Max { get; }

    /// <summary>By how much the rank of a value may be wrong, as a share; 0 for a sample.</summary>
    public double RankError { get; }

    /// <summary>By how much a share between two values may be wrong; 0 for a sample.</summary>
    public double UniformError { get; }

    /// <summary>The values, rising; equal ones may stand side by side.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>How many values stand at or before each place of <see cref="Values"/>.</summary>
    public ReadOnlySpan<long> UpTo => _upTo;

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
        var weights = new long[values.Length];
        Array.Fill(weights, 1);
        return values.Length == 0
            ? new(values, weights, double.NaN, double.NaN, 0, 0)
            : new(values, weights, values[0], values[^1], 0, 0);
    }

    /// <summary>The same with every value rounded, as numbers of a shorter type are.</summary>
    /// <param name="rounding">Monotone: of two values the greater one never becomes the smaller one.</param>
    public QuantileView Rounded(Func<double, double> rounding)
    {
        double[] values = [.. _values.Select(rounding)];
        long[] weights = [.. _upTo.Select((upTo, i) => i == 0 ? upTo : upTo - _upTo[i - 1])];
        return new(values, weights, rounding(Min), rounding(Max), RankError, UniformError);
    }

    /// <summary>How many values are at most <paramref name="value"/>.</summary>
    public long AtMost(double value)
    {
        var (low, high) = (0, _values.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_values[middle] <= value)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? 0 : _upTo[low - 1];
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
        var place = Array.BinarySearch(_upTo, wanted);
        return _values[place >= 0 ? place : ~place];
    }
}
