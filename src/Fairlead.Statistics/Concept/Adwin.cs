using System.Runtime.InteropServices;

namespace Fairlead.Statistics.Concept;

/// <summary>The behaviours that go by the name of ADWIN; they detect at different places.</summary>
public enum AdwinVariant
{
    /// <summary>As published: after a change the older part of the window is dropped and the newer part kept.</summary>
    Paper,

    /// <summary>As river (2024 and later): after a change the whole window is dropped.</summary>
    River,

    /// <summary>As river before 2024: the whole window is dropped, and the newest bucket of each size is passed over
    /// in the search for a cut, as MOA's loop does.</summary>
    RiverBefore2024,
}

/// <summary>
/// ADWIN2: a window of the past that shrinks whenever two parts of it differ in mean by more than ε = √(2/m · σ² ·
/// ln(2 ln W/δ)) + 2/(3m) · ln(2 ln W/δ), 1/m = 1/(n₀ − l + 1) + 1/(n₁ − l + 1), with l the least length of a part. The
/// chance of a false cut at one look is at most δ for values in [0, 1]; values of other ranges work with σ².
/// <para>Kept are at most 2 · (M + 1) numbers for each doubling of the window, M buckets of a size.</para>
/// <para>Source: A. Bifet, R. Gavaldà, "Learning from time-changing data with adaptive windowing", SDM 2007.</para>
/// </summary>
public sealed class Adwin : ConceptDetector
{
    private const int MostRows = 52;

    private readonly AdwinVariant _variant;
    private readonly double _delta;
    private readonly int _clock;
    private readonly int _grace;
    private readonly int _leastPart;
    private readonly int _perRow;

    // Row r holds buckets of 2^r values, oldest first; the oldest values are in the last row.
    private readonly List<List<Bucket>> _rows = [[]];
    private double _ticks;

    /// <param name="variant">Which behaviour.</param>
    /// <param name="delta">Chance of a false cut, 0 to 1.</param>
    /// <param name="clock">How many observations between looks, 1 or more.</param>
    /// <param name="grace">No look while the window is not longer than this.</param>
    /// <param name="leastPart">The least length of a part, 1 or more.</param>
    /// <param name="bucketsPerRow">Buckets of one size before two are merged, 2 to 1 000.</param>
    public Adwin(
        AdwinVariant variant = AdwinVariant.Paper, double delta = 0.002, int clock = 32, int grace = 10,
        int leastPart = 5, int bucketsPerRow = 5)
    {
        if (!Enum.IsDefined(variant))
            throw new ArgumentOutOfRangeException(nameof(variant), variant, "Not a variant.");
        Require.Level(delta);
        ArgumentOutOfRangeException.ThrowIfLessThan(clock, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(grace);
        ArgumentOutOfRangeException.ThrowIfLessThan(leastPart, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bucketsPerRow, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bucketsPerRow, 1_000);
        (_variant, _delta, _clock, _grace) = (variant, delta, clock, grace);
        (_leastPart, _perRow) = (leastPart, bucketsPerRow);
    }

    /// <summary>How many values the window holds.</summary>
    public double Width { get; private set; }

    /// <summary>Their sum.</summary>
    public double Total { get; private set; }

    /// <summary>Their squared distances from their mean, summed.</summary>
    public double SquaredSpread { get; private set; }

    /// <summary>Their mean; 0 of an empty window.</summary>
    public double Mean => Width > 0 ? Total / Width : 0;

    public override int MostNumbers => 4 + MostRows * (1 + 2 * (_perRow + 1));

    private protected override DetectorKind Which => DetectorKind.Adwin;

    private protected override double[] Parameters =>
        [(int)_variant, _delta, _clock, _grace, _leastPart, _perRow];

    private protected override double[] State =>
    [
        _ticks, Width, Total, SquaredSpread,
        .. _rows.SelectMany(row => row.SelectMany(each => new[] { each.Total, each.Spread }).Prepend(row.Count)),
    ];

    private protected override DetectorSignal Observe(double value)
    {
        Insert(value);
        _ticks++;
        if (_ticks % _clock != 0 || Width <= _grace)
            return DetectorSignal.Stable;

        var found = false;
        while (HasCut())
        {
            found = true;
            DropOldest();
        }

        if (found && _variant != AdwinVariant.Paper)
            Clear();
        return found ? DetectorSignal.Drift : DetectorSignal.Stable;
    }

    private protected override bool Restore(ReadOnlySpan<double> state)
    {
        if (state.Length < 5)
            return false;
        (_ticks, Width, Total, SquaredSpread) = (state[0], state[1], state[2], state[3]);
        _rows.Clear();
        double held = 0;
        for (var at = 4; at < state.Length;)
        {
            var buckets = state[at++];
            if (!(buckets >= 0 && buckets <= _perRow) || buckets != Math.Floor(buckets)
                || at + 2 * (int)buckets > state.Length
                || _rows.Count == MostRows)
            {
                return false;
            }

            List<Bucket> row = [];
            for (var i = 0; i < buckets; i++, at += 2)
                row.Add(new(state[at], state[at + 1]));
            held += row.Count * Size(_rows.Count);
            _rows.Add(row);
        }

        return (_rows.Count == 1 || _rows[^1].Count > 0) && held == Width
            && double.IsFinite(_ticks + Total + SquaredSpread);
    }

    private static double Size(int row) => Math.ScaleB(1, row);

    private void Insert(double value)
    {
        _rows[0].Add(new(value, 0));
        Width++;
        if (Width > 1)
        {
            var before = Total / (Width - 1);
            SquaredSpread += (Width - 1) * (value - before) * (value - before) / Width;
        }

        Total += value;
        for (var row = 0; _rows[row].Count > _perRow; row++)
        {
            if (row + 1 == MostRows)
            {
                DropOldest();
                return;
            }

            if (row + 1 == _rows.Count)
                _rows.Add([]);
            _rows[row + 1].Add(Bucket.Merge(_rows[row][0], _rows[row][1], Size(row)));
            _rows[row].RemoveRange(0, 2);
        }
    }

    private bool HasCut()
    {
        double n0 = 0, n1 = Width, u0 = 0, u1 = Total;
        for (var row = _rows.Count - 1; row >= 0; row--)
        {
            var buckets = _rows[row];
            var looked = _variant == AdwinVariant.RiverBefore2024 ? buckets.Count - 1 : buckets.Count;
            for (var i = 0; i < looked; i++)
            {
                n0 += Size(row);
                n1 -= Size(row);
                u0 += buckets[i].Total;
                u1 -= buckets[i].Total;
                if (row == 0 && i == buckets.Count - 1)
                    return false;
                if (n0 >= _leastPart && n1 >= _leastPart && Math.Abs(u0 / n0 - u1 / n1) > Bound(n0, n1))
                    return true;
            }
        }

        return false;
    }

    private double Bound(double n0, double n1)
    {
        var log = Math.Log(2 * Math.Log(Width) / _delta);
        var inverse = 1 / (n0 - _leastPart + 1) + 1 / (n1 - _leastPart + 1);
        return Math.Sqrt(2 * inverse * (SquaredSpread / Width) * log) + 2.0 / 3 * log * inverse;
    }

    private void DropOldest()
    {
        var row = _rows[^1];
        var n = Size(_rows.Count - 1);
        var gone = row[0];
        Width -= n;
        Total -= gone.Total;
        var apart = gone.Total / n - (Width > 0 ? Total / Width : 0);
        SquaredSpread = Math.Max(0, SquaredSpread - gone.Spread - n * Width * apart * apart / (n + Width));
        row.RemoveAt(0);
        while (_rows.Count > 1 && _rows[^1].Count == 0)
            _rows.RemoveAt(_rows.Count - 1);
    }

    private void Clear()
    {
        _rows.Clear();
        _rows.Add([]);
        (_ticks, Width, Total, SquaredSpread) = (0, 0, 0, 0);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Bucket(double Total, double Spread)
    {
        internal static Bucket Merge(Bucket a, Bucket b, double size)
        {
            var apart = a.Total / size - b.Total / size;
            return new(a.Total + b.Total, a.Spread + b.Spread + size * size * apart * apart / (size + size));
        }
    }
}
