using System.Globalization;

namespace Fairlead.Web.Components;

/// <summary>Numbers and times as they are shown, with their units.</summary>
public static class Words
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>A share of 0 to 1 as per cent.</summary>
    public static string Percent(double? share, int digits = 1) => share is not { } value || !double.IsFinite(value)
        ? "–"
        : Trim((value * 100).ToString("F" + digits, Culture)) + " %";

    /// <summary>Requests a second.</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        0 => "0/s",
        < 0.1 => Trim((perSecond * 60).ToString("F1", Culture)) + "/min",
        < 10 => Trim(perSecond.ToString("F1", Culture)) + "/s",
        _ => Count(Math.Round(perSecond)) + "/s",
    };

    /// <summary>Seconds, in the unit that suits them.</summary>
    public static string Time(double? seconds) => seconds switch
    {
        null => "–",
        < 0.001 => Trim((seconds.Value * 1e6).ToString("F0", Culture)) + " µs",
        < 0.1 => Trim((seconds.Value * 1e3).ToString("F1", Culture)) + " ms",
        < 1 => Trim((seconds.Value * 1e3).ToString("F0", Culture)) + " ms",
        < 120 => Trim(seconds.Value.ToString("F1", Culture)) + " s",
        _ => Long(TimeSpan.FromSeconds(seconds.Value)),
    };

    /// <summary>A whole number with thin groups of thousands.</summary>
    public static string Count(double number) => number.ToString("#,0", Culture).Replace(',', '\u202f');

    /// <summary>A number with as many digits as it deserves.</summary>
    public static string Number(double? number) => number switch
    {
        null => "–",
        0 => "0",
        { } value when !double.IsFinite(value) => "–",
        { } value when Math.Abs(value) is >= 1e6 or < 1e-4 => value.ToString("0.###e0", Culture),
        { } value when Math.Abs(value) >= 1000 => Count(Math.Round(value)),
        { } value when Math.Abs(value) >= 100 => value.ToString("0.#", Culture),
        { } value when Math.Abs(value) >= 10 => value.ToString("0.##", Culture),
        { } value => value.ToString("0.####", Culture),
    };

    /// <summary>A number of bytes, in the unit that suits it.</summary>
    public static string Bytes(long count) => count switch
    {
        < 1 << 10 => $"{count} B",
        < 1 << 20 => Trim((count / 1024.0).ToString("F1", Culture)) + " KiB",
        < 1 << 30 => Trim((count / 1048576.0).ToString("F1", Culture)) + " MiB",
        _ => Trim((count / 1073741824.0).ToString("F2", Culture)) + " GiB",
    };

    /// <summary>How long something takes.</summary>
    public static string Long(TimeSpan time) => time switch
    {
        _ when time < TimeSpan.FromSeconds(1) => $"{time.TotalMilliseconds:F0} ms",
        _ when time < TimeSpan.FromMinutes(2) => $"{time.TotalSeconds:F0} s",
        _ when time < TimeSpan.FromHours(2) => $"{time.TotalMinutes:F0} min",
        _ when time < TimeSpan.FromDays(2) => $"{time.TotalHours:F0} h",
        _ => $"{time.TotalDays:F0} d",
    };

    /// <summary>How long ago something was.</summary>
    public static string Ago(TimeSpan time) => time < TimeSpan.FromSeconds(5) ? "just now" : Long(time) + " ago";

    /// <summary>The time of day, with the date where it is another day.</summary>
    public static string Short(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (there, today) = (TimeZoneInfo.ConvertTime(at, zone), TimeZoneInfo.ConvertTime(now, zone));
        return there.Date == today.Date
            ? there.ToString("HH:mm:ss", Culture)
            : there.Year == today.Year
                ? there.ToString("d MMM HH:mm", Culture)
                : there.ToString("d MMM yyyy HH:mm", Culture);
    }

    /// <summary>Everything about a moment, with its zone.</summary>
    public static string Full(DateTimeOffset at, TimeZoneInfo zone)
    {
        var there = TimeZoneInfo.ConvertTime(at, zone);
        return there.ToString("yyyy-MM-dd HH:mm:ss", Culture)
            + (there.Offset == TimeSpan.Zero ? " UTC" : there.ToString(" zzz", Culture));
    }

    private static string Trim(string number) =>
        number.Contains('.', StringComparison.Ordinal) ? number.TrimEnd('0').TrimEnd('.') : number;
}
