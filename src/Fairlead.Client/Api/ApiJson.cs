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
        // By reflection on purpose: generated code gives every init-only member that is left out its type's default,
        // and
        // a variant without a weight would have the weight 0 in place of the record's 1.
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            MaxDepth = MaxDepth,
            UnmappedMemberHandling = unmapped,
            RespectNullableAnnotations = unmapped == JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = unmapped == JsonUnmappedMemberHandling.Skip,
        };
        if (unmapped == JsonUnmappedMemberHandling.Disallow)
            options.Converters.Add(new FiniteNumberJsonConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
