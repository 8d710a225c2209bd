using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Concept;

/// <summary>
/// KSWIN: the newest r values of a window against r of the older ones, drawn without replacement; they differ when the
/// distance of their distributions passes √(−ln α / r). It sees changes of any shape, not of the mean alone. Tests at
/// consecutive steps share nearly all values, so α is no rate of false alarms: set it well below. The draw depends on
/// the seed and the number of values seen and on nothing else. Keeps the window.
/// <para>Source: C. Raab, M. Heusinger, F.-M. Schleif, "Reactive soft prototype computing for concept drift streams",
/// Neurocomputing 416 (2020).</para>
/// </summary>
public sealed class Kswin : ConceptDetector
{
    private readonly double _alpha;
    private readonly int _window;
    private readonly int _newest;
    private readonly ulong _seed;
    private readonly List<double> _values;

    /// <param name="alpha">The level of one comparison, 0 to 1.</param>
    /// <param name="window">Values kept, at most 100 000.</param>
    /// <param name="newest">How many of them are the newest, 2 or more and at most half the window.</param>
    /// <param name="seed">Seed of the draws, at most 2⁵³.</param>
    public Kswin(double alpha = 0.0001, int window = 300, int newest = 100, ulong seed = 1)
    {
        Require.Level(alpha);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, 100_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(newest, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(newest, window / 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seed, 1UL << 53);
        (_alpha, _window, _newest, _seed) = (alpha, window, newest, seed);
        _values = new(window);
    }

    public override int MostNumbers => _window;

    private protected override DetectorKind Which => DetectorKind.Kswin;

    private protected override double[] Parameters => [_alpha, _window, _newest, _seed];

    private protected override double[] State => [.. _values];

    private protected override DetectorSignal Observe(double value)
    {
        if (_values.Count == _window)
            _values.RemoveAt(0);
        _values.Add(value);
        if (_values.Count < _window || !(Distance() > Math.Sqrt(-Math.Log(_alpha) / _newest)))
            return DetectorSignal.Stable;

        _values.RemoveRange(0, _window - _newest);
        return DetectorSignal.Drift;
    }

    private protected override bool Restore(ReadOnlySpan<double> state)
    {
        if (state.Length > _window || state.ContainsAny(double.PositiveInfinity, double.NegativeInfinity))
            return false;
        _values.Clear();
        _values.AddRange(state);
        return true;
    }

    private double Distance()
    {
        var random = new SplitMix64(_seed + (ulong)Seen * 0x9E3779B97F4A7C15UL);
        var older = _values.GetRange(0, _window - _newest);
        var drawn = new double[_newest];
        for (var i = 0; i < drawn.Length; i++)
        {
            var pick = i + random.NextIndex(older.Count - i);
            (older[i], older[pick]) = (older[pick], older[i]);
            drawn[i] = older[i];
        }

        var newest = _values.GetRange(_window - _newest, _newest).ToArray();
        Array.Sort(drawn);
        Array.Sort(newest);
        int a = 0, b = 0, most = 0;
        while (a < _newest && b < _newest)
        {
            var at = Math.Min(drawn[a], newest[b]);
            while (a < _newest && drawn[a] == at)
                a++;
            while (b < _newest && newest[b] == at)
                b++;
            most = Math.Max(most, Math.Abs(a - b));
        }

        return (double)most / _newest;
    }
}
