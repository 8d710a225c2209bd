using System.Globalization;
using Fairlead.Core.Alerts;
using Fairlead.Core.Refusals;
using Fairlead.Statistics;

namespace Fairlead.Core.Monitors;

/// <summary>Between what a figure must lie; a side that is not there is free.</summary>
/// <param name="Min">The least that is well.</param>
/// <param name="Max">The most that is well.</param>
public sealed record Limit(double? Min = null, double? Max = null)
{
    /// <summary>Neither side is set.</summary>
    public bool IsEmpty => Min is null && Max is null;

    /// <summary>
    /// What a figure with its interval says of the limit: broken only where the whole interval lies beyond it, so that
    /// no alarm comes of chance; "no data" where there are too few rows or the figure is undefined.
    /// </summary>
    /// <param name="what">What the figure is, in words.</param>
    /// <param name="value">The figure.</param>
    /// <param name="interval">Its interval; both ends the figure itself for what is counted, not estimated.</param>
    /// <param name="rows">From how many rows.</param>
    /// <param name="minimum">Fewer are insufficient data.</param>
    /// <param name="unit">What stands behind the number of rows.</param>
    public AlertReading Read(
        string what, double value, Interval interval, long rows, long minimum, string unit = "rows")
    {
        if (rows < minimum)
        {
            return new(AlertSign.NoData, double.NaN, string.Create(CultureInfo.InvariantCulture,
                $"{what}: {rows} {unit}, at least {minimum} are needed"));
        }

        if (double.IsNaN(value) || double.IsNaN(interval.Low) || double.IsNaN(interval.High))
            return new(AlertSign.NoData, double.NaN, $"{what} is not defined on these {rows} {unit}");
        var shown = string.Create(CultureInfo.InvariantCulture,
            $"{what} {value:0.######}{Shown(interval)} over {rows} {unit}");
        if (Min is { } least && interval.High < least)
            return new(AlertSign.Breach, value, $"{shown} is below {Say(least)}");
        if (Max is { } most && interval.Low > most)
            return new(AlertSign.Breach, value, $"{shown} is above {Say(most)}");
        return new(AlertSign.Clear, value, $"{shown}, well {Words()}");
    }

    /// <summary>Finds the faults; an empty list means that it is good.</summary>
    public IEnumerable<Refusal> Check(string at, bool isNeeded)
    {
        if (isNeeded && IsEmpty)
            yield return Fault(at, "A limit is missing, so it would pass everything; set 'min' or 'max'.");
        if (Min is { } low && !double.IsFinite(low) || Max is { } high && !double.IsFinite(high))
            yield return Fault(at, "A limit is a finite number.");
        if (Min > Max)
            yield return Fault(at, $"min {Say(Min.Value)} lies above max {Say(Max!.Value)}; swap them.");
    }

    private static Refusal Fault(string at, string message) =>
        new(RefusalKind.Invalid, "invalid_limit", message) { Field = at };

    private static string Shown(Interval interval) => interval.Low.Equals(interval.High)
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" ({interval.Low:0.######} to {interval.High:0.######})");

    private static string Say(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private string Words() => (Min, Max) switch
    {
        ({ } low, { } high) => $"between {Say(low)} and {Say(high)}",
        ({ } low, _) => $"from {Say(low)}",
        (_, { } high) => $"up to {Say(high)}",
        _ => "without a limit",
    };
}
