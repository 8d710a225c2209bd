using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Fairlead.Server.Records.Query;

/// <summary>Writes values of the database engine as JSON.</summary>
internal static class AnsweredValue
{
    public static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                writer.WriteNullValue();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case float number:
                Number(writer, number, float.IsFinite(number));
                break;
            case double number:
                Number(writer, number, double.IsFinite(number));
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case BigInteger number:
                writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case DateTime time:
                writer.WriteStringValue(time.ToString("yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                writer.WriteStringValue(time.UtcDateTime.ToString(
                    "yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
                break;
            case Stream bytes:
                Bytes(writer, bytes);
                break;
            case IDictionary members:
                Members(writer, members);
                break;
            case IEnumerable items:
                writer.WriteStartArray();
                foreach (var item in items)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void Number(Utf8JsonWriter writer, double number, bool isFinite)
    {
        if (!isFinite)
            writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
        else if ((float)number == number)
            writer.WriteNumberValue((float)number);
        else
            writer.WriteNumberValue(number);
    }

    private static void Bytes(Utf8JsonWriter writer, Stream bytes)
    {
        using var copy = new MemoryStream();
        bytes.CopyTo(copy);
        writer.WriteBase64StringValue(copy.ToArray());
    }

    private static void Members(Utf8JsonWriter writer, IDictionary members)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry member in members)
        {
            writer.WritePropertyName(Convert.ToString(member.Key, CultureInfo.InvariantCulture) ?? "");
            Write(writer, member.Value);
        }

        writer.WriteEndObject();
    }
}
