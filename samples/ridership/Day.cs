using System.Globalization;

namespace Fairlead.Samples.Ridership;

/// <summary>One day at the station: who came, and the weather.</summary>
/// <param name="Date">The day.</param>
/// <param name="Riders">Thousands of riders.</param>
/// <param name="Temperature">Mean temperature, degrees Fahrenheit.</param>
/// <param name="Rain">Precipitation, inches an hour.</param>
/// <param name="Snow">Share of the hours with snow.</param>
public sealed record Day(DateOnly Date, double Riders, double Temperature, double Rain, double Snow)
{
    /// <summary>Whether most offices are closed on a weekday: a feast, or the nearest weekday to one on a
    /// weekend.</summary>
    public bool IsHoliday => IsWorkday(Date) && (IsMovingFeast || IsFeast(Date)
        || (Date.DayOfWeek == DayOfWeek.Monday && IsFeast(Date.AddDays(-1)))
        || (Date.DayOfWeek == DayOfWeek.Friday && IsFeast(Date.AddDays(1))));

    /// <summary>Midnight at the start of the day; the data know no hours.</summary>
    public DateTimeOffset Midnight => new(Date, TimeOnly.MinValue, TimeSpan.Zero);

    public static IReadOnlyList<Day> Read(string path) =>
    [
        .. File.ReadLines(path).Skip(1).Select(line => line.Split(',')).Select(fields => new Day(
            DateOnly.ParseExact(fields[0], "yyyy-MM-dd", CultureInfo.InvariantCulture),
            Number(fields[1]), Number(fields[2]), Number(fields[3]), Number(fields[4]))),
    ];

    private bool IsMovingFeast => (Date.DayOfWeek, Date.Month) switch
    {
        (DayOfWeek.Monday, 5) => Date.Day > 24,
        (DayOfWeek.Monday, 9) => Date.Day < 8,
        (DayOfWeek.Thursday, 11) => Date.Day is >= 22 and <= 28,
        (DayOfWeek.Friday, 11) => Date.Day is >= 23 and <= 29,
        _ => false,
    };

    private static bool IsWorkday(DateOnly date) => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    private static bool IsFeast(DateOnly date) =>
        (date.Month, date.Day) is (1, 1) or (7, 4) or (12, 24) or (12, 25) or (12, 31);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
