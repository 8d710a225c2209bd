using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;

namespace Fairlead.Serving.Protocols.Native;

/// <summary>Writes tensors as nested JSON arrays, one entry a row.</summary>
internal static class AnswerJson
{
    public static void WriteTensor(Utf8JsonWriter writer, Tensor tensor)
    {
        if (!tensor.Present)
        {
            writer.WriteNullValue();
            return;
        }

        var next = 0;
        WriteDimension(writer, tensor, 0, ref next);
    }

    /// <summary>Writes a sequence of maps as one object a row, from label to score.</summary>
    public static void WriteMaps(Utf8JsonWriter writer, Tensor scores, Tensor keys)
    {
        writer.WriteStartArray();
        var classes = keys.ElementCount;
        for (var row = 0; row < scores.Shape[0]; row++)
        {
            writer.WriteStartObject();
            for (var c = 0; c < classes; c++)
            {
                if (keys.Type == ElementType.String)
                    writer.WritePropertyName(Encoding.UTF8.GetString(keys.StringAt(c)));
                else
                    writer.WritePropertyName(keys.As<long>()[c].ToString(
                        System.Globalization.CultureInfo.InvariantCulture));
                WriteElement(writer, scores, (row * classes) + c);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteDimension(Utf8JsonWriter writer, Tensor tensor, int dimension, ref int next)
    {
        if (dimension == tensor.Rank)
        {
            WriteElement(writer, tensor, next++);
            return;
        }

        writer.WriteStartArray();
        for (var i = 0L; i < tensor.Shape[dimension]; i++)
            WriteDimension(writer, tensor, dimension + 1, ref next);
        writer.WriteEndArray();
    }

    private static void WriteElement(Utf8JsonWriter writer, Tensor tensor, int at)
    {
        switch (tensor.Type)
        {
            case ElementType.String:
                WriteString(writer, tensor.StringAt(at));
                break;
            case ElementType.Bool:
                writer.WriteBooleanValue(tensor.Bytes[at] != 0);
                break;
            case ElementType.Float32:
                WriteSingle(writer, tensor.As<float>()[at]);
                break;
            case ElementType.Float64:
                WriteDouble(writer, tensor.As<double>()[at]);
                break;
            case ElementType.Float16:
                WriteSingle(writer, (float)tensor.As<Half>()[at]);
                break;
            case ElementType.BFloat16:
                WriteSingle(writer, BitConverter.UInt32BitsToSingle((uint)tensor.As<ushort>()[at] << 16));
                break;
            case ElementType.UInt64:
                writer.WriteNumberValue(tensor.As<ulong>()[at]);
                break;
            default:
                writer.WriteNumberValue(Integer(tensor, at));
                break;
        }
    }

    /// <summary>
    /// A model may answer with bytes that are no UTF-8; JSON cannot carry them, so they are replaced as text decoders
    /// do.
    /// </summary>
    private static void WriteString(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            writer.WriteStringValue(bytes);
        else
            writer.WriteStringValue(Encoding.UTF8.GetString(bytes));
    }

    private static long Integer(Tensor tensor, int at) => tensor.Type switch
    {
        ElementType.Int64 => tensor.As<long>()[at],
        ElementType.Int32 => tensor.As<int>()[at],
        ElementType.Int16 => tensor.As<short>()[at],
        ElementType.Int8 => tensor.As<sbyte>()[at],
        ElementType.UInt32 => tensor.As<uint>()[at],
        ElementType.UInt16 => tensor.As<ushort>()[at],
        _ => tensor.Bytes[at],
    };

    private static void WriteSingle(Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            WriteNamed(writer, value);
    }

    private static void WriteDouble(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            WriteNamed(writer, value);
    }

    /// <summary>
    /// JSON has no such numbers; a string of the usual name is what most readers can be told to take.
    /// </summary>
    private static void WriteNamed(Utf8JsonWriter writer, double value) =>
        writer.WriteStringValue(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);
}
