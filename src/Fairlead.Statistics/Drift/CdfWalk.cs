using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Drift;

/// <summary>
/// Visits the distinct values of two samples in rising order with how much of each lies at or before them: all
/// statistics of distribution functions are sums or maxima over this walk, ties included.
/// </summary>
internal ref struct CdfWalk
{
    private readonly ReadOnlySpan<double> _x;
    private readonly ReadOnlySpan<double> _y;
    private int _i;
    private int _j;

    internal CdfWalk(QuantileView x, QuantileView y)
        : this(x.Values, y.Values)
    {
    }

    internal CdfWalk(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        _x = x;
        _y = y;
    }

    /// <summary>The value visited.</summary>
    internal double Value { get; private set; }

    /// <summary>How many places of the first sample are at or before the value.</summary>
    internal readonly int UpToX => _i;

    /// <summary>How many places of the second sample are at or before the value.</summary>
    internal readonly int UpToY => _j;

    /// <summary>How far away the next value is; 0 at the last.</summary>
    internal readonly double Gap =>
        _i < _x.Length || _j < _y.Length ? Math.Min(Next(_x, _i), Next(_y, _j)) - Value : 0;

    internal bool MoveNext()
    {
        if (_i == _x.Length && _j == _y.Length)
            return false;
        Value = Math.Min(Next(_x, _i), Next(_y, _j));
        while (_i < _x.Length && _x[_i] == Value)
            _i++;
        while (_j < _y.Length && _y[_j] == Value)
            _j++;
        return true;
    }

    private static double Next(ReadOnlySpan<double> values, int place) =>
        place < values.Length ? values[place] : double.PositiveInfinity;
}
