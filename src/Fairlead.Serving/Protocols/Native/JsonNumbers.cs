using System.Text.Json;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;

namespace Fairlead.Serving.Protocols.Native;

/// <summary>Reads one JSON value as one element of a numeric tensor, with exact range checks.</summary>
internal static class JsonNumbers
{
    /// <summary>Whether null stands for a missing value (NaN) in a type.</summary>
    public static bool TakesNull(ElementType type) =>
        type is ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64;

    /// <summary>Writes the reader's value at an index; false when it is no value of the tensor's type.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, Tensor tensor, int at)
    {
        switch (tensor.Type)
        {
            case ElementType.Float32:
                return TryReal(ref reader, out var single) && Fits(single, float.MaxValue)
                    && Put(tensor, at, (float)single);
            case ElementType.Float64:
                return TryReal(ref reader, out var real) && Put(tensor, at, real);
            case ElementType.Float16:
                return TryReal(ref reader, out var half) && Fits(half, (double)Half.MaxValue)
                    && Put(tensor, at, (Half)half);
            case ElementType.BFloat16:
                return TryReal(ref reader, out var brain) && Fits(brain, float.MaxValue)
                    && Put(tensor, at, ToBFloat16((float)brain));
            case ElementType.Bool:
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False
                    && Put(tensor, at, reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0);
            default:
                return reader.TokenType == JsonTokenType.Number && TryInteger(ref reader, tensor, at);
        }
    }

    private static bool TryInteger(ref Utf8JsonReader reader, Tensor tensor, int at) => tensor.Type switch
    {
        ElementType.Int64 => reader.TryGetInt64(out var value) && Put(tensor, at, value),
        ElementType.Int32 => reader.TryGetInt32(out var value) && Put(tensor, at, value),
        ElementType.Int16 => reader.TryGetInt16(out var value) && Put(tensor, at, value),
        ElementType.Int8 => reader.TryGetSByte(out var value) && Put(tensor, at, value),
        ElementType.UInt64 => reader.TryGetUInt64(out var value) && Put(tensor, at, value),
        ElementType.UInt32 => reader.TryGetUInt32(out var value) && Put(tensor, at, value),
        ElementType.UInt16 => reader.TryGetUInt16(out var value) && Put(tensor, at, value),
        ElementType.UInt8 => reader.TryGetByte(out var value) && Put(tensor, at, value),
        _ => false,
    };

    private static bool TryReal(ref Utf8JsonReader reader, out double value)
    {
        value = double.NaN;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.Number:
                // A number too large for any double is refused rather than turned into an infinity that nobody sent.
                return reader.TryGetDouble(out value) && double.IsFinite(value);
            case JsonTokenType.String when reader.ValueTextEquals("NaN"u8):
                return true;
            case JsonTokenType.String when reader.ValueTextEquals("Infinity"u8):
                value = double.PositiveInfinity;
                return true;
            case JsonTokenType.String when reader.ValueTextEquals("-Infinity"u8):
                value = double.NegativeInfinity;
                return true;
            default:
                return false;
        }
    }

    private static bool Fits(double value, double max) => !double.IsFinite(value) || Math.Abs(value) <= max;

    private static bool Put<T>(Tensor tensor, int at, T value)
        where T : unmanaged
    {
        tensor.As<T>()[at] = value;
        return true;
    }

    /// <summary>The upper half of the float's bits, rounded to the nearest, ties to even.</summary>
    private static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
