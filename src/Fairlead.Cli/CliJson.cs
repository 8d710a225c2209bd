using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Cli.Drift;
using Fairlead.Cli.Verbs;
using Fairlead.Client.Api;

namespace Fairlead.Cli;

/// <summary>
/// What <c>--json</c> prints: the records of the wire as they are, and the few that only this program has.
/// </summary>
internal static class CliJson
{
    /// <summary>One document over several lines.</summary>
    public static JsonSerializerOptions Indented { get; } = Make(indented: true);

    /// <summary>The same on one line, for the parts of a document that is written while it grows.</summary>
    public static JsonSerializerOptions Compact { get; } = Make(indented: false);

    public static string Write<T>(T data, JsonSerializerOptions form) =>
        JsonSerializer.Serialize(data, (JsonTypeInfo<T>)form.GetTypeInfo(typeof(T)));

    private static JsonSerializerOptions Make(bool indented) => new(ApiJson.Lenient)
    {
        WriteIndented = indented,
        // The output is no part of a web page: letters of every script stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ApiJson.Lenient.TypeInfoResolver, CliJsonContext.Default),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VersionReport))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(FileDriftReport))]
[JsonSerializable(typeof(PredictAnswer))]
[JsonSerializable(typeof(SkewInfo))]
internal sealed partial class CliJsonContext : JsonSerializerContext;

/// <summary>The answer of verbs that change something and get no data back.</summary>
/// <param name="What">What was done, such as <c>deleted</c>.</param>
/// <param name="Subject">What it was done to, such as <c>credit/2</c>.</param>
internal sealed record Done(string What, string Subject);
