using System.Collections.Immutable;

namespace Fairlead.Core.Alerts;

/// <summary>
/// Whether an alert is told to people, and if not, what holds it back. The alert itself lives on and stays visible
/// with this beside it.
/// </summary>
/// <param name="SilencedBy">Ids of the silences that cover it.</param>
/// <param name="InhibitedBy">Fingerprints of the firing alerts that make it not worth telling.</param>
public sealed record AlertDelivery(ImmutableArray<string> SilencedBy, ImmutableArray<string> InhibitedBy)
{
    /// <summary>Whether nothing holds it back.</summary>
    public bool IsTold => SilencedBy.IsEmpty && InhibitedBy.IsEmpty;

    /// <summary>What holds an alert back at a moment, in an order that does not depend on that of the lists.</summary>
    /// <param name="labels">The alert.</param>
    /// <param name="silences">All silences.</param>
    /// <param name="inhibitions">All rules.</param>
    /// <param name="firing">The labels of all alerts that fire; the alert itself among them does no harm.</param>
    /// <param name="now">The moment.</param>
    public static AlertDelivery Of(
        AlertLabels labels, IEnumerable<Silence> silences, IReadOnlyList<Inhibition> inhibitions,
        IEnumerable<AlertLabels> firing, DateTimeOffset now) => new(
        [.. silences.Where(silence => silence.Covers(labels, now)).Select(silence => silence.Id)
            .Order(StringComparer.Ordinal)],
        [.. firing.Where(other => !other.Equals(labels) && inhibitions.Any(rule => rule.Covers(labels, other)))
            .Select(other => other.Fingerprint).Distinct().Order(StringComparer.Ordinal)]);
}
