namespace Fairlead.Statistics.Concept;

/// <summary>
/// EDDM on errors (1) and hits (0): the distance between errors, mean m and deviation s, is compared with where m + 2s
/// was greatest; below a share β of that it has drifted, below α it warns. Better than <see cref="Ddm"/> at slow
/// changes, worse at noise. Keeps 6 numbers.
/// <para>Source: M. Baena-García et al., "Early drift detection method", 2006.</para>
/// </summary>
public sealed class Eddm : ConceptDetector
{
    private readonly int _warmUp;
    private readonly double _warning;
    private readonly double _drift;
    private double _n;
    private double _errors;
    private double _last;
    private double _mean;
    private double _spread;
    private double _greatest;

    /// <param name="warmUp">Errors before anything is said, 2 or more.</param>
    /// <param name="warning">The share α of a warning, 0 to 1.</param>
    /// <param name="drift">The share β of a detection, not above α.</param>
    public Eddm(int warmUp = 30, double warning = 0.95, double drift = 0.9)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 2);
        Require.Level(warning);
        Require.Level(drift);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(drift, warning);
        (_warmUp, _warning, _drift) = (warmUp, warning, drift);
    }

    public override int MostNumbers => 6;

    private protected override DetectorKind Which => DetectorKind.Eddm;

    private protected override double[] Parameters => [_warmUp, _warning, _drift];

    private protected override double[] State => [_n, _errors, _last, _mean, _spread, _greatest];

    private protected override bool Accepts(double value) => value is 0 or 1;

    private protected override DetectorSignal Observe(double value)
    {
        _n++;
        if (value == 0)
            return DetectorSignal.Stable;

        var distance = _n - _last;
        (_errors, _last) = (_errors + 1, _n);
        var before = _mean;
        _mean += (distance - before) / _errors;
        _spread += (distance - _mean) * (distance - before);
        var reach = _mean + 2 * Math.Sqrt(_spread / _errors);
        if (_errors < _warmUp)
            return DetectorSignal.Stable;
        if (reach > _greatest)
        {
            _greatest = reach;
            return DetectorSignal.Stable;
        }

        if (reach < _drift * _greatest)
        {
            (_n, _errors, _last, _mean, _spread, _greatest) = (0, 0, 0, 0, 0, 0);
            return DetectorSignal.Drift;
        }

        return reach < _warning * _greatest ? DetectorSignal.Warning : DetectorSignal.Stable;
    }

    private protected override bool Restore(ReadOnlySpan<double> state)
    {
        if (state.Length != 6)
            return false;
        (_n, _errors, _last, _mean, _spread, _greatest) =
            (state[0], state[1], state[2], state[3], state[4], state[5]);
        return true;
    }
}
