using Fairlead.Statistics.Numerics;

namespace Fairlead.Core.Monitoring;

/// <summary>
/// How many rows the windows of a monitor have: known before any value is, so that what windows cannot use of the false
/// alarms may go to the others.
/// </summary>
/// <param name="RowsAMinute">Of the time that the longest window covers, for all windows alike.</param>
/// <param name="ReferenceRows">Rows of the reference.</param>
/// <param name="Columns">Columns that are compared.</param>
public sealed record DriftSizes(double RowsAMinute, long ReferenceRows, int Columns)
{
    /// <summary>The smallest difference that matters in any column, in standard deviations.</summary>
    public double Threshold { get; init; } = DriftMethod.ShapeAndMean.DefaultThreshold();

    /// <summary>
    /// The chance of an alarm that each look at each window has, so that alarms which begin come so often. All have the
    /// same, but one with many rows no more than what a difference that just matters makes of chance: there an alarm is
    /// held back by the size of the difference, and a larger chance would let through nothing.
    /// </summary>
    /// <param name="windows">From the shortest to the longest.</param>
    /// <param name="total">Alarms in 30 days, of distributions in all windows together.</param>
    public IReadOnlyList<double> Levels(IReadOnlyList<DriftWindow> windows, double total)
    {
        var levels = new double[windows.Count];
        double[] cost = [.. windows.Select(DriftPolicy.LooksThatCount)];
        var (left, waiting) = (total, cost.Sum());
        foreach (var (most, window) in windows.Select((window, i) => (Most(window), i)).Order())
        {
            levels[window] = Math.Min(most, left / waiting);
            (left, waiting) = (left - levels[window] * cost[window], waiting - cost[window]);
        }

        return levels;
    }

    /// <summary>How often chance alone makes a difference that matters, at one look over all columns.</summary>
    private double Most(DriftWindow window)
    {
        var rows = Math.Max(1, RowsAMinute * window.Length.TotalMinutes);
        var error = Math.Sqrt(1 / rows + 1.0 / Math.Max(1, ReferenceRows));
        return 2 * Normal.Cdf(-Threshold / error) * Math.Max(1, Columns);
    }
}
