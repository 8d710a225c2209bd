using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Server.Storage;

/// <summary>How documents are written into the tables, the cached copies on disk and the probe's report.</summary>
internal static class StoredJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string text) =>
        JsonSerializer.Deserialize<T>(text, Options)
        ?? throw new JsonException($"A stored document of type {typeof(T).Name} is 'null'.");

    /// <summary>A figure that JSON can say; null for one that is unknown or unbounded.</summary>
    public static double? Figure(double value) => double.IsFinite(value) ? value : null;

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            Converters = { new JsonStringEnumConverter() },
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
