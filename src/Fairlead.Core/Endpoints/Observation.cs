using System.Collections.Immutable;
using System.Globalization;
using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Endpoints;

/// <summary>A figure that is kept of an output.</summary>
/// <param name="Metric">As the check writes it, such as <c>output:score</c> or <c>output:label=good</c>.</param>
/// <param name="Output">The output's name.</param>
/// <param name="Element">Which element of each row; written <c>output:NAME[1]</c>, 0 where nothing is said.</param>
/// <param name="Category">The value that counts as 1; null: the number itself.</param>
/// <param name="Paired">The difference to what the caller got is kept, of copies.</param>
public sealed record ObservedOutput(string Metric, string Output, int Element, string? Category, bool Paired = false);

/// <summary>
/// What the data plane keeps of an endpoint's requests while a rollout judges them, beyond the counts that it always
/// keeps.
/// </summary>
public sealed record Observation
{
    /// <summary>Most values of one field that are kept apart; further ones are counted as dropped.</summary>
    public const int MaxSlices = 32;

    /// <summary>Figures of outputs.</summary>
    public ImmutableArray<ObservedOutput> Outputs { get; init; } = [];

    /// <summary>Outputs whose value is kept with the prediction, to be held against an outcome of that name.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Scores that are kept with the prediction, to be held against what turns out.</summary>
    public ImmutableArray<ObservedOutput> Scores { get; init; } = [];

    /// <summary>Every answer leaves a record that outcomes can be joined to.</summary>
    public bool Outcomes { get; init; }

    /// <summary>Share of the units whose answers enter the endpoint's value.</summary>
    public double Sample { get; init; } = 1;

    /// <summary>Share of the units that leave records; those of the value's sample are always among them.</summary>
    public double RecordShare { get; init; } = 1;

    /// <summary>The numbers of a request of one row are kept with its record.</summary>
    public bool Features { get; init; }

    /// <summary>Input fields by whose values figures are kept apart.</summary>
    public ImmutableArray<string> Slices { get; init; } = [];

    /// <summary>What the checks of a plan need.</summary>
    public static Observation Of(RolloutPlan plan)
    {
        var checks = plan.Guards.Concat(plan.Steps.OfType<AnalyseStep>().SelectMany(step => step.Checks)).ToList();
        var metrics = checks.Select(check => check.Metric)
            .Concat(plan.Steps.OfType<AdaptStep>().Select(step => step.Metric)).ToList();
        return new Observation
        {
            Outputs = [.. metrics.Where(metric => metric.Kind is MetricKind.Output or MetricKind.ShadowDifference)
                .Distinct().Select(Output)],
            Labels = [.. metrics.Where(metric => metric.NeedsLabels)
                .Select(metric => metric.Name).Distinct(StringComparer.Ordinal)],
            Scores = [.. metrics.Where(metric => metric.NeedsScores)
                .Select(metric => metric.Score).Distinct(StringComparer.Ordinal)
                .Select(score => Element(score, score, category: null))],
            Outcomes = metrics.Exists(metric => metric.NeedsOutcomes),
            Slices = [.. checks.Select(check => check.By).OfType<string>().Distinct(StringComparer.Ordinal)],
        };
    }

    /// <summary>What is kept when two ask for it.</summary>
    public Observation With(Observation other) => new()
    {
        Outputs = Joined(Outputs, other.Outputs),
        Labels = Joined(Labels, other.Labels),
        Scores = Joined(Scores, other.Scores),
        Outcomes = Outcomes || other.Outcomes,
        Sample = Math.Max(Sample, other.Sample),
        RecordShare = !Outcomes ? other.RecordShare
            : !other.Outcomes ? RecordShare
            : Math.Max(RecordShare, other.RecordShare),
        Slices = Joined(Slices, other.Slices),
        Features = Features || other.Features,
    };

    public bool Equals(Observation? other) =>
        other is not null && Outputs.SequenceEqual(other.Outputs) && Labels.SequenceEqual(other.Labels)
        && Scores.SequenceEqual(other.Scores) && Outcomes == other.Outcomes && Sample.Equals(other.Sample)
        && RecordShare.Equals(other.RecordShare) && Features == other.Features && Slices.SequenceEqual(other.Slices);

    public override int GetHashCode() => HashCode.Combine(Outputs.Length, Labels.Length, Outcomes, Slices.Length);

    private static ObservedOutput Output(Metric metric) =>
        Element(metric.ToString(), metric.Name, metric.Value.Length == 0 ? null : metric.Value) with
        {
            Paired = metric.Kind == MetricKind.ShadowDifference,
        };

    private static ImmutableArray<T> Joined<T>(ImmutableArray<T> mine, ImmutableArray<T> theirs) =>
        theirs.All(mine.Contains) ? mine : [.. mine.Union(theirs)];

    /// <summary>One element of an output.</summary>
    public static ObservedOutput ElementOf(string output, int element) => new(
        string.Create(CultureInfo.InvariantCulture, $"{output}[{element}]"), output, element, Category: null);

    /// <summary>A figure of an output that is written <c>NAME[ELEMENT]</c>, or <c>NAME</c> for its first
    /// element.</summary>
    public static ObservedOutput Element(string metric, string name, string? category)
    {
        var element = 0;
        var open = name.LastIndexOf('[');
        if (name.EndsWith(']') && open > 0
            && int.TryParse(name.AsSpan(open + 1, name.Length - open - 2), NumberStyles.None,
                CultureInfo.InvariantCulture, out var index))
        {
            (name, element) = (name[..open], index);
        }

        return new ObservedOutput(metric, name, element, category);
    }
}
