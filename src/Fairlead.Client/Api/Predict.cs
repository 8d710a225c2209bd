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

    public string Model { get; set; } = "";

    public int Version { get; init; }

    /// <summary>Under this id the outcome can be reported later.</summary>
    public string PredictionId { get; set; } = "";

    /// <summary>Each output with one entry a row.</summary>
    public IReadOnlyDictionary<string, JsonElement> Outputs { get; set; } = new Dictionary<string, JsonElement>();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PredictRequest))]
[JsonSerializable(typeof(PredictAnswer))]
internal sealed partial class PredictJsonContext : JsonSerializerContext;
