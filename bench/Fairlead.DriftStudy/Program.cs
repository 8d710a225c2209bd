using System.Globalization;

namespace Fairlead.DriftStudy;

/// <summary>
/// Measures false alarms on stable traffic and the delay to see a change, ours beside the default rules of Evidently
/// and NannyML, and writes <c>docs/monitoring.md</c>.
/// </summary>
internal static class Program
{
    private const string Usage =
        "usage: Fairlead.DriftStudy [--out FILE] [--scale SHARE] [--threads COUNT] [--seed NUMBER] [--rate NUMBER]";

    private static int Main(string[] arguments)
    {
        string? file = null;
        var rates = Settings.Rates;
        var settings = new Settings(1, 20_240_301, Environment.ProcessorCount);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--out" when value.Length > 0:
                    file = value;
                    break;
                case "--scale" when double.TryParse(value, CultureInfo.InvariantCulture, out var scale)
                    && scale is > 0 and <= 20:
                    settings = settings with { Scale = scale };
                    break;
                case "--threads" when int.TryParse(value, CultureInfo.InvariantCulture, out var threads) && threads > 0:
                    settings = settings with { Threads = threads };
                    break;
                case "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var seed):
                    settings = settings with { Seed = seed };
                    break;
                case "--rate" when int.TryParse(value, CultureInfo.InvariantCulture, out var rate)
                    && Settings.Rates.Contains(rate):
                    rates = [rate];
                    break;
                default:
                    Console.Error.WriteLine($"Cannot read '{arguments[i]} {value}'. {Usage}");
                    return 2;
            }
        }

        var stable = new List<StableResult>();
        var delays = new List<DelayResult>();
        foreach (var rate in rates)
        {
            Console.Error.WriteLine($"stable traffic of {rate} requests a minute");
            stable.Add(StableTraffic.Run(settings, rate));
            foreach (var change in Change.All)
            {
                Console.Error.WriteLine($"{rate} requests a minute: {change.Name}");
                delays.Add(Delays.Run(settings, stable[^1], change));
            }
        }

        Console.Error.WriteLine("rows and sketches");
        var agreement = Agreement.Run((long)(10_000_000 * Math.Min(1, settings.Scale)), settings.Seed);
        var document = Document.Write(settings, stable, delays, agreement);
        if (file is null)
            Console.Write(document);
        else
            File.WriteAllText(file, document);

        var broken = agreement.Where(row => !row.Holds).ToArray();
        foreach (var row in broken)
            Console.Error.WriteLine($"broken: {row}");
        return broken.Length == 0 ? 0 : 1;
    }
}
