using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Cli.Rows;

/// <summary>
/// What the endpoint's model takes under which name, to give text without types (CSV cells, <c>--row k=v</c>) the types
/// that the model expects. The types are those of the Open Inference Protocol: <c>FP32</c>, <c>INT64</c>, <c>BYTES</c>.
/// </summary>
internal sealed class FieldTypes(IReadOnlyDictionary<string, string> types, string? unitField)
{
    private bool _knowsAll;

    /// <summary>Every field, as the text that it is.</summary>
    public static FieldTypes Texts { get; } = new(new Dictionary<string, string>(), null) { _knowsAll = true };

    /// <summary>Whether a field is sent at all: the model takes it, or the endpoint finds the unit in it.</summary>
    public bool Knows(string field) => _knowsAll || types.ContainsKey(field) || field == unitField;

    /// <summary>The fields of the model, for messages.</summary>
    public string Names => string.Join(", ", types.Keys);

    /// <summary>Gives a text its type; an empty text is null.</summary>
    public JsonNode? Read(string field, string text, string where)
    {
        if (text.Length == 0)
            return null;
        if (!types.TryGetValue(field, out var type) || type == "BYTES")
            return JsonValue.Create(text);

        var trimmed = text.Trim();
        if (trimmed.StartsWith('['))
            return Array(trimmed, field, where);
        return (type == "BOOL" ? Bool(trimmed) : Number(trimmed, type))
            ?? throw CliException.Usage($"{where}: '{text}' is no value for the field '{field}', which is {type}.");
    }

    private static JsonValue? Bool(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" => JsonValue.Create(true),
        "FALSE" or "0" => JsonValue.Create(false),
        _ => null,
    };

    // The digits are passed on as they were written: reading them as a double would change large integers.
    private static JsonNode? Number(string text, string type)
    {
        var isFloat = type is "FP16" or "BF16" or "FP32" or "FP64";
        // The framework takes zero bytes behind a number for nothing; JSON does not.
        if (text.Contains('\0')
            || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }
        if (!double.IsFinite(value))
            return isFloat ? JsonValue.Create(NonFinite(value)) : null;
        if (!isFloat && !text.All(c => char.IsAsciiDigit(c) || c is '-' or '+'))
            return value == Math.Floor(value) && Math.Abs(value) < 1L << 53 ? JsonValue.Create((long)value) : null;
        if (IsJsonNumber(text))
            return JsonNode.Parse(text);
        return isFloat ? JsonValue.Create(value) : JsonValue.Create((long)value);
    }

    /// <summary>JSON has no such numbers; the server takes their names.</summary>
    public static string NonFinite(double value) =>
        double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private static JsonNode? Array(string text, string field, string where)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            throw CliException.Usage($"{where}: the field '{field}' begins with '[' and is no JSON array.");
        }
    }

    private static bool IsJsonNumber(string text)
    {
        var digits = text.AsSpan().TrimStart('-');
        var leadingZero = digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]);
        return char.IsAsciiDigit(digits[0]) && !leadingZero && !text.EndsWith('.') && !text.Contains(".e")
            && !text.Contains(".E");
    }
}
