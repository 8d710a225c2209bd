using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>The verdict on one metric.</summary>
public enum MetricLabel
{
    /// <summary>No difference that matters.</summary>
    Pass,

    /// <summary>The experiment is higher than it may be.</summary>
    High,

    /// <summary>The experiment is lower than it may be.</summary>
    Low,

    /// <summary>One of the arms has no values.</summary>
    NoData,

    /// <summary>One of the arms has no values, and the metric was declared to need them.</summary>
    NoDataFails,
}

/// <summary>Which way a metric may not go.</summary>
public enum WatchedDirection
{
    Either,
    Increase,
    Decrease,
}

/// <summary>How large an effect is said to be.</summary>
public enum EffectMeasure
{
    /// <summary>Mean of the experiment over mean of the control; NaN, and then no gate, when one of them is
    /// 0.</summary>
    MeanRatio,

    /// <summary>Probability that a value of the experiment is the greater of a random pair.</summary>
    CommonLanguage,
}

/// <summary>What becomes of missing values (NaN).</summary>
public enum MissingValues
{
    Remove,
    ReplaceByZero,
}

/// <summary>The bounds at which an effect begins to matter: at or below <paramref name="Decrease"/>, at or above
/// <paramref name="Increase"/>.</summary>
public readonly record struct EffectBounds(double Decrease, double Increase)
{
    internal bool Reached(MetricLabel label, double effect) =>
        double.IsNaN(effect) || (label == MetricLabel.High ? effect >= Increase : effect <= Decrease);
}

/// <summary>How a metric is judged.</summary>
public sealed record JudgeOptions
{
    /// <summary>Confidence of the shift's interval; default 0.98.</summary>
    public double Confidence { get; init; } = 0.98;

    /// <summary>Share of the shift that the interval must clear; default 0.25.</summary>
    public double Tolerance { get; init; } = 0.25;

    public WatchedDirection Direction { get; init; }

    public EffectMeasure Measure { get; init; }

    /// <summary>The effect from which on a difference is reported; default any.</summary>
    public EffectBounds Effect { get; init; } = new(1, 1);

    /// <summary>The effect from which on a critical metric fails the whole judgement; default any.</summary>
    public EffectBounds Critical { get; init; } = new(1, 1);

    public bool IsCritical { get; init; }

    public bool MustHaveData { get; init; }

    public MissingValues Missing { get; init; }

    /// <summary>Whether values far outside the quartiles are left out; see
    /// <see cref="KayentaJudge.WithoutOutliers"/>.</summary>
    public bool RemoveOutliers { get; init; }
}

/// <summary>The judgement of one metric.</summary>
/// <param name="Label">The verdict.</param>
/// <param name="Critical">Whether it fails the whole judgement.</param>
/// <param name="EffectSize">The effect by the chosen measure; NaN where it is not defined.</param>
/// <param name="Shift">Interval of the shift experiment − control.</param>
/// <param name="Estimate">The estimated shift.</param>
public readonly record struct MetricJudgement(
    MetricLabel Label, bool Critical, double EffectSize, Interval Shift, double Estimate);

/// <summary>
/// The judge of Netflix's and Google's Kayenta: an interval of the shift between two samples by inverting the rank-sum
/// statistic, z(μ) = (d(μ) − ½ sgn d(μ))/σ(μ) with d the excess of U over its mean after the experiment is moved by −μ.
/// A metric is high when the lower end exceeds tolerance·|shift| and low when the upper end falls below its negative.
/// <para>Sources: Kayenta's published judge; D. F. Bauer, J. Am. Stat. Assoc. 67 (1972) for the inversion. Made for
/// some tens of values an arm that are independent of each other; points of a time series are not, and fail it far too
/// often.</para>
/// </summary>
public static class KayentaJudge
{
    /// <summary>Absolute tolerance of the ends of the interval, as in the original.</summary>
    private const double ShiftTolerance = 1e-4;

    /// <summary>Spread of the noise that keeps two different constants comparable, as in the original.</summary>
    private const double Jitter = 1e-5;

    /// <summary>Judges an experiment against a control.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The confidence does not lie in (0, 1) or the tolerance is
    /// negative.</exception>
    public static MetricJudgement Judge(
        IReadOnlyList<double> control, IReadOnlyList<double> experiment, JudgeOptions options)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(options);
        Require.Level(options.Confidence);
        Require.NotNegative(options.Tolerance);

        var c = Prepare(control, options);
        var e = Prepare(experiment, options);
        if (c.Length == 0 || e.Length == 0)
        {
            var label = options.MustHaveData ? MetricLabel.NoDataFails : MetricLabel.NoData;
            return new(label, options.IsCritical && options.MustHaveData, double.NaN, Interval.Undefined, double.NaN);
        }

        var effect = Effect(c, e, options.Measure);
        if (c.AsSpan().SequenceEqual(e) || c[0] == c[^1] && e[0] == e[^1] && c[0] == e[0])
            return new(MetricLabel.Pass, false, effect, new(0, 0), 0);

        var (shift, estimate) = Shift(c, e, options.Confidence);
        var verdict = Classify(shift, options.Tolerance * Math.Abs(estimate), options.Direction);
        if (verdict != MetricLabel.Pass && !options.Effect.Reached(verdict, effect))
            verdict = MetricLabel.Pass;
        var critical = options.IsCritical && verdict != MetricLabel.Pass && options.Critical.Reached(verdict, effect);
        return new(verdict, critical, effect, shift, estimate);
    }

    /// <summary>
    /// The values inside both fences: those of Tukey at three interquartile ranges beyond the quartiles, moved out to
    /// the first and the 99th percentile where these lie further out.
    /// </summary>
    public static double[] WithoutOutliers(ReadOnlySpan<double> values)
    {
        var sorted = Quantiles.Sorted(values);
        double q1 = Quantiles.OfSorted(sorted, 0.25), q3 = Quantiles.OfSorted(sorted, 0.75);
        var low = Math.Min(q1 - 3 * (q3 - q1), Quantiles.OfSorted(sorted, 0.01));
        var high = Math.Max(q3 + 3 * (q3 - q1), Quantiles.OfSorted(sorted, 0.99));
        return [.. sorted.Where(value => value >= low && value <= high)];
    }

    private static double[] Prepare(IReadOnlyList<double> values, JudgeOptions options)
    {
        var kept = options.Missing == MissingValues.Remove
            ? values.Where(value => !double.IsNaN(value))
            : values.Select(value => double.IsNaN(value) ? 0 : value);
        var sorted = kept.Order().ToArray();
        return options.RemoveOutliers ? WithoutOutliers(sorted) : sorted;
    }

    private static double Effect(double[] control, double[] experiment, EffectMeasure measure)
    {
        if (measure == EffectMeasure.CommonLanguage)
            return MannWhitney.Test(control, experiment).CommonLanguage;
        double c = control.Average(), e = experiment.Average();
        return c == 0 || e == 0 ? double.NaN : e / c;
    }

    private static MetricLabel Classify(Interval shift, double bound, WatchedDirection direction)
    {
        if (direction != WatchedDirection.Decrease && shift.Low > bound)
            return MetricLabel.High;
        return direction != WatchedDirection.Increase && shift.High < -bound ? MetricLabel.Low : MetricLabel.Pass;
    }

    private static (Interval Shift, double Estimate) Shift(double[] control, double[] experiment, double confidence)
    {
        if (control[0] == control[^1] && experiment[0] == experiment[^1])
        {
            var random = new SplitMix64(0);
            control = [.. control.Select(value => value + Jitter * random.NextNormal()).Order()];
            experiment = [.. experiment.Select(value => value + Jitter * random.NextNormal()).Order()];
        }

        var z = Normal.UpperQuantile((1 - confidence) / 2);
        var low = experiment[0] - control[^1];
        var high = experiment[^1] - control[0];
        return (
            new(Solve(z, continuity: true), Solve(-z, continuity: true)),
            Solve(0, continuity: false));

        // The statistic falls as the shift grows; where it never reaches the quantile the end of the bracket answers.
        double Solve(double quantile, bool continuity)
        {
            double Excess(double shift) => Statistic(control, experiment, shift, continuity) - quantile;
            if (Excess(low) <= 0)
                return low;
            return Excess(high) >= 0 ? high : RootFinding.Brent(Excess, low, high, ShiftTolerance);
        }
    }

    private static double Statistic(double[] control, double[] experiment, double shift, bool continuity)
    {
        double n = experiment.Length, m = control.Length;
        var ranks = Ranks.Of([.. experiment.Select(value => value - shift), .. control], out var tieTerm);
        var excess = ranks.Take(experiment.Length).Sum() - n * (n + 1) / 2 - n * m / 2;
        var deviation = MannWhitney.Deviation(n, m, tieTerm);
        var corrected = excess - (continuity ? 0.5 * Math.Sign(excess) : 0);
        return deviation > 0 ? corrected / deviation : 0;
    }
}
