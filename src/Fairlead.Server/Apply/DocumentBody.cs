using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Fairlead.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Apply;

/// <summary>Reads bodies that hold documents as people write them.</summary>
internal static class DocumentBody
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The text of a body in YAML or JSON.</summary>
    public static async Task<string> ReadTextAsync(HttpContext context)
    {
        RequestBody.Limit(context, RequestBody.MaxListBytes);
        if (!IsYaml(context) && MediaType(context) != "application/json")
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "unsupported_media_type",
                "Send the documents as 'application/yaml' or 'application/json'."));
        }

        try
        {
            return StrictUtf8.GetString(await RequestBody.ReadBytesAsync(context));
        }
        catch (DecoderFallbackException)
        {
            throw Fault("invalid_document", "The body is not UTF-8.");
        }
    }

    /// <summary>A rollout, as JSON or as one YAML document.</summary>
    public static async Task<RolloutRequest> ReadRolloutAsync(HttpContext context)
    {
        if (!IsYaml(context))
            return await RequestBody.ReadAsync<RolloutRequest>(context);

        return YamlDocuments.Read(await ReadTextAsync(context)) is [var only]
            ? Rollout(Members(only))
            : throw Fault("invalid_document", "One rollout is expected here, and there are several documents.");
    }

    /// <summary>The members of a document of <c>kind: Rollout</c>, or of one that does not say its kind.</summary>
    public static RolloutRequest Rollout(JsonObject members)
    {
        members.Remove("kind");
        return RequestBody.Decode<RolloutRequest>(Encoding.UTF8.GetBytes(members.ToJsonString()));
    }

    /// <summary>The members of a document, each once.</summary>
    public static JsonObject Members(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonNode.Parse(json.Span, documentOptions: new JsonDocumentOptions
            {
                MaxDepth = ApiJson.MaxDepth,
                AllowDuplicateProperties = false,
            }) as JsonObject ?? throw Fault("invalid_document", "A document is a mapping with 'kind' and 'name'.");
        }
        catch (JsonException duplicate)
        {
            throw Fault("duplicate_field", duplicate.Message);
        }
    }

    private static bool IsYaml(HttpContext context) =>
        MediaType(context) is "application/yaml" or "application/x-yaml" or "text/yaml";

    private static string? MediaType(HttpContext context) =>
        context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();

    private static RefusalException Fault(string code, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message));
}
