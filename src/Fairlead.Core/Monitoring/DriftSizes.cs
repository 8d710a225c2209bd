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
    /// Divides one unit of false alarms among windows. All get the same, but one with many rows no more than what a
    /// difference that just matters makes of chance: there an alarm is held back by the size of the difference, and a
    /// larger share would let through nothing.
    /// </summary>
    /// <param name="windows">From the shortest to the longest.</param>
    /// <param name="total">All windows' false alarms of distributions in 30 days.</param>
    /// <returns>The windows' parts, which add up to at most 1.</returns>
    public IReadOnlyList<double> Divide(IReadOnlyList<DriftWindow> windows, double total)
    {
        var parts = new double[windows.Count];
        var (left, waiting) = (1.0, windows.Count);
        foreach (var (most, window) in windows.Select((window, i) => (Most(window) / total, i)).Order())
        {
            parts[window] = Math.Min(most, left / waiting);
            (left, waiting) = (left - parts[window], waiting - 1);
        }

        return parts;
    }

    /// <summary>The false alarms in 30 days of a window that a difference which just matters decides alone.</summary>
    private double Most(DriftWindow window)
    {
        var rows = Math.Max(1, RowsAMinute * window.Length.TotalMinutes);
        var error = Math.Sqrt(1 / rows + 1.0 / Math.Max(1, ReferenceRows));
        return 2 * Normal.Cdf(-Threshold / error) * Math.Max(1, Columns)
            * (TimeSpan.FromDays(30) / window.Every) / window.Repeated;
    }
}
