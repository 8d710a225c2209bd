namespace Fairlead.Statistics.Concept;

/// <summary>
/// The test of Page and Hinkley with forgetting: S = max(0, αS + (x − mean − δ)), a detection at S ≥ the threshold,
/// and likewise downwards. The threshold is in units of the values: it must be set to them. Keeps 4 numbers.
/// <para>Source: E. S. Page, Biometrika 41 (1954); D. V. Hinkley, Biometrika 58 (1971); forgetting as in river.</para>
/// </summary>
public sealed class PageHinkley : ConceptDetector
{
    private readonly int _warmUp;
    private readonly double _delta;
    private readonly double _threshold;
    private readonly double _alpha;
    private readonly ChangeSide _side;
    private double _n;
    private double _mean;
    private double _up;
    private double _down;

    /// <param name="warmUp">Observations before anything is said, 1 or more.</param>
    /// <param name="delta">The change of the mean that is let pass, 0 or more.</param>
    /// <param name="threshold">The sum at which a change is detected, above 0.</param>
    /// <param name="alpha">What is kept of the sum at each step, above 0 and at most 1.</param>
    /// <param name="side">Which changes of the mean count.</param>
    public PageHinkley(
        int warmUp = 30, double delta = 0.005, double threshold = 50, double alpha = 0.9999,
        ChangeSide side = ChangeSide.Both)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 1);
        Require.NotNegative(delta);
        Require.Positive(threshold);
        Require.Positive(alpha);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(alpha, 1);
        (_warmUp, _delta, _threshold, _alpha) = (warmUp, delta, threshold, alpha);
        _side = ChangeSides.Checked(side);
    }

    public override int MostNumbers => 4;

    private protected override DetectorKind Which => DetectorKind.PageHinkley;

    private protected override double[] Parameters => [_warmUp, _delta, _threshold, _alpha, (int)_side];

    private protected override double[] State => [_n, _mean, _up, _down];

    private protected override DetectorSignal Observe(double value)
    {
        _n++;
        _mean += (value - _mean) / _n;
        _up = Math.Max(0, _alpha * _up + (value - _mean - _delta));
        _down = Math.Max(0, _alpha * _down + (_mean - value - _delta));
        var isFar = (_side.HasUp() && _up >= _threshold) || (_side.HasDown() && _down >= _threshold);
        if (_n < _warmUp || !isFar)
            return DetectorSignal.Stable;
        (_n, _mean, _up, _down) = (0, 0, 0, 0);
        return DetectorSignal.Drift;
    }

    private protected override bool Restore(ReadOnlySpan<double> state)
    {
        if (state.Length != 4)
            return false;
        (_n, _mean, _up, _down) = (state[0], state[1], state[2], state[3]);
        return true;
    }
}
