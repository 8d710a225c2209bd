namespace Fairlead.Statistics.Concept;

/// <summary>
/// The cumulative sum chart: S = max(0, S + z − k) of values z standardised by the mean and deviation of the first
/// ones, a change at S &gt; h, and likewise downwards. Tuned to shifts of 2k deviations. Of normal values of known
/// mean, the mean run to a false alarm on one side is about (e^{2kb} − 2kb − 1)/2k², b = h + 1.166 (D. Siegmund 1985):
/// 19 000 at k = 0.5, h = 8; a standard learnt from few values makes it shorter. Keeps 5 numbers.
/// <para>Source: E. S. Page, Biometrika 41 (1954).</para>
/// </summary>
public sealed class Cusum : ConceptDetector
{
    private readonly int _length;
    private readonly double _allowance;
    private readonly double _limit;
    private readonly ChangeSide _side;
    private WarmUp _standard;
    private double _up;
    private double _down;

    /// <param name="warmUp">How many first values are the standard, 2 or more.</param>
    /// <param name="allowance">k, deviations that are let pass, 0 or more.</param>
    /// <param name="limit">h, the sum at which a change is detected, above 0.</param>
    /// <param name="side">Which changes of the mean count.</param>
    public Cusum(int warmUp = 100, double allowance = 0.5, double limit = 8, ChangeSide side = ChangeSide.Both)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 2);
        Require.NotNegative(allowance);
        Require.Positive(limit);
        (_length, _allowance, _limit, _side) = (warmUp, allowance, limit, ChangeSides.Checked(side));
    }

    public override int MostNumbers => 5;

    private protected override DetectorKind Which => DetectorKind.Cusum;

    private protected override double[] Parameters => [_length, _allowance, _limit, (int)_side];

    private protected override double[] State =>
        [_standard.Count, _standard.Mean, _standard.Spread, _up, _down];

    private protected override DetectorSignal Observe(double value)
    {
        if (!_standard.IsOver(_length))
        {
            _standard = _standard.With(value);
            return DetectorSignal.Stable;
        }

        var z = (value - _standard.Mean) / _standard.Deviation;
        _up = Math.Max(0, _up + z - _allowance);
        _down = Math.Max(0, _down - z - _allowance);
        if (!((_side.HasUp() && _up > _limit) || (_side.HasDown() && _down > _limit)))
            return DetectorSignal.Stable;
        (_standard, _up, _down) = (default, 0, 0);
        return DetectorSignal.Drift;
    }

    private protected override bool Restore(ReadOnlySpan<double> state)
    {
        if (state.Length != 5)
            return false;
        (_standard, _up, _down) = (new(state[0], state[1], state[2]), state[3], state[4]);
        return true;
    }
}
