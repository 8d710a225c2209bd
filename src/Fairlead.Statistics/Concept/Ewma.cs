namespace Fairlead.Statistics.Concept;

/// <summary>
/// The chart of a moving average: e = λz + (1 − λ)e of values z standardised by the mean and deviation of the first
/// ones, a change at |e| &gt; L √(λ/(2 − λ) · (1 − (1 − λ)^{2t})), t values after the start. Keeps 5 numbers.
/// <para>Source: S. W. Roberts, Technometrics 1 (1959); J. M. Lucas, M. S. Saccucci, Technometrics 32 (1990).</para>
/// </summary>
public sealed class Ewma : ConceptDetector
{
    private readonly int _length;
    private readonly double _lambda;
    private readonly double _limit;
    private readonly ChangeSide _side;
    private WarmUp _standard;
    private double _average;
    private double _steps;

    /// <param name="warmUp">How many first values are the standard, 2 or more.</param>
    /// <param name="lambda">λ, the weight of the newest value, 0 to 1.</param>
    /// <param name="limit">L, deviations of the average at which a change is detected, above 0.</param>
    /// <param name="side">Which changes of the mean count.</param>
    public Ewma(int warmUp = 100, double lambda = 0.1, double limit = 4, ChangeSide side = ChangeSide.Both)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 2);
        Require.Level(lambda);
        Require.Positive(limit);
        (_length, _lambda, _limit, _side) = (warmUp, lambda, limit, ChangeSides.Checked(side));
    }

    public override int MostNumbers => 5;

    private protected override DetectorKind Which => DetectorKind.Ewma;

    private protected override double[] Parameters => [_length, _lambda, _limit, (int)_side];

    private protected override double[] State =>
        [_standard.Count, _standard.Mean, _standard.Spread, _average, _steps];

    private protected override DetectorSignal Observe(double value)
    {
        if (!_standard.IsOver(_length))
        {
            _standard = _standard.With(value);
            return DetectorSignal.Stable;
        }

        _steps++;
        _average += _lambda * ((value - _standard.Mean) / _standard.Deviation - _average);
        var variance = _lambda / (2 - _lambda) * (1 - Math.Pow(1 - _lambda, 2 * _steps));
        var bound = _limit * Math.Sqrt(variance);
        if (!((_side.HasUp() && _average > bound) || (_side.HasDown() && _average < -bound)))
            return DetectorSignal.Stable;
        (_standard, _average, _steps) = (default, 0, 0);
        return DetectorSignal.Drift;
    }

    private protected override bool Restore(ReadOnlySpan<double> state)
    {
        if (state.Length != 5)
            return false;
        (_standard, _average, _steps) = (new(state[0], state[1], state[2]), state[3], state[4]);
        return true;
    }
}
