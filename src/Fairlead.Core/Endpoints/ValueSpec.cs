using System.Text.Json.Serialization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Endpoints;

/// <summary>By which outcome the value of an endpoint is told.</summary>
/// <param name="Outcome">The outcome whose values are added up, a conversion (0 or 1) or an amount.</param>
public sealed record ValueSpec(string Outcome)
{
    /// <summary>Longest label delay.</summary>
    public static readonly TimeSpan MaxLabelDelay = TimeSpan.FromDays(365);

    /// <summary>Most characters of a name or a unit.</summary>
    public const int MaxText = 200;

    /// <summary>
    /// For a ratio, the outcome whose values are added up below the line; null: the units, with or without an outcome.
    /// </summary>
    public string? Per { get; init; }

    /// <summary>The unit of the outcome's values, such as <c>EUR</c>; empty: none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>How long an outcome takes: predictions younger than this do not enter, in any arm.</summary>
    public TimeSpan LabelDelay { get; init; }

    /// <summary>
    /// Share of the units whose answers are kept for the value, above 0 to 1: the same units always, in both groups
    /// alike, so that what is told of them holds for all.
    /// </summary>
    public double Sample { get; init; } = 1;

    /// <summary>As a metric is written: <c>outcome:revenue</c> or <c>outcome:revenue/orders</c>.</summary>
    [JsonIgnore]
    public string Metric => Per is null ? $"outcome:{Outcome}" : $"outcome:{Outcome}/{Per}";

    /// <summary>
    /// Reads the written metric; throws <see cref="RefusalException"/> with code <c>invalid_metric</c>.
    /// </summary>
    public static ValueSpec Parse(string metric)
    {
        const string Word = "outcome:";
        var names = metric.StartsWith(Word, StringComparison.Ordinal) ? metric[Word.Length..].Split('/') : [];
        return names.Length is 1 or 2 && Array.TrueForAll(names, name => name.Length is > 0 and <= MaxText)
            ? new ValueSpec(names[0]) { Per = names.Length == 2 ? names[1] : null }
            : throw new RefusalException(Fault("invalid_metric", "metric",
                $"metric '{metric}': value is told by 'outcome:NAME' (a conversion of 0 or 1, or an amount; per unit) "
                + "or by 'outcome:NAME/OTHER' (a ratio of two)."));
    }

    /// <summary>Finds the faults; an empty list means that it is good.</summary>
    /// <param name="value">What to look at.</param>
    /// <param name="at">Where it stands.</param>
    public static IEnumerable<Refusal> Check(ValueSpec value, string at)
    {
        if (value.LabelDelay < TimeSpan.Zero || value.LabelDelay > MaxLabelDelay)
            yield return Fault("invalid_label_delay", $"{at}.labelDelay", "labelDelay is 0 to 365 d.");
        if (!(value.Sample > 0 && value.Sample <= 1))
            yield return Fault("invalid_share", $"{at}.sample", "A sample is above 0 and at most 100 % of the units.");
        if (value.Unit.Length > MaxText || value.Unit.Any(char.IsControl))
            yield return Fault("invalid_unit_text", $"{at}.unit", $"A unit has at most {MaxText} characters.");
    }

    private static Refusal Fault(string code, string field, string message) =>
        new(RefusalKind.Invalid, code, message) { Field = field };
}
