using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fairlead.Core.Audit;

/// <summary>
/// A sealed entry as one line of JSON, from which it can be verified without the log that it came from. Documents stand
/// in it as they are stored; one that is no JSON on one line stands as a text, under <c>beforeText</c> or
/// <c>afterText</c>.
/// </summary>
public static class AuditLine
{
    private static readonly JsonWriterOptions Form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a line, without its end.</summary>
    public static string Write(AuditLink link, AuditRecord entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Form))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", link.Sequence);
            json.WriteString("hash", Convert.ToHexStringLower(link.Hash.Span));
            json.WriteNumber("id", entry.Id);
            json.WriteString("when", When(entry.At));
            json.WriteNumber("at", entry.At);
            json.WriteString("who", entry.Who);
            json.WriteNumber("keyId", entry.KeyId);
            json.WriteString("what", entry.What);
            json.WriteString("subject", entry.Subject);
            if (entry.Reason is not null)
                json.WriteString("reason", entry.Reason);
            Document(json, "before", entry.Before);
            Document(json, "after", entry.After);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads a line; null for one that is none.</summary>
    public static (AuditLink Link, AuditRecord Entry)? Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var entry = new AuditRecord(
                root.GetProperty("id").GetInt64(), root.GetProperty("at").GetInt64(),
                root.GetProperty("who").GetString() ?? "", root.GetProperty("keyId").GetInt64(),
                root.GetProperty("what").GetString() ?? "", root.GetProperty("subject").GetString() ?? "",
                root.TryGetProperty("reason", out var reason) ? reason.GetString() : null,
                Document(root, "before"), Document(root, "after"));
            return (new AuditLink(root.GetProperty("sequence").GetInt64(), entry.Id,
                Convert.FromHexString(root.GetProperty("hash").GetString() ?? "")), entry);
        }
        catch (Exception bad) when (bad is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException)
        {
            return null;
        }
    }

    private static void Document(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null)
            return;
        if (IsPlain(text))
        {
            json.WritePropertyName(name);
            json.WriteRawValue(text, skipInputValidation: true);
        }
        else
        {
            json.WriteString(name + "Text", text);
        }
    }

    private static string? Document(JsonElement root, string name) =>
        root.TryGetProperty(name, out var document) ? document.GetRawText()
        : root.TryGetProperty(name + "Text", out var text) ? text.GetString()
        : null;

    /// <summary>The text is one JSON document and comes back as it is.</summary>
    private static bool IsPlain(string text)
    {
        if (text.AsSpan().Trim().Length != text.Length || text.AsSpan().ContainsAny('\n', '\r'))
            return false;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.GetRawText() == text;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string When(long at) => (DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(
        Math.Clamp(at, 0, 253_402_300_799_000_000))).UtcDateTime
        .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
