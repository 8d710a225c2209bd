using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>
/// The one way in which the API's records become JSON.
/// <para>
/// Members of the records that have a default are settable, not init-only: generated readers give every init-only
/// member a value, and one that is left out would become zero or null instead of keeping its default.
/// </para>
/// </summary>
public static class ApiJson
{
    /// <summary>Deepest nesting of a document.</summary>
    public const int MaxDepth = 64;

    /// <summary>For reading answers: members that this client does not know yet are passed over.</summary>
    public static JsonSerializerOptions Lenient { get; } = Make(JsonUnmappedMemberHandling.Skip);

    /// <summary>
    /// For reading requests: an unknown, repeated or wrongly written member is an error, not a silent default.
    /// </summary>
    public static JsonSerializerOptions Strict { get; } = Make(JsonUnmappedMemberHandling.Disallow);

    private static JsonSerializerOptions Make(JsonUnmappedMemberHandling unmapped)
    {
        var options = new JsonSerializerOptions(ApiJsonContext.Default.Options)
        {
            MaxDepth = MaxDepth,
            UnmappedMemberHandling = unmapped,
            RespectNullableAnnotations = unmapped == JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = unmapped == JsonUnmappedMemberHandling.Skip,
        };
        options.MakeReadOnly();
        return options;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Page<ModelInfo>))]
[JsonSerializable(typeof(Page<VersionInfo>))]
[JsonSerializable(typeof(Page<EndpointInfo>))]
[JsonSerializable(typeof(Page<EndpointHistoryEntry>))]
[JsonSerializable(typeof(Page<KeyInfo>))]
[JsonSerializable(typeof(Page<AuditEntry>))]
[JsonSerializable(typeof(CreateModelRequest))]
[JsonSerializable(typeof(DescribeRequest))]
[JsonSerializable(typeof(SetAliasRequest))]
[JsonSerializable(typeof(AliasInfo))]
[JsonSerializable(typeof(ArtifactInfo))]
[JsonSerializable(typeof(RegisterVersionRequest))]
[JsonSerializable(typeof(GarbageCollectionInfo))]
[JsonSerializable(typeof(ReleaseInfo))]
[JsonSerializable(typeof(PutEndpointRequest))]
[JsonSerializable(typeof(ModelDocument))]
[JsonSerializable(typeof(ApplyInfo))]
[JsonSerializable(typeof(CreateKeyRequest))]
[JsonSerializable(typeof(CreatedKey))]
[JsonSerializable(typeof(ServerStatus))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
