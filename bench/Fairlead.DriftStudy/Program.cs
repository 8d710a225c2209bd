using System.Globalization;

namespace Fairlead.DriftStudy;

/// <summary>
/// Measures false alarms on stable traffic and the delay to see a change, ours beside the default rules of Evidently
/// and NannyML, and writes <c>docs/monitoring.md</c>.
/// </summary>
internal static class Program
{
    private const string Usage =
        "usage: Fairlead.DriftStudy [--out FILE] [--scale SHARE] [--threads COUNT] [--seed NUMBER] [--rate NUMBER] "
        + "[--part stable|delays|rows|none|detectors] [--save FILE] [--join FILE,FILE]";

    private static int Main(string[] arguments)
    {
        string? file = null, save = null;
        var rates = Settings.Rates;
        var parts = Parts.All;
        var results = new StudyResults();
        var settings = new Settings(1, 20_240_301, Environment.ProcessorCount);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--out" when value.Length > 0:
                    file = value;
                    break;
                case "--save" when value.Length > 0:
                    save = value;
                    break;
                case "--join" when value.Length > 0:
                    foreach (var part in value.Split(','))
                        results.Add(StudyResults.Read(part));
                    break;
                case "--part" when Enum.TryParse(value, ignoreCase: true, out parts):
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

        if (parts == Parts.Detectors)
        {
            Console.Write(Detectors.Table(settings));
            return 0;
        }

        foreach (var rate in rates)
            Measure(settings, rate, parts, results);
        if (parts.HasFlag(Parts.Rows))
        {
            Console.Error.WriteLine("rows and sketches");
            results.Agreement.AddRange(
                Agreement.Run((long)(10_000_000 * Math.Min(1, settings.Scale)), settings.Seed));
        }

        return Finish(settings, results, file, save);
    }

    private static void Measure(Settings settings, int rate, Parts parts, StudyResults results)
    {
        if (parts.HasFlag(Parts.Stable))
        {
            foreach (var each in (Settings[])[settings, settings with { Seed = settings.OtherSeed }])
            {
                Console.Error.WriteLine($"stable traffic of {rate} requests a minute, seed {each.Seed}");
                results.Stable.Add(StableTraffic.Run(each, rate));
            }

            results.RareNames.Add(RareNames.Run(settings, rate));
        }

        if (!parts.HasFlag(Parts.Delays))
            return;
        var stable = results.StableAt(rate, settings.Seed) ?? throw new InvalidOperationException(
            $"The stable traffic of {rate} requests a minute comes first: --part stable --save FILE, then --join it.");
        foreach (var change in Change.All)
        {
            Console.Error.WriteLine($"{rate} requests a minute: {change.Name}");
            results.Delays.Add(Delays.Run(settings, stable, change));
        }
    }

    private static int Finish(Settings settings, StudyResults results, string? file, string? save)
    {
        if (save is not null)
        {
            results.Write(save);
            return 0;
        }

        var document = Document.Write(settings, results);
        if (file is null)
            Console.Write(document);
        else
            File.WriteAllText(file, document);

        var broken = results.Agreement.Where(row => !row.Holds).ToArray();
        foreach (var row in broken)
            Console.Error.WriteLine($"broken: {row}");
        return broken.Length == 0 ? 0 : 1;
    }

    /// <summary>What is measured.</summary>
    [Flags]
    private enum Parts
    {
        None = 0,
        Stable = 1,
        Delays = 2,
        Rows = 4,
        All = Stable | Delays | Rows,

        /// <summary>A table of its own, which is in another text.</summary>
        Detectors = 8,
    }
}
