using System.Globalization;
using System.Text;
using Fairlead.Core.Monitors;
using Fairlead.Statistics.Numerics;

namespace Fairlead.DriftStudy;

/// <summary>
/// The detectors of concept drift on outcomes of which a share is wrong: how often each alarms for nothing while the
/// share stays the same, and how many outcomes it takes to find that the share has doubled.
/// </summary>
internal static class Detectors
{
    private const int Outcomes = 100_000, Streams = 10;
    private const int Before = 2_000, Most = 5_000, Repeats = 40, AtOnce = 20;

    private static readonly double[] Shares = [0.05, 0.2];

    /// <summary>The table of <c>docs/monitors.md</c>.</summary>
    public static string Table(Settings settings)
    {
        var text = new StringBuilder()
            .AppendLine("| detector | 5 % errors: for nothing | doubled | 20 % errors: for nothing | doubled |")
            .AppendLine("|---|---|---|---|---|");
        foreach (var method in Enum.GetValues<ConceptMethod>())
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{ConceptWatching.WordOf(method)}` |");
            foreach (var share in Shares)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $" {Alarms(settings, method, share):0.#} | {Doubled(settings, method, share)} |");
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    /// <summary>Alarms in so many outcomes, the mean of all streams.</summary>
    private static double Alarms(Settings settings, ConceptMethod method, double share)
    {
        var alarms = new long[Streams];
        Parallel.For(0, Streams, settings.Parallel, stream => alarms[stream] = ConceptWatching.Next(
            ConceptWatching.New(method), Draw(Random(settings, stream), share, Outcomes)).Detections);
        return alarms.Average();
    }

    /// <summary>Outcomes until the first alarm, the median of all repeats.</summary>
    private static string Doubled(Settings settings, ConceptMethod method, double share)
    {
        var found = new double[Repeats];
        Parallel.For(0, Repeats, settings.Parallel, repeat =>
            found[repeat] = Delay(method, Random(settings, 1000 + repeat), share));
        var middle = DelayResult.Quantile(found, 0.5);
        return double.IsInfinity(middle)
            ? string.Create(CultureInfo.InvariantCulture, $"not in {Most:#,0}")
            : string.Create(CultureInfo.InvariantCulture, $"{middle:#,0}");
    }

    private static double Delay(ConceptMethod method, SplitMix64 random, double share)
    {
        var state = ConceptWatching.Next(ConceptWatching.New(method), Draw(random, share, Before));
        var already = state.Detections;
        for (var seen = AtOnce; seen <= Most; seen += AtOnce)
        {
            state = ConceptWatching.Next(state, Draw(random, 2 * share, AtOnce));
            if (state.Detections > already)
                return seen;
        }

        return double.PositiveInfinity;
    }

    private static SplitMix64 Random(Settings settings, int stream) => new(settings.Seed + (ulong)stream);

    private static IEnumerable<(DateTimeOffset At, double Value)> Draw(SplitMix64 random, double share, int count)
    {
        for (var i = 0; i < count; i++)
            yield return (DateTimeOffset.UnixEpoch, random.NextDouble() < share ? 1 : 0);
    }
}
