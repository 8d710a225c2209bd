namespace Fairlead.Cli.Shell;

/// <summary>A line of numbers as one row of bars, the lowest number the lowest bar.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>One bar a number; a blank where it is unknown. Equal numbers stand at half height.</summary>
    public static string Of(IReadOnlyList<double?> numbers)
    {
        var known = numbers.OfType<double>().ToList();
        if (known.Count == 0)
            return new string(' ', numbers.Count);

        var (low, high) = (known.Min(), known.Max());
        return string.Concat(numbers.Select(number => number switch
        {
            null => ' ',
            _ when high == low => Bars[Bars.Length / 2],
            { } value => Bars[(int)Math.Round((value - low) / (high - low) * (Bars.Length - 1))],
        }));
    }
}
