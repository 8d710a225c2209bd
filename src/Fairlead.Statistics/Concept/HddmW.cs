namespace Fairlead.Statistics.Concept;

/// <summary>
/// HDDM with weighted averages, for values in [0, 1]: the moving average up to the point where it was most surely least
/// (or greatest) is compared with the one since, by McDiarmid's bound √(ln(1/c)/2 · Σw²). Better than <see
/// cref="HddmA"/> at slow changes. Keeps 12 numbers.
/// <para>Source: I. Frías-Blanco et al., IEEE TKDE 27 (2015), W-test.</para>
/// </summary>
public sealed class HddmW : ConceptDetector
{
    private readonly double _drift;
    private readonly double _warning;
    private readonly double _lambda;
    private readonly ChangeSide _side;
    private Average _all;
    private Half _up = Half.Of(double.PositiveInfinity);
    private Half _down = Half.Of(double.NegativeInfinity);

    /// <param name="drift">Chance of a false detection at one look, 0 to 1.</param>
    /// <param name="warning">That of a warning, not below.</param>
    /// <param name="lambda">Weight of the newest value, 0 to 1.</param>
    /// <param name="side">Which changes of the mean count.</param>
    public HddmW(
        double drift = 0.001, double warning = 0.005, double lambda = 0.05, ChangeSide side = ChangeSide.Up)
    {
        Require.Level(drift);
        Require.Level(warning);
        Require.Level(lambda);
        ArgumentOutOfRangeException.ThrowIfLessThan(warning, drift);
        (_drift, _warning, _lambda, _side) = (drift, warning, lambda, ChangeSides.Checked(side));
    }

    public override int MostNumbers => 12;

    private protected override DetectorKind Which => DetectorKind.HddmW;

    private protected override double[] Parameters => [_drift, _warning, _lambda, (int)_side];

    private protected override double[] State =>
    [
        _all.Value, _all.Weight,
        _up.Cut, _up.Before.Value, _up.Before.Weight, _up.Since.Value, _up.Since.Weight,
        _down.Cut, _down.Before.Value, _down.Before.Weight, _down.Since.Value, _down.Since.Weight,
    ];

    private protected override bool Accepts(double value) => value is >= 0 and <= 1;

    private protected override DetectorSignal Observe(double value)
    {
        _all = _all.With(value, _lambda);
        var reach = Bound(_all.Weight, _drift);
        _up = _all.Value + reach < _up.Cut
            ? new(_all.Value + reach, _all, default)
            : _up with { Since = _up.Since.With(value, _lambda) };
        _down = _all.Value - reach > _down.Cut
            ? new(_all.Value - reach, _all, default)
            : _down with { Since = _down.Since.With(value, _lambda) };

        if (IsApart(_drift))
        {
            (_all, _up, _down) =
                (default, Half.Of(double.PositiveInfinity), Half.Of(double.NegativeInfinity));
            return DetectorSignal.Drift;
        }

        return IsApart(_warning) ? DetectorSignal.Warning : DetectorSignal.Stable;
    }

    private protected override bool Restore(ReadOnlySpan<double> s)
    {
        if (s.Length != 12)
            return false;
        _all = new(s[0], s[1]);
        _up = new(s[2], new(s[3], s[4]), new(s[5], s[6]));
        _down = new(s[7], new(s[8], s[9]), new(s[10], s[11]));
        return true;
    }

    private static double Bound(double weight, double chance) => Math.Sqrt(weight * Math.Log(1 / chance) / 2);

    private bool IsApart(double chance) =>
        (_side.HasUp() && IsApart(_up, _up.Since.Value - _up.Before.Value, chance))
        || (_side.HasDown() && IsApart(_down, _down.Before.Value - _down.Since.Value, chance));

    private static bool IsApart(Half half, double distance, double chance) =>
        half.Before.Weight > 0 && half.Since.Weight > 0
        && distance > Bound(half.Before.Weight + half.Since.Weight, chance);

    /// <summary>A moving average and Σ of its squared weights, 0 before the first value.</summary>
    private readonly record struct Average(double Value, double Weight)
    {
        internal Average With(double value, double lambda) => Weight == 0
            ? new(value, 1)
            : new(
                lambda * value + (1 - lambda) * Value,
                lambda * lambda + (1 - lambda) * (1 - lambda) * Weight);
    }

    private readonly record struct Half(double Cut, Average Before, Average Since)
    {
        internal static Half Of(double cut) => new(cut, default, default);
    }
}
