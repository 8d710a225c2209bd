namespace Fairlead.Statistics.Series;

/// <summary>What share of the error budget a pair of windows lets burn before it speaks.</summary>
/// <param name="Long">The long window, which says that it matters.</param>
/// <param name="Short">The short window, which says that it goes on.</param>
/// <param name="BudgetFraction">Share of the period's budget that the long window may burn.</param>
public readonly record struct BurnWindow(TimeSpan Long, TimeSpan Short, double BudgetFraction);

/// <summary>
/// A service level objective and how fast its error budget burns: at rate 1 the budget lasts exactly the period. The
/// budget is a decimal, since 1 − 0.995 is not 0.005 in binary and a limit must not be decided by rounding.
/// <para>Source: "The Site Reliability Workbook" (2018), chapter 5, multiwindow, multi-burn-rate alerts.</para>
/// </summary>
public sealed record BurnRate
{
    /// <param name="objective">The share that must be good, strictly between 0 and 1.</param>
    /// <param name="period">The time over which it must be, above 0.</param>
    public BurnRate(decimal objective, TimeSpan period)
    {
        if (objective is <= 0 or >= 1)
            throw new ArgumentOutOfRangeException(nameof(objective), objective, "Must lie strictly between 0 and 1.");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        (Objective, Period) = (objective, period);
    }

    /// <summary>The pairs that are commonly paged (the first two) and ticketed for, of a period of 30 days.</summary>
    public static IReadOnlyList<BurnWindow> CommonWindows { get; } =
    [
        new(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), 0.02),
        new(TimeSpan.FromHours(6), TimeSpan.FromMinutes(30), 0.05),
        new(TimeSpan.FromDays(1), TimeSpan.FromHours(2), 0.1),
        new(TimeSpan.FromDays(3), TimeSpan.FromHours(6), 0.1),
    ];

    public decimal Objective { get; }

    public TimeSpan Period { get; }

    /// <summary>The share that may be bad.</summary>
    public decimal Budget => 1 - Objective;

    /// <summary>The burn rate at which a window uses up its share of the budget: share · period / window.</summary>
    public double FactorOf(BurnWindow window) => window.BudgetFraction * (Period / window.Long);

    /// <summary>The error ratio at which a budget burns so fast; above 1 it cannot be reached.</summary>
    public double ErrorRatioAt(double factor) => factor * (double)Budget;

    /// <summary>How long the whole budget lasts at a rate.</summary>
    public TimeSpan ExhaustedAfter(double factor)
    {
        Require.Positive(factor);
        return Period / factor;
    }

    /// <summary>How fast an error ratio burns the budget.</summary>
    public double Of(double errorRatio) => errorRatio / (double)Budget;

    /// <summary>Whether a pair of windows speaks: both burn faster than the factor, strictly. A ratio exactly at the
    /// limit does not; NaN, a window without requests, never does.</summary>
    public bool Fires(double longRatio, double shortRatio, double factor) =>
        IsAbove(longRatio, factor) && IsAbove(shortRatio, factor);

    private bool IsAbove(double ratio, double factor)
    {
        if (!double.IsFinite(ratio) || !double.IsFinite(factor))
            return ratio > factor;

        // Ratios and factors are short decimals as people write them; compared as such, a limit is a limit.
        var limit = factor * (double)Budget;
        return Math.Abs(ratio) < 1e9 && Math.Abs(factor) < 1e9
            ? (decimal)ratio > (decimal)factor * Budget
            : ratio > limit;
    }
}
