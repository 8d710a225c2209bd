using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>Shares as people write them: <c>5%</c> or <c>0.05</c>.</summary>
public static class ShareText
{
    /// <summary>Reads a share; false when the text is none.</summary>
    public static bool TryParse(string? text, out double share)
    {
        share = 0;
        if (text is null)
            return false;

        var isPercent = text.EndsWith('%');
        var digits = isPercent ? text.AsSpan(0, text.Length - 1).TrimEnd() : text;

        // Decimal, so that 5 % is exactly what 0.05 is.
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        share = (double)(isPercent ? number / 100 : number);
        return true;
    }
}

/// <summary>Reads a number, or a text by <see cref="ShareText"/>; writes the number.</summary>
public sealed class ShareJsonConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ReadShare(ref reader);

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value);

    /// <summary>The share at the reader's place.</summary>
    internal static double ReadShare(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number)
            && double.IsFinite(number))
        {
            return number;
        }

        return reader.TokenType == JsonTokenType.String && ShareText.TryParse(reader.GetString(), out var share)
            ? share
            : throw new JsonException("A share is a number such as 0.05, or a percentage such as '5%'.");
    }
}

/// <summary>A list of shares, each as <see cref="ShareJsonConverter"/> reads one.</summary>
public sealed class SharesJsonConverter : JsonConverter<IReadOnlyList<double>>
{
    public override IReadOnlyList<double> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("Shares are a list, such as [5%, 25%, 100%].");

        var shares = new List<double>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            shares.Add(ShareJsonConverter.ReadShare(ref reader));
        return shares;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<double> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var share in value)
            writer.WriteNumberValue(share);
        writer.WriteEndArray();
    }
}
