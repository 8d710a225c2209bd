using System.Globalization;
using Fairlead.ErrorRates.Report;
using Fairlead.ErrorRates.Scenarios;

namespace Fairlead.ErrorRates;

/// <summary>
/// Measures how often each method of the statistics library errs, writes <c>docs/statistics.md</c> and ends with 1 when
/// a rate is outside of what is claimed.
/// </summary>
internal static class Program
{
    private const string Usage =
        "usage: Fairlead.ErrorRates [--out FILE] [--scale SHARE] [--threads COUNT] [--seed NUMBER]";

    private const int Broken = 1;
    private const int WrongArguments = 2;

    private static int Main(string[] arguments)
    {
        string? file = null;
        var effort = new Effort(1, Environment.ProcessorCount, 20_240_229);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--out" when value.Length > 0:
                    file = value;
                    break;
                case "--scale" when double.TryParse(value, CultureInfo.InvariantCulture, out var scale)
                    && scale is > 0 and <= 1:
                    effort = effort with { Scale = scale };
                    break;
                case "--threads" when int.TryParse(value, CultureInfo.InvariantCulture, out var threads) && threads > 0:
                    effort = effort with { Threads = threads };
                    break;
                case "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var seed):
                    effort = effort with { Seed = seed };
                    break;
                default:
                    Console.Error.WriteLine($"Cannot read '{arguments[i]} {value}'. {Usage}");
                    return WrongArguments;
            }
        }

        var study = Study.Run(effort, part => Console.Error.WriteLine($"measuring: {part}"));
        var document = Document.Write(study);
        if (file is null)
            Console.Write(document);
        else
            File.WriteAllText(file, document);

        var violations = study.Violations().ToList();
        foreach (var violation in violations)
            Console.Error.WriteLine("broken: " + violation);
        return violations.Count == 0 ? 0 : Broken;
    }
}
