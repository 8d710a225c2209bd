using System.Text.Json;
using Fairlead.Statistics.Concept;
using Fairlead.Statistics.Tests.Cases;

namespace Fairlead.Statistics.Tests.Monitoring;

/// <summary>Detectors of concept drift on a stream; which one is told by the parameters of the case.</summary>
internal sealed class ConceptFamilies : ICaseFamilies
{
    public static IReadOnlyDictionary<string, KindRunner> Families { get; } = new Dictionary<string, KindRunner>
    {
        ["drift.concept"] = inputs => inputs.TryGetProperty("threshold", out _) ? PageHinkley(inputs)
            : inputs.TryGetProperty("drift", out _) ? Ddm(inputs)
            : Adwin(inputs),
    };

    private static double[] Stream(JsonElement inputs) => inputs.TryGetProperty("values", out var values)
        ? values.Numbers()
        : [.. inputs.Text("stream").Select(digit => (double)(digit - '0'))];

    private static Dictionary<string, object?> PageHinkley(JsonElement inputs) => new()
    {
        ["detections"] = Places(inputs, new PageHinkley(
            (int)inputs.Number("min_instances", 30), inputs.Number("delta", 0.005), inputs.Number("threshold"),
            inputs.Number("alpha", 0.9999), ChangeSide.Up)),
    };

    private static Dictionary<string, object?> Ddm(JsonElement inputs)
    {
        var detector = new Ddm(
            (int)inputs.Number("warm_start", 30), inputs.Number("warning", 2), inputs.Number("drift"));
        var signals = Stream(inputs).Select(detector.Add).ToArray();
        return new()
        {
            ["detections"] = Where(signals, (_, now) => now == DetectorSignal.Drift),
            ["warning_onsets"] = Where(
                signals, (before, now) => now == DetectorSignal.Warning && before != DetectorSignal.Warning),
        };
    }

    private static Dictionary<string, object?> Adwin(JsonElement inputs)
    {
        Adwin Make(AdwinVariant variant) => new(
            variant, inputs.Number("delta", 0.002), (int)inputs.Number("clock", 32),
            (int)inputs.Number("grace_period", 10), (int)inputs.Number("min_window_length", 5),
            (int)inputs.Number("max_buckets", 5));
        var paper = Make(AdwinVariant.Paper);
        return new()
        {
            ["detections_reset_on_drift"] = Places(inputs, Make(AdwinVariant.River)),
            ["detections_window_shrinks_only"] = Places(inputs, paper),
            ["detections_legacy_moa_loop"] = Places(inputs, Make(AdwinVariant.RiverBefore2024)),
            ["final_width_no_reset"] = paper.Width,
            ["final_mean_no_reset"] = paper.Mean,
            ["width"] = paper.Width,
            ["total"] = paper.Total,
            ["variance_sum"] = paper.SquaredSpread,
        };
    }

    private static int[] Places(JsonElement inputs, ConceptDetector detector) =>
        Where([.. Stream(inputs).Select(detector.Add)], (_, now) => now == DetectorSignal.Drift);

    private static int[] Where(DetectorSignal[] signals, Func<DetectorSignal, DetectorSignal, bool> asked) =>
        [.. Enumerable.Range(0, signals.Length)
            .Where(i => asked(i == 0 ? DetectorSignal.Stable : signals[i - 1], signals[i]))];
}
