using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Server.Description;

// The documents of the Open Inference Protocol as far as the OpenAPI document tells of them. They are read and written
// elsewhere without these types, which only lend their shape.

/// <summary>One tensor as the server describes it.</summary>
internal sealed record OpenInferenceTensorMetadata(string Name, string Datatype, IReadOnlyList<long> Shape);

/// <summary>What an endpoint takes and answers.</summary>
internal sealed record OpenInferenceModel(
    string Name,
    IReadOnlyList<string> Versions,
    string Platform,
    IReadOnlyList<OpenInferenceTensorMetadata> Inputs,
    IReadOnlyList<OpenInferenceTensorMetadata> Outputs);

/// <summary>Whether an endpoint answers.</summary>
internal sealed record OpenInferenceModelReady(string Name, bool Ready);

/// <summary>The server and what it can do besides the plain protocol.</summary>
internal sealed record OpenInferenceServer(string Name, string Version, IReadOnlyList<string> Extensions);

/// <summary>The process runs.</summary>
internal sealed record OpenInferenceLive(bool Live);

/// <summary>Every endpoint is placed.</summary>
internal sealed record OpenInferenceReady(bool Ready);

/// <summary>The names of the endpoints that the caller may see.</summary>
internal sealed record OpenInferenceModels(IReadOnlyList<string> Models);

/// <summary>Which entries of the index are wanted.</summary>
internal sealed record OpenInferenceIndexRequest(bool? Ready = null);

/// <summary>One version of one endpoint.</summary>
internal sealed record OpenInferenceIndexEntry(string Name, string? Version, string State, string Reason);

/// <summary>A tensor that is sent: its elements in <c>data</c>, nested or flat, or in the binary part.</summary>
internal sealed record OpenInferenceInput(string Name, string Datatype, IReadOnlyList<long> Shape)
{
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    public JsonElement? Data { get; init; }
}

/// <summary>An output that is wanted.</summary>
internal sealed record OpenInferenceWanted(string Name)
{
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }
}

/// <summary>Asks an endpoint.</summary>
internal sealed record OpenInferenceRequest(IReadOnlyList<OpenInferenceInput> Inputs)
{
    public string? Id { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    public IReadOnlyList<OpenInferenceWanted>? Outputs { get; init; }
}

/// <summary>What an endpoint answered.</summary>
internal sealed record OpenInferenceAnswer(
    [property: JsonPropertyName("model_name")] string ModelName,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    IReadOnlyList<OpenInferenceInput> Outputs)
{
    public string? Id { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }
}

/// <summary>Every error of the protocol.</summary>
internal sealed record OpenInferenceError(string Error);
