using System.Globalization;

namespace Fairlead.Web.Charts;

/// <summary>An axis: from which value to which, and where its marks stand. Pure.</summary>
/// <param name="Min">Value at the beginning.</param>
/// <param name="Max">Value at the end; above <paramref name="Min"/>.</param>
/// <param name="Ticks">Values of the marks.</param>
public sealed record Scale(double Min, double Max, IReadOnlyList<double> Ticks)
{
    /// <summary>What is smaller than this is drawn as zero.</summary>
    private const double Least = 1e-200;

    /// <summary>Where a value lies, 0 at the beginning and 1 at the end; outside, it lies at the end.</summary>
    public double At(double value) => Math.Clamp((value - Min) / (Max - Min), 0, 1);

    /// <summary>An axis that holds every value, with ends and marks at round numbers.</summary>
    /// <param name="values">What must fit; what is not finite is passed over.</param>
    /// <param name="marks">About how many marks.</param>
    /// <param name="fromZero">The axis begins at zero where nothing is below.</param>
    public static Scale Of(IEnumerable<double> values, int marks = 4, bool fromZero = false)
    {
        var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values.Where(double.IsFinite))
            (min, max) = (Math.Min(min, value), Math.Max(max, value));
        if (min > max)
            (min, max) = (0, 1);
        if (fromZero)
            (min, max) = (Math.Min(min, 0), Math.Max(max, 0));
        var size = Math.Max(Math.Abs(max), Math.Abs(min));
        if (size < Least)
            (min, max) = (0, 1);
        else if (max - min < size * 1e-9)
            (min, max) = (min - size * 0.1, max + size * 0.1);

        var step = RoundStep((max - min) / marks);
        var (first, last) = (Math.Floor(min / step + 1e-9), Math.Ceiling(max / step - 1e-9));
        List<double> ticks = [];
        for (var mark = first; mark <= last && ticks.Count < 64; mark++)
            ticks.Add(Clean(mark * step));
        return new Scale(ticks[0], ticks[^1], ticks);
    }

    /// <summary>An axis of time; its marks stand at round times of the zone.</summary>
    /// <param name="from">Seconds since 1970 UTC.</param>
    /// <param name="to">Seconds since 1970 UTC.</param>
    /// <param name="zone">Whose midnight and hours count.</param>
    /// <param name="marks">About how many marks.</param>
    public static Scale OfTime(double from, double to, TimeZoneInfo zone, int marks = 5)
    {
        if (to - from < 1)
            to = from + 1;
        var step = TimeSteps.FirstOrDefault(each => (to - from) / each <= marks, TimeSteps[^1]);
        var offset = zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds((long)(from * 1000))).TotalSeconds;
        List<double> ticks = [];
        for (var tick = Math.Ceiling((from + offset) / step) * step - offset; tick <= to && ticks.Count < 64;
            tick += step)
        {
            ticks.Add(tick);
        }

        return new Scale(from, to, ticks);
    }

    /// <summary>A mark of an axis of time, as short as it can be.</summary>
    public static string TimeLabel(double seconds, Scale scale, TimeZoneInfo zone)
    {
        var at = TimeZoneInfo.ConvertTime(
            DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)), zone);
        var step = scale.Ticks.Count > 1 ? scale.Ticks[1] - scale.Ticks[0] : scale.Max - scale.Min;
        var form = step >= 86_400 ? "d MMM" : step >= 60 ? "HH:mm" : "HH:mm:ss";
        return at.ToString(form, CultureInfo.InvariantCulture);
    }

    private static readonly double[] TimeSteps =
    [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
        604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
    ];

    private static double RoundStep(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var lead = rough / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10);
    }

    /// <summary>0.30000000000000004 is shown to nobody.</summary>
    private static double Clean(double value) => value == 0
        ? 0
        : double.Parse(value.ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
