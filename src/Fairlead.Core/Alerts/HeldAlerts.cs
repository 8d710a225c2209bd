namespace Fairlead.Core.Alerts;

/// <summary>
/// What holds alerts back at a moment, for many alerts: the same as <see cref="AlertDelivery.Of"/> of each, without
/// holding each against each.
/// </summary>
public sealed class HeldAlerts
{
    /// <summary>Most firing alerts that are named of those that hold one back.</summary>
    public const int MostNamed = 10;

    private readonly IReadOnlyList<Silence> _silences;
    private readonly List<(Inhibition Rule, ILookup<string, AlertLabels> Sources)> _rules;
    private readonly DateTimeOffset _now;

    /// <param name="silences">All silences.</param>
    /// <param name="inhibitions">All rules.</param>
    /// <param name="firing">The labels of all alerts that fire.</param>
    /// <param name="now">The moment.</param>
    public HeldAlerts(
        IReadOnlyList<Silence> silences, IReadOnlyList<Inhibition> inhibitions, IReadOnlyList<AlertLabels> firing,
        DateTimeOffset now)
    {
        (_silences, _now) = (silences, now);
        _rules = [.. inhibitions.Select(rule => (rule, firing
            .Where(labels => rule.Source.All(matcher => matcher.Matches(labels)))
            .ToLookup(labels => Key(rule, labels), StringComparer.Ordinal)))];
    }

    /// <summary>What holds an alert back.</summary>
    public AlertDelivery Of(AlertLabels labels) => new(
        [.. _silences.Where(silence => silence.Covers(labels, _now)).Select(silence => silence.Id)
            .Order(StringComparer.Ordinal)],
        [.. InhibitedBy(labels).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MostNamed)]);

    private IEnumerable<string> InhibitedBy(AlertLabels labels) =>
        from each in _rules
        where each.Rule.Target.All(matcher => matcher.Matches(labels))
        from source in each.Sources[Key(each.Rule, labels)]
        where !source.Equals(labels) && each.Rule.Covers(labels, source)
        select source.Fingerprint;

    /// <summary>The values that must be the same, each behind its length, so that none runs into the next.</summary>
    private static string Key(Inhibition rule, AlertLabels labels) =>
        string.Concat(rule.Equal.Select(label => $"{labels[label].Length}:{labels[label]}"));
}
