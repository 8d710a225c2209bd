using System.Collections.Immutable;
using Fairlead.Core.Alerts;

namespace Fairlead.Core.Monitors;

/// <summary>What one look found of one thing.</summary>
/// <param name="Subject">What tells it from the others: variant, version, column, segment.</param>
/// <param name="Reading">What it says to an alert.</param>
public sealed record MonitorFinding(ImmutableSortedDictionary<string, string> Subject, AlertReading Reading)
{
    /// <summary>Lower end of the figure's interval, or of what was expected; NaN: none.</summary>
    public double Low { get; init; } = double.NaN;

    /// <summary>Upper end.</summary>
    public double High { get; init; } = double.NaN;

    /// <summary>A finding about the monitor as a whole.</summary>
    public static MonitorFinding Whole(AlertReading reading) =>
        new(ImmutableSortedDictionary<string, string>.Empty, reading);

    /// <summary>A finding about an arm with a version.</summary>
    public static MonitorFinding OfArm(string variant, string version, AlertReading reading) =>
        Whole(reading).With("variant", variant).With("version", version);

    /// <summary>The same about a narrower thing.</summary>
    public MonitorFinding With(string name, string value) => this with { Subject = Subject.SetItem(name, value) };

    /// <summary>The labels of its alert.</summary>
    public AlertLabels Labels(MonitorSpec spec) => new(
        spec.Alert.Labels.Concat(Subject).Concat(
        [
            new("monitor", spec.Name.ToString()), new("endpoint", spec.Endpoint.ToString()),
            new("severity", spec.Alert.Severity),
        ]));

    /// <summary>The gravest of what was found; "no data" where nothing was.</summary>
    public static AlertSign Gravest(IReadOnlyCollection<MonitorFinding> findings) =>
        findings.Count == 0 ? AlertSign.NoData : findings.Max(finding => finding.Reading.Sign);
}
