using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>
/// One step of a rollout as it is written: exactly one of the members is given, such as <c>weight: 5%</c>.
/// </summary>
public sealed record StepRequest
{
    /// <summary>Candidates get copies of this share of the requests; nobody sees what they answer.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double? Mirror { get; init; }

    /// <summary>Candidates answer a share of the units.</summary>
    public WeightStepRequest? Weight { get; init; }

    /// <summary>A bandit moves the shares towards the better arms.</summary>
    public AdaptStepRequest? Adapt { get; init; }

    /// <summary>Candidates are loaded and answer only callers who ask for their version; written <c>{}</c>.</summary>
    public NoOptions? Preview { get; init; }

    /// <summary>Waits.</summary>
    public PauseStepRequest? Pause { get; init; }

    /// <summary>Waits for people.</summary>
    public ApproveStepRequest? Approve { get; init; }

    /// <summary>Waits until checks pass.</summary>
    public AnalyseStepRequest? Analyse { get; init; }

    /// <summary>All units go to the candidate at once; written <c>{}</c>.</summary>
    public NoOptions? Switch { get; init; }
}

/// <summary>A step without options, written <c>{}</c>.</summary>
public sealed record NoOptions;

/// <summary>Written <c>5%</c>, <c>0.05</c>, or <c>{share: 5%, control: true}</c>.</summary>
[JsonConverter(typeof(WeightStepJsonConverter))]
public sealed record WeightStepRequest
{
    /// <summary>Share of each candidate, 0 to 1.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public required double Share { get; init; }

    /// <summary>Keeps a concurrent control cohort of the same share.</summary>
    public bool Control { get; init; }
}

/// <summary>Written <c>10m</c>, or <c>{}</c> to wait until somebody continues.</summary>
[JsonConverter(typeof(PauseStepJsonConverter))]
public sealed record PauseStepRequest
{
    /// <summary>How long; null: until somebody continues.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? For { get; init; }
}

/// <summary>Waits for people.</summary>
public sealed record ApproveStepRequest
{
    /// <summary>How many different people. Default 1.</summary>
    public int Count { get; set; } = 1;

    /// <summary>Who started the rollout does not count; needs access control.</summary>
    public bool NotByAuthor { get; init; }

    /// <summary>How long it is waited for them; left out: for ever.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? Within { get; init; }
}

/// <summary>Waits until every check passes; goes back when one fails.</summary>
public sealed record AnalyseStepRequest
{
    public required IReadOnlyList<CheckRequest> Checks { get; init; }

    /// <summary>Observed time that it takes at least. Default 0.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan For { get; init; }

    /// <summary>Time after which <see cref="OnInconclusive"/> applies; left out: for ever.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? Within { get; init; }

    /// <summary><c>pause</c>, the default, or <c>rollback</c>.</summary>
    public string OnInconclusive { get; set; } = "pause";
}

/// <summary>A bandit.</summary>
public sealed record AdaptStepRequest
{
    /// <summary><c>thompson</c>, the default, <c>top-two</c> or <c>epsilon-greedy</c>.</summary>
    public string Policy { get; set; } = "thompson";

    /// <summary>The reward, such as <c>outcome:click</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Least share of every arm. Default 5 %.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double Floor { get; set; } = 0.05;

    /// <summary>Time between two changes of the shares. Default 1 min.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Time after which the likeliest best arm goes on; left out: for ever.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? For { get; init; }

    /// <summary>Chance of being the best at which an arm wins at once. Default 0.95.</summary>
    public double Confidence { get; set; } = 0.95;
}

/// <summary>A metric and a rule: either a limit, or a comparison with stable.</summary>
public sealed record CheckRequest
{
    /// <summary>Unique within its list.</summary>
    public required string Name { get; init; }

    /// <summary>Such as <c>error_rate</c>, <c>latency:p95</c>, <c>compute:p95</c>, <c>output:score</c>,
    /// <c>outcome:click</c>, <c>accuracy:label</c>, <c>precision:label=yes</c>, <c>recall:label=yes</c>,
    /// <c>false_positive_rate:label=yes</c>, <c>auc:label=yes@probabilities[1]</c>,
    /// <c>log_loss:label=yes@probabilities[1]</c>, <c>disagreement</c>,
    /// <c>shadow_difference:score</c>, <c>prometheus:QUERY</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>The candidate's figure must not exceed this.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double? AtMost { get; init; }

    /// <summary>The candidate's figure must not fall below this.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double? AtLeast { get; init; }

    /// <summary>For a comparison: <c>lower</c> or <c>higher</c> is better; left out: as the metric has it.</summary>
    public string? Better { get; init; }

    /// <summary>For a comparison: how much worse still counts as equal; negative demands an improvement.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double? Margin { get; init; }

    /// <summary>The margin is a share of stable's figure.</summary>
    public bool? Relative { get; init; }

    /// <summary>When it may be looked at: <c>scheduled</c> (default of gates), <c>anytime</c> (default of guards) or
    /// <c>fixed</c>.</summary>
    public string? Horizon { get; init; }

    /// <summary>One-sided error rate. Default 0.05 for gates, 0.0025 for guards, 0.01 for limits.</summary>
    public double? Alpha { get; init; }

    /// <summary>Units after which the looks end (default 10,000), or at which a guard is sharpest (1,000).</summary>
    public long? PlannedSamples { get; init; }

    /// <summary>Number of scheduled looks. Default 5.</summary>
    public int? Looks { get; init; }

    /// <summary>A field of the input; the rule must hold for every value of it that has enough samples.</summary>
    public string? By { get; init; }

    /// <summary>Units of each arm below which nothing is said. Default 100.</summary>
    public long MinimumSamples { get; set; } = 100;

    /// <summary>Observed time below which nothing is said. Default 0.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan MinimumDuration { get; init; }

    /// <summary>Time without data after which <see cref="OnNoData"/> applies. Default 10 min.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary><c>hold</c>, the default, <c>fail</c> or <c>pass</c>.</summary>
    public string OnNoData { get; set; } = "hold";

    /// <summary>Only predictions older than this are looked at. Default 0.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan LabelDelay { get; init; }

    /// <summary>Evaluated and shown, but decides nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Reads a weight by its share alone or with its options.</summary>
public sealed class WeightStepJsonConverter : JsonConverter<WeightStepRequest>
{
    public override WeightStepRequest Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return new WeightStepRequest { Share = ShareJsonConverter.ReadShare(ref reader) };

        var form = JsonSerializer.Deserialize<Form>(ref reader, options)!;
        return new WeightStepRequest { Share = form.Share, Control = form.Control };
    }

    public override void Write(Utf8JsonWriter writer, WeightStepRequest value, JsonSerializerOptions options)
    {
        if (value.Control)
            JsonSerializer.Serialize(writer, new Form { Share = value.Share, Control = true }, options);
        else
            writer.WriteNumberValue(value.Share);
    }

    private sealed record Form
    {
        [JsonConverter(typeof(ShareJsonConverter))]
        public required double Share { get; init; }

        public bool Control { get; init; }
    }
}

/// <summary>Reads a pause by its duration alone or as an object.</summary>
public sealed class PauseStepJsonConverter : JsonConverter<PauseStepRequest>
{
    private static readonly DurationJsonConverter Duration = new();

    public override PauseStepRequest Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return new PauseStepRequest { For = Duration.Read(ref reader, typeof(TimeSpan), options) };

        return new PauseStepRequest { For = JsonSerializer.Deserialize<Form>(ref reader, options)!.For };
    }

    public override void Write(Utf8JsonWriter writer, PauseStepRequest value, JsonSerializerOptions options)
    {
        if (value.For is { } time)
        {
            Duration.Write(writer, time, options);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }
    }

    private sealed record Form
    {
        [JsonConverter(typeof(DurationJsonConverter))]
        public TimeSpan? For { get; init; }
    }
}
