namespace Fairlead.Statistics.Concept;

/// <summary>
/// DDM on errors (1) and hits (0): the error rate p with s = √(p(1 − p)/n) is compared with where p + s was least;
/// above p_min + 3 s_min it has drifted, above p_min + 2 s_min it warns. It sees only what grows worse, and is known
/// for false alarms while n is small, since the least of a noisy start is low by chance. Keeps 4 numbers.
/// <para>Source: J. Gama et al., "Learning with drift detection", SBIA 2004.</para>
/// </summary>
public sealed class Ddm : ConceptDetector
{
    private readonly int _warmUp;
    private readonly double _warning;
    private readonly double _drift;
    private double _n;
    private double _p;
    private double _leastP;
    private double _leastS;

    /// <param name="warmUp">Observations before anything is said, 1 or more.</param>
    /// <param name="warning">Deviations to a warning, above 0.</param>
    /// <param name="drift">Deviations to a detection, not below those of a warning.</param>
    public Ddm(int warmUp = 30, double warning = 2, double drift = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 1);
        Require.Positive(warning);
        Require.Positive(drift);
        ArgumentOutOfRangeException.ThrowIfLessThan(drift, warning);
        (_warmUp, _warning, _drift) = (warmUp, warning, drift);
        Reset();
    }

    public override int MostNumbers => 4;

    private protected override DetectorKind Which => DetectorKind.Ddm;

    private protected override double[] Parameters => [_warmUp, _warning, _drift];

    private protected override double[] State => [_n, _p, _leastP, _leastS];

    private protected override bool Accepts(double value) => value is >= 0 and <= 1;

    private protected override DetectorSignal Observe(double value)
    {
        _n++;
        _p += (value - _p) / _n;
        var s = Math.Sqrt(Math.Max(0, _p * (1 - _p) / _n));
        if (_n <= _warmUp)
            return DetectorSignal.Stable;

        if (_p + s <= _leastP + _leastS)
            (_leastP, _leastS) = (_p, s);
        if (_p + s > _leastP + _drift * _leastS)
        {
            Reset();
            return DetectorSignal.Drift;
        }

        return _p + s > _leastP + _warning * _leastS ? DetectorSignal.Warning : DetectorSignal.Stable;
    }

    private protected override bool Restore(ReadOnlySpan<double> state)
    {
        if (state.Length != 4)
            return false;
        (_n, _p, _leastP, _leastS) = (state[0], state[1], state[2], state[3]);
        return true;
    }

    private void Reset() => (_n, _p, _leastP, _leastS) = (0, 0, double.PositiveInfinity, 0);
}
