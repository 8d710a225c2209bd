using System.Globalization;
using System.Text.Json;

namespace Fairlead.Server.Rollouts.Figures;

/// <summary>
/// Reads what other servers answer. Both throw <see cref="FormatException"/> or <see cref="JsonException"/> for an
/// answer of another form, and nothing else.
/// </summary>
internal static class ExternalAnswers
{
    /// <summary>The value of the first sample of an instant query to Prometheus; null for an empty answer.</summary>
    public static double? OfQuery(ReadOnlyMemory<byte> answer) => Read(answer, static root =>
    {
        var data = Member(root, "data");
        var sample = Member(data, "result");
        if (sample.ValueKind == JsonValueKind.Array && Text(Member(data, "resultType")) != "scalar")
        {
            if (sample.GetArrayLength() == 0)
                return null;
            sample = Member(sample[0], "value");
        }

        return sample.ValueKind == JsonValueKind.Array && sample.GetArrayLength() == 2
            && double.TryParse(Text(sample[1]), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException("a sample is a time and a number");
    });

    /// <summary>The <c>value</c> of a web service's answer; null when it has none to give.</summary>
    public static double? OfService(ReadOnlyMemory<byte> answer) => Read(answer, static root =>
    {
        var value = Member(root, "value");
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            ? number
            : throw new FormatException("'value' is not a number");
    });

    private static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member)
            ? member
            : throw new FormatException($"the answer has no '{name}'");

    private static string? Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    /// <summary>
    /// The reader looks at a text only when it is asked for: half a surrogate pair is then said to be an invalid
    /// operation.
    /// </summary>
    private static double? Read(ReadOnlyMemory<byte> answer, Func<JsonElement, double?> read)
    {
        using var json = JsonDocument.Parse(answer);
        try
        {
            return read(json.RootElement);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("the answer holds a string that is no Unicode text", e);
        }
    }
}
