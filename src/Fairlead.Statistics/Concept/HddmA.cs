namespace Fairlead.Statistics.Concept;

/// <summary>
/// HDDM with plain averages, for values in [0, 1]: the mean of everything is compared with the mean up to the point
/// where it was most surely least (or greatest); they differ when Hoeffding's bound √(m/2 · ln(2/c)), m = (n −
/// k)/(k n), is passed. Keeps 6 numbers.
/// <para>Source: I. Frías-Blanco et al., IEEE TKDE 27 (2015), A-test.</para>
/// </summary>
public sealed class HddmA : ConceptDetector
{
    private readonly double _drift;
    private readonly double _warning;
    private readonly ChangeSide _side;
    private Sum _all;
    private Sum _low;
    private Sum _high;

    /// <param name="drift">Chance of a false detection at one look, 0 to 1.</param>
    /// <param name="warning">That of a warning, not below.</param>
    /// <param name="side">Which changes of the mean count.</param>
    public HddmA(double drift = 0.001, double warning = 0.005, ChangeSide side = ChangeSide.Up)
    {
        Require.Level(drift);
        Require.Level(warning);
        ArgumentOutOfRangeException.ThrowIfLessThan(warning, drift);
        (_drift, _warning, _side) = (drift, warning, ChangeSides.Checked(side));
    }

    public override int MostNumbers => 6;

    private protected override DetectorKind Which => DetectorKind.HddmA;

    private protected override double[] Parameters => [_drift, _warning, (int)_side];

    private protected override double[] State =>
        [_all.Count, _all.Total, _low.Count, _low.Total, _high.Count, _high.Total];

    private protected override bool Accepts(double value) => value is >= 0 and <= 1;

    private protected override DetectorSignal Observe(double value)
    {
        _all = new(_all.Count + 1, _all.Total + value);
        var reach = Reach(_all);
        if (_low.Count == 0 || _low.Mean + Reach(_low) >= _all.Mean + reach)
            _low = _all;
        if (_high.Count == 0 || _high.Mean - Reach(_high) <= _all.Mean - reach)
            _high = _all;

        if (IsApart(_drift))
        {
            (_all, _low, _high) = (default, default, default);
            return DetectorSignal.Drift;
        }

        return IsApart(_warning) ? DetectorSignal.Warning : DetectorSignal.Stable;
    }

    private protected override bool Restore(ReadOnlySpan<double> state)
    {
        if (state.Length != 6)
            return false;
        (_all, _low, _high) = (new(state[0], state[1]), new(state[2], state[3]), new(state[4], state[5]));
        return true;
    }

    private double Reach(Sum sum) => Math.Sqrt(Math.Log(1 / _drift) / (2 * sum.Count));

    private bool IsApart(double chance) =>
        (_side.HasUp() && _all.Mean - _low.Mean >= Bound(_low, chance))
        || (_side.HasDown() && _high.Mean - _all.Mean >= Bound(_high, chance));

    private double Bound(Sum cut, double chance) => cut.Count == _all.Count
        ? double.PositiveInfinity
        : Math.Sqrt((_all.Count - cut.Count) / (cut.Count * _all.Count) / 2 * Math.Log(2 / chance));

    private readonly record struct Sum(double Count, double Total)
    {
        internal double Mean => Total / Count;
    }
}
