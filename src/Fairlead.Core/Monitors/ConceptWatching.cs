using System.Globalization;
using System.Text.Json;
using Fairlead.Core.Alerts;
using Fairlead.Core.Quality;
using Fairlead.Statistics.Concept;

namespace Fairlead.Core.Monitors;

/// <summary>What a concept monitor remembers of one arm with one version.</summary>
/// <param name="Detector">The detector, in its binary form.</param>
/// <param name="DetectedAt">The outcome at which it last detected a change; null: it never did.</param>
/// <param name="Detections">How often it did.</param>
/// <param name="Seen">How many outcomes it was given.</param>
/// <param name="Recent">Mean of about the last hundred, exponentially weighted; NaN before the first.</param>
public sealed record ConceptState(
    byte[] Detector, DateTimeOffset? DetectedAt, long Detections, long Seen, double Recent)
{
    /// <summary>Mean of all since the detector began, or began anew; NaN before the first.</summary>
    public double Mean { get; init; } = double.NaN;

    /// <summary>How many those are.</summary>
    public long Since { get; init; }

    /// <summary>What the mean was at the last detection; NaN: there was none.</summary>
    public double Before { get; init; } = double.NaN;
}

/// <summary>Gives outcomes to a detector in the order of their coming. Pure.</summary>
public static class ConceptWatching
{
    private const double Forgetting = 0.01;

    /// <summary>A detector as it is written, such as <c>page_hinkley</c>.</summary>
    public static string WordOf(ConceptMethod method) => JsonNamingPolicy.SnakeCaseLower.ConvertName(method.ToString());

    /// <summary>The state before any outcome.</summary>
    public static ConceptState New(ConceptMethod method) => new(Make(method).ToBytes(), null, 0, 0, double.NaN);

    /// <summary>What an outcome is to the detector; NaN where it cannot say.</summary>
    public static double SignalOf(ConceptSignal signal, LabelledRow row) => signal switch
    {
        ConceptSignal.Value => row.Value,
        ConceptSignal.AbsoluteError => double.TryParse(
            row.Predicted, NumberStyles.Float, CultureInfo.InvariantCulture, out var said)
            ? Math.Abs(row.Value - said)
            : double.NaN,
        _ => row.Predicted is null || (row.Label is null && double.IsNaN(row.Value)) ? double.NaN
            : row.Predicted == (row.Label ?? row.Value.ToString("R", CultureInfo.InvariantCulture)) ? 0 : 1,
    };

    /// <summary>Takes outcomes in.</summary>
    /// <param name="state">What was before.</param>
    /// <param name="outcomes">Each with its moment, in the order of their coming; what is not finite is left out.
    /// </param>
    public static ConceptState Next(
        ConceptState state, IEnumerable<(DateTimeOffset At, double Value)> outcomes)
    {
        var detector = ConceptDetector.Read(state.Detector);
        var (detectedAt, detections, seen, recent) =
            (state.DetectedAt, state.Detections, state.Seen, state.Recent);
        var (mean, since, before) = (state.Mean, state.Since, state.Before);
        foreach (var (at, value) in outcomes)
        {
            if (!double.IsFinite(value))
                continue;
            seen++;
            recent = double.IsNaN(recent) ? value : recent + Forgetting * (value - recent);
            since++;
            mean = since == 1 ? value : mean + (value - mean) / since;
            if (detector.Add(value) != DetectorSignal.Drift)
                continue;
            (detectedAt, detections, before) = (at, detections + 1, mean);
            (mean, since) = (double.NaN, 0);
        }

        return new(detector.ToBytes(), detectedAt, detections, seen, recent)
        {
            Mean = mean,
            Since = since,
            Before = before,
        };
    }

    /// <summary>What the state says now.</summary>
    /// <param name="watch">The monitor.</param>
    /// <param name="state">What it remembers.</param>
    /// <param name="now">The present.</param>
    /// <param name="corrected">Outcomes that got another value after they had been taken in.</param>
    public static AlertReading Read(ConceptWatch watch, ConceptState state, DateTimeOffset now, long corrected = 0)
    {
        if (state.Seen == 0)
            return new(AlertSign.NoData, double.NaN, $"no outcome '{watch.Outcome}' has come yet");
        var seen = string.Create(CultureInfo.InvariantCulture,
            $"{state.Seen} outcomes '{watch.Outcome}', of late {state.Recent:0.####} on average"
            + $"{Corrections(corrected)}");
        if (state.DetectedAt is not { } at)
            return new(AlertSign.Clear, state.Recent, $"no change; {seen}");
        if (now - at >= watch.Hold)
            return new(AlertSign.Clear, state.Recent, $"no change since {at:u}; {seen}");
        var before = double.IsNaN(state.Before) ? "" : string.Create(
            CultureInfo.InvariantCulture, $", {state.Before:0.####} before");
        return new(
            AlertSign.Breach, state.Recent, $"{WordOf(watch.Detector)} detected a change at {at:u}; {seen}{before}");
    }

    private static string Corrections(long corrected) => corrected == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"; {corrected} were corrected since, and entered as they were");

    private static ConceptDetector Make(ConceptMethod method) => method switch
    {
        ConceptMethod.Adwin => new Adwin(),
        ConceptMethod.Ddm => new Ddm(),
        ConceptMethod.Eddm => new Eddm(),
        ConceptMethod.HddmA => new HddmA(),
        ConceptMethod.HddmW => new HddmW(),
        ConceptMethod.PageHinkley => new PageHinkley(),
        ConceptMethod.Kswin => new Kswin(),
        ConceptMethod.Cusum => new Cusum(),
        _ => new Ewma(),
    };
}
