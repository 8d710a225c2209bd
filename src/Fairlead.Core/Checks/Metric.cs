using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Checks;

/// <summary>
/// A metric as it is written in a check: <c>error_rate</c>, <c>latency:p95</c>, <c>compute:p99</c>,
/// <c>output:NAME</c>, <c>output:NAME=VALUE</c>, <c>outcome:NAME</c>, <c>accuracy:NAME</c>,
/// <c>precision:NAME=CLASS</c>, <c>recall:NAME=CLASS</c>, <c>false_positive_rate:NAME=CLASS</c>,
/// <c>auc:NAME=CLASS@OUTPUT[ELEMENT]</c>, <c>log_loss:NAME=CLASS@OUTPUT[ELEMENT]</c> (without a class: outcomes of 0
/// and 1), <c>disagreement</c>, <c>shadow_difference:NAME</c>, <c>shadow_difference:NAME=VALUE</c>,
/// <c>prometheus:QUERY</c>, <c>webhook:URL</c>.
/// </summary>
/// <param name="Kind">What is looked at.</param>
/// <param name="Name">The output, outcome, query or address; empty where there is none.</param>
/// <param name="Value">The category or class; empty where there is none.</param>
/// <param name="Quantile">For times: the quantile, above 0 and below 1; otherwise 0.</param>
/// <param name="Score">For <c>auc</c> and <c>log_loss</c>: the output, with its element, that holds the score.</param>
[JsonConverter(typeof(MetricJsonConverter))]
public sealed record Metric(
    MetricKind Kind, string Name = "", string Value = "", double Quantile = 0, string Score = "")
{
    /// <summary>Decimals of a quantile's percentage; it is written with no more, and must be read as it was.</summary>
    private const int Decimals = 3;

    private static readonly (string Word, MetricKind Kind)[] Words =
    [
        ("error_rate", MetricKind.ErrorRate), ("latency", MetricKind.Latency), ("compute", MetricKind.Compute),
        ("output", MetricKind.Output), ("outcome", MetricKind.Outcome), ("accuracy", MetricKind.Accuracy),
        ("precision", MetricKind.Precision), ("recall", MetricKind.Recall),
        ("false_positive_rate", MetricKind.FalsePositiveRate), ("auc", MetricKind.Auc),
        ("log_loss", MetricKind.LogLoss), ("disagreement", MetricKind.Disagreement),
        ("shadow_difference", MetricKind.ShadowDifference),
        ("prometheus", MetricKind.Prometheus), ("webhook", MetricKind.Webhook),
    ];

    /// <summary>The figure is known only after the fact, from outcomes.</summary>
    public bool NeedsOutcomes => Kind is MetricKind.Outcome or MetricKind.Accuracy or MetricKind.Precision
        or MetricKind.Recall or MetricKind.FalsePositiveRate || NeedsScores;

    /// <summary>The figure holds what turned out against a score, which is kept with the prediction.</summary>
    public bool NeedsScores => Kind is MetricKind.Auc or MetricKind.LogLoss;

    /// <summary>The figure holds what turned out against the predicted label.</summary>
    public bool NeedsLabels => NeedsOutcomes && !NeedsScores && Kind != MetricKind.Outcome;

    /// <summary>
    /// The figure is computed from records of requests that may have been dropped; counts, errors and times never are.
    /// </summary>
    public bool NeedsRecords => NeedsOutcomes || Kind is MetricKind.Output or MetricKind.Disagreement
        or MetricKind.ShadowDifference;

    /// <summary>The figure comes from elsewhere and is one number for the candidate.</summary>
    public bool IsExternal => Kind is MetricKind.Prometheus or MetricKind.Webhook;

    /// <summary>A candidate that answers nobody can be judged by it.</summary>
    public bool ShadowSuffices => Kind is MetricKind.Disagreement or MetricKind.Compute or MetricKind.Output
        or MetricKind.ShadowDifference;

    /// <summary>Whether less is better where a check does not say.</summary>
    public bool LowerIsBetter => Kind is MetricKind.ErrorRate or MetricKind.Latency or MetricKind.Compute
        or MetricKind.FalsePositiveRate or MetricKind.LogLoss or MetricKind.Disagreement;

    /// <summary>
    /// Reads the written form; throws <see cref="RefusalException"/> with code <c>invalid_metric</c>.
    /// </summary>
    public static Metric Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var word = colon < 0 ? text : text[..colon];
        var rest = colon < 0 ? "" : text[(colon + 1)..];
        foreach (var (known, kind) in Words)
        {
            if (known == word)
                return Of(text, kind, rest);
        }

        throw Fault(text, $"there is no metric '{word}'; write one of {string.Join(", ", Words.Select(w => w.Word))}");
    }

    public override string ToString()
    {
        var word = Words.Single(each => each.Kind == Kind).Word;
        return Kind switch
        {
            MetricKind.ErrorRate or MetricKind.Disagreement => word,
            MetricKind.Latency or MetricKind.Compute =>
                string.Create(CultureInfo.InvariantCulture, $"{word}:p{(decimal)Quantile * 100:0.###}"),
            _ => $"{word}:{Name}{(Value.Length == 0 ? "" : $"={Value}")}{(Score.Length == 0 ? "" : $"@{Score}")}",
        };
    }

    private static Metric Of(string text, MetricKind kind, string rest)
    {
        switch (kind)
        {
            case MetricKind.ErrorRate or MetricKind.Disagreement:
                return rest.Length == 0 ? new Metric(kind) : throw Fault(text, "nothing follows this metric");
            case MetricKind.Latency or MetricKind.Compute:
                return rest.StartsWith('p')
                    && decimal.TryParse(rest.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                        out var percent)
                    && percent is > 0 and < 100 && decimal.Round(percent, Decimals) == percent
                    ? new Metric(kind, Quantile: (double)(percent / 100))
                    : throw Fault(text, $"write the quantile, such as 'latency:p95', with at most {Decimals} decimals");
            case MetricKind.Prometheus or MetricKind.Webhook:
                return rest.Length > 0 ? new Metric(kind, rest) : throw Fault(text, "the query or address is missing");
            case MetricKind.Auc or MetricKind.LogLoss:
                return OfScore(text, kind, rest);
        }

        // Names of outputs may hold '='; the class follows the last one.
        var equals = rest.LastIndexOf('=');
        var (name, value) = equals < 0 ? (rest, "") : (rest[..equals], rest[(equals + 1)..]);
        var takesClass = kind is MetricKind.Precision or MetricKind.Recall or MetricKind.FalsePositiveRate;
        if (name.Length == 0)
            throw Fault(text, "the name is missing");
        if (takesClass && value.Length == 0)
            throw Fault(text, $"name the class that counts as positive, such as '{text}=yes'");
        var takesValue = kind is MetricKind.Output or MetricKind.ShadowDifference;
        if (takesValue && equals >= 0 && value.Length == 0)
            throw Fault(text, "the value behind '=' is missing");
        if (!takesClass && !takesValue)
            (name, value) = (rest, "");
        return new Metric(kind, name, value);
    }

    private static Metric OfScore(string text, MetricKind kind, string rest)
    {
        var at = rest.LastIndexOf('@');
        if (at < 0 || at == rest.Length - 1)
            throw Fault(text, "name the output that holds the score, such as 'auc:label=yes@probabilities[1]'");

        var (outcome, score) = (rest[..at], rest[(at + 1)..]);
        var equals = outcome.LastIndexOf('=');
        var (name, value) = equals < 0 ? (outcome, "") : (outcome[..equals], outcome[(equals + 1)..]);
        if (name.Length == 0 || equals == outcome.Length - 1)
            throw Fault(text, "the name of the outcome, or its class, is missing");
        return new Metric(kind, name, value, Score: score);
    }

    private static RefusalException Fault(string text, string why) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_metric", $"metric '{text}': {why}.") { Field = "metric" });

    private sealed class MetricJsonConverter : JsonConverter<Metric>
    {
        public override Metric Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Metric value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
