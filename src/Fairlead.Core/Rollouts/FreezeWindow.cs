namespace Fairlead.Core.Rollouts;

/// <summary>
/// A time in which nothing moves forward; going back is never frozen. Either weekly, between two moments of the week in
/// a time zone, or once, between two instants.
/// </summary>
public sealed record FreezeWindow
{
    /// <summary>First day of a weekly freeze; null for one between instants.</summary>
    public DayOfWeek? FromDay { get; init; }

    /// <summary>Time of day on <see cref="FromDay"/> at which it begins, in <see cref="Zone"/>.</summary>
    public TimeOnly FromTime { get; init; }

    /// <summary>Day on which a weekly freeze ends.</summary>
    public DayOfWeek? ToDay { get; init; }

    /// <summary>Time of day on <see cref="ToDay"/> at which it ends.</summary>
    public TimeOnly ToTime { get; init; }

    /// <summary>IANA name of the time zone of a weekly freeze. Default <c>UTC</c>.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>Begin of a freeze that happens once.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of a freeze that happens once.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>
    /// When the freeze that holds at an instant ends; null when none holds. The end of a weekly freeze that falls into
    /// the hour that a change of the clocks leaves out is the first moment after it.
    /// </summary>
    public DateTimeOffset? HoldsUntil(DateTimeOffset now)
    {
        if (From is { } from && To is { } to)
            return now >= from && now < to ? to : null;
        if (FromDay is not { } firstDay || ToDay is not { } lastDay)
            return null;

        var zone = TimeZoneInfo.FindSystemTimeZoneById(Zone);
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        var week = TimeSpan.FromDays(7);
        var begin = MomentOfWeek(firstDay, FromTime);
        var length = MomentOfWeek(lastDay, ToTime) - begin;
        if (length <= TimeSpan.Zero)
            length += week;

        var since = MomentOfWeek(local.DayOfWeek, TimeOnly.FromDateTime(local)) - begin;
        if (since < TimeSpan.Zero)
            since += week;
        if (since >= length)
            return null;

        var end = local + (length - since);
        while (zone.IsInvalidTime(end))
            end = end.AddMinutes(1);
        return new DateTimeOffset(end, zone.GetUtcOffset(end)).ToUniversalTime();
    }

    /// <summary>Says what is wrong with the window, or null when nothing is.</summary>
    public string? WhyNot()
    {
        if (From is not null || To is not null)
        {
            return FromDay is null && ToDay is null && From < To
                ? null
                : "a freeze is either weekly or between 'from' and a later 'to'";
        }

        if (FromDay is null || ToDay is null)
            return "a freeze needs a beginning and an end";
        return TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out _) ? null : $"there is no time zone '{Zone}'";
    }

    private static TimeSpan MomentOfWeek(DayOfWeek day, TimeOnly time) =>
        TimeSpan.FromDays((int)day) + time.ToTimeSpan();
}
