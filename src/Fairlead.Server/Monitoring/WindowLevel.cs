namespace Fairlead.Server.Monitoring;

/// <summary>A length of windows: how long one is, how long it is kept, and what it is made of.</summary>
/// <param name="Number">As the index has it.</param>
/// <param name="Minutes">Minutes in one.</param>
/// <param name="Life">How long it is kept after its beginning.</param>
internal sealed record WindowLevel(int Number, long Minutes, TimeSpan Life)
{
    /// <summary>As a replica seals them.</summary>
    public static WindowLevel Minute { get; } = new(0, 1, TimeSpan.FromHours(48));

    /// <summary>Merged from the minutes of all replicas.</summary>
    public static WindowLevel Hour { get; } = new(1, 60, TimeSpan.FromDays(30));

    /// <summary>Merged from hours.</summary>
    public static WindowLevel Day { get; } = new(2, 24 * 60, TimeSpan.FromDays(730));

    /// <summary>What windows of this length are merged to; null: nothing is longer.</summary>
    public WindowLevel? Longer => this == Minute ? Hour : this == Hour ? Day : null;

    /// <summary>The longest first: a stretch is put together from as few windows as can be.</summary>
    public static IReadOnlyList<WindowLevel> LongestFirst { get; } = [Day, Hour, Minute];

    /// <summary>
    /// A stretch rounded outward to what is still kept of its ends: hours where minutes are gone, days where hours are.
    /// </summary>
    public static (long From, long To) Kept(long from, long to, long now)
    {
        var (first, last) = (OldestOf(from, now), OldestOf(to, now));
        return (first.StartOf(from), last.StartOf(to + last.Minutes - 1));
    }

    private static WindowLevel OldestOf(long minute, long now) =>
        now - minute < Minute.Life.TotalMinutes ? Minute : now - minute < Hour.Life.TotalMinutes ? Hour : Day;

    /// <summary>The first minute of the window of this level that a minute lies in.</summary>
    public long StartOf(long minute) => minute - minute % Minutes;
}
