using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Fairlead.Server.Problems;

/// <summary>
/// Reads request bodies strictly and within bounds; what is wrong is said as a refusal with its place.
/// </summary>
internal static partial class RequestBody
{
    /// <summary>Largest JSON body of an ordinary route.</summary>
    public const long MaxJsonBytes = 1 << 20;

    /// <summary>Largest body that lists many files or documents.</summary>
    public const long MaxListBytes = 8 << 20;

    /// <summary>Sets the bound that the server enforces while it reads the body.</summary>
    public static void Limit(HttpContext context, long? maxBytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = maxBytes;
        if (context.Request.ContentLength > maxBytes)
        {
            throw new RefusalException(new Refusal(RefusalKind.TooLarge, "body_too_large",
                $"The body has {context.Request.ContentLength} bytes; {maxBytes} are accepted here."));
        }
    }

    /// <summary>Reads a JSON body.</summary>
    public static async Task<T> ReadAsync<T>(HttpContext context, long maxBytes = MaxJsonBytes)
        where T : class
    {
        Limit(context, maxBytes);

        // Asking for the media type also keeps pages of other sites from posting here without a preflight.
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || type.MediaType != "application/json")
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "unsupported_media_type",
                "The body must be JSON, sent with 'Content-Type: application/json'."));
        }

        return Decode<T>(await ReadBytesAsync(context));
    }

    /// <summary>Reads a whole body as bytes; <see cref="Limit"/> was called before.</summary>
    public static async Task<byte[]> ReadBytesAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        return buffer.ToArray();
    }

    /// <summary>Decodes JSON strictly.</summary>
    /// <param name="at">Where in a larger document the JSON stood, to begin the place of a fault with.</param>
    public static T Decode<T>(ReadOnlySpan<byte> utf8, string at = "")
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, (JsonTypeInfo<T>)ApiJson.Strict.GetTypeInfo(typeof(T)))
                ?? throw new RefusalException(Fault("invalid_json", "The document is 'null'.", at));
        }
        catch (JsonException failure)
        {
            throw new RefusalException(Explain(failure, at));
        }
    }

    private static Refusal Explain(JsonException failure, string at)
    {
        var path = (failure.Path ?? "$") is ['$', '.', .. var inner] ? inner : "";
        var where = at.Length > 0 && path.Length > 0 ? $"{at}.{path}" : at + path;
        if (Unmapped().Match(failure.Message) is { Success: true } unmapped)
        {
            var name = unmapped.Groups["name"].Value;
            var field = where == name || where.EndsWith("." + name, StringComparison.Ordinal) || where.Length == 0
                ? (where.Length == 0 ? name : where)
                : $"{where}.{name}";
            return Fault("unknown_field", $"There is no field '{name}' here.", field);
        }

        if (Missing().Match(failure.Message) is { Success: true } missing)
            return Fault("missing_field", $"Missing: {missing.Groups["names"].Value.TrimEnd('.')}.", where);
        if (failure.Message.Contains("Duplicate property", StringComparison.Ordinal))
            return Fault("duplicate_field", "A field is given twice.", where);

        // A converter's own words are for the caller; the serializer's speak of types and are not.
        var said = failure.Message.Split(" Path: ")[0];
        var foreign = said.Contains("System.", StringComparison.Ordinal)
            || said.Contains("Fairlead.", StringComparison.Ordinal);
        var line = failure.LineNumber is { } number ? $" (line {number + 1})" : "";
        return Fault("invalid_json",
            (foreign ? "The value is not of the kind that belongs here." : said.TrimEnd('.') + ".") + line, where);
    }

    private static Refusal Fault(string code, string message, string field) =>
        new(RefusalKind.Invalid, code, message) { Field = field.Length == 0 ? null : field };

    [GeneratedRegex(
        "^The JSON property '(?<name>.*)' could not be mapped", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex Unmapped();

    [GeneratedRegex(
        "missing required properties including: (?<names>.*)", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex Missing();
}
