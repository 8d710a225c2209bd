using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>Asks an endpoint about rows of named fields.</summary>
/// <param name="Rows">One object a row; its members are the fields.</param>
public sealed record PredictRequest(IReadOnlyList<JsonObject> Rows)
{
    /// <summary>Said about the request as a whole, such as the unit where the endpoint finds it in a field.</summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }
}

/// <summary>What an endpoint answered, and who of it did.</summary>
public sealed record PredictAnswer
{
    public required string Endpoint { get; init; }

    public long Generation { get; init; }

    /// <summary>The variant that answered.</summary>
    public string Arm { get; set; } = "";

    /// <summary>The model that answered; null when the arm has none.</summary>
    public string? Model { get; set; }

    /// <summary>Its version; null when the arm has no model.</summary>
    public int? Version { get; init; }

    /// <summary>
    /// How the arm answers when it has no model, and null when it has: <c>none</c> (then there are no outputs),
    /// <c>constant</c> or <c>rule</c>. Outcomes are reported under the prediction id all the same.
    /// </summary>
    public string? Answer { get; init; }

    /// <summary>Under this id the outcome can be reported later.</summary>
    public string PredictionId { get; set; } = "";

    /// <summary>Each output with one entry a row; none for an arm that answers nothing.</summary>
    public IReadOnlyDictionary<string, JsonElement> Outputs { get; set; } = new Dictionary<string, JsonElement>();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PredictRequest))]
[JsonSerializable(typeof(PredictAnswer))]
internal sealed partial class PredictJsonContext : JsonSerializerContext;
