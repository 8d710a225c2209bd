using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Records;

namespace Fairlead.Serving.Facts;

/// <summary>
/// Writes tensors out for people: an object by name, a single value bare, more as a flat list. What the endpoint's log
/// does not keep as it was is not written as it was.
/// </summary>
internal static class TensorJson
{
    /// <summary>Most elements of a tensor that are written; a text says how many more there were.</summary>
    private const int MaxElements = 64;

    /// <summary>Most bytes of all tensors together; what does not fit is named without its values.</summary>
    private const int MaxBytes = 8192;

    public static string Write(ImmutableArray<TensorSpec> signature, TensorSet tensors, TreatedFields fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            for (var i = 0; i < signature.Length && i < tensors.Count; i++)
            {
                if (!tensors[i].Present || fields.Omits(signature[i]))
                    continue;
                writer.WritePropertyName(signature[i].Name);
                if (writer.BytesCommitted + writer.BytesPending > MaxBytes)
                    writer.WriteStringValue($"({tensors[i].ElementCount} values)");
                else
                    Write(writer, signature[i], tensors[i], fields);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, TensorSpec spec, Tensor tensor, TreatedFields fields)
    {
        if (tensor.ElementCount == 1)
        {
            Write(writer, spec, tensor, 0, fields);
            return;
        }

        writer.WriteStartArray();
        for (var i = 0; i < Math.Min(tensor.ElementCount, MaxElements); i++)
            Write(writer, spec, tensor, i, fields);
        if (tensor.ElementCount > MaxElements)
            writer.WriteStringValue($"({tensor.ElementCount - MaxElements} more)");
        writer.WriteEndArray();
    }

    private static void Write(
        Utf8JsonWriter writer, TensorSpec spec, Tensor tensor, int index, TreatedFields fields)
    {
        switch (fields.Of(spec, index))
        {
            case FieldTreatment.Keep:
                Write(writer, tensor, index);
                break;
            case FieldTreatment.Hash:
                writer.WriteStringValue(fields.HashOf(tensor, index));
                break;
            case FieldTreatment.Redact:
                writer.WriteStringValue(TreatedFields.Redacted);
                break;
            default:
                // Its place among the others is kept, not its value.
                writer.WriteNullValue();
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, Tensor tensor, int index)
    {
        if (tensor.Type == ElementType.String)
        {
            writer.WriteStringValue(TensorText.Text(tensor, index));
            return;
        }

        var number = TensorText.Number(tensor, index);
        if (tensor.Type == ElementType.Float32 && float.IsFinite((float)number))
            writer.WriteNumberValue((float)number);
        else if (double.IsFinite(number))
            writer.WriteNumberValue(number);
        else
            writer.WriteStringValue(TensorText.Text(tensor, index));
    }
}
