using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Core.Controls;

/// <summary>What a single value is.</summary>
public enum ScalarKind
{
    Number,
    Text,
    Flag,
}

/// <summary>A single value as a person writes it: a number, a text, or true or false.</summary>
/// <param name="Kind">Which of them it is.</param>
/// <param name="Number">The number; 1 for true and 0 for false; 0 for a text.</param>
/// <param name="Text">The text; empty for the others.</param>
[JsonConverter(typeof(ScalarJsonConverter))]
public sealed record ScalarValue(ScalarKind Kind, double Number, string Text)
{
    public static ScalarValue Of(double number) => new(ScalarKind.Number, number, "");

    public static ScalarValue Of(string text) => new(ScalarKind.Text, 0, text);

    public static ScalarValue Of(bool flag) => new(ScalarKind.Flag, flag ? 1 : 0, "");

    /// <summary>A number without a fraction that a double holds exactly.</summary>
    public bool IsWhole => Kind == ScalarKind.Number && Number % 1 == 0 && Math.Abs(Number) <= 1L << 53;

    /// <summary>The value of a JSON element; null when it is a list, an object, null or not finite.</summary>
    public static ScalarValue? Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number when json.TryGetDouble(out var number) && double.IsFinite(number) => Of(number),
        JsonValueKind.String when TextOf(json) is { } text => Of(text),
        JsonValueKind.True => Of(true),
        JsonValueKind.False => Of(false),
        _ => null,
    };

    /// <summary>Bytes that are no Unicode text come up only when the text is asked for.</summary>
    private static string? TextOf(JsonElement json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The value as JSON.</summary>
    public JsonElement ToJson() => Kind switch
    {
        ScalarKind.Text => JsonSerializer.SerializeToElement(Text),
        ScalarKind.Flag => JsonSerializer.SerializeToElement(Number != 0),
        _ => JsonSerializer.SerializeToElement(Number),
    };

    public override string ToString() => Kind switch
    {
        ScalarKind.Text => $"\"{Text}\"",
        ScalarKind.Flag => Number != 0 ? "true" : "false",
        _ => Number.ToString("R", CultureInfo.InvariantCulture),
    };

    private sealed class ScalarJsonConverter : JsonConverter<ScalarValue>
    {
        public override ScalarValue Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ScalarValue.Read(JsonElement.ParseValue(ref reader))
            ?? throw new JsonException("A value is a number, a text, true or false.");

        public override void Write(Utf8JsonWriter writer, ScalarValue value, JsonSerializerOptions options) =>
            value.ToJson().WriteTo(writer);
    }
}
