using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Cli.Verbs;
using Fairlead.Client.Api;

namespace Fairlead.Cli;

/// <summary>What <c>--json</c> prints: the records of the wire as they are, and the few that only this program has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VersionReport))]
[JsonSerializable(typeof(Done))]
internal sealed partial class CliJson : JsonSerializerContext
{
    public static new JsonSerializerOptions Options { get; } = new(ApiJson.Lenient)
    {
        WriteIndented = true,
        // The output is no part of a web page: letters of every script stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ApiJson.Lenient.TypeInfoResolver, Default),
    };
}

/// <summary>The answer of verbs that change something and get no data back.</summary>
/// <param name="What">What was done, such as <c>deleted</c>.</param>
/// <param name="Subject">What it was done to, such as <c>credit/2</c>.</param>
internal sealed record Done(string What, string Subject);
