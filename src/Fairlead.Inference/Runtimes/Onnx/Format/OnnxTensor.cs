using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Fairlead.Inference.Runtimes.Onnx.Format;

/// <summary>Makes tensors. Without dimensions a tensor is a scalar.</summary>
public static class OnnxTensor
{
    public static TensorProto Create<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> dims)
        where T : unmanaged =>
        CreateRaw(name, ElementTypeOf<T>(), MemoryMarshal.AsBytes(values), dims);

    /// <summary>A tensor of a type that .NET has no type for, from its little-endian bytes.</summary>
    public static TensorProto CreateRaw(
        string name, ElementType type, ReadOnlySpan<byte> bytes, params ReadOnlySpan<long> dims)
    {
        CheckLength(name, BitsOf(type), bytes.Length, dims);
        var tensor = new TensorProto { Name = name, DataType = type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.Add(dims.ToArray());
        return tensor;
    }

    public static TensorProto CreateStrings(
        string name, ReadOnlySpan<string> values, params ReadOnlySpan<long> dims)
    {
        if (CountOf(dims) != values.Length)
            throw new ArgumentException($"Tensor '{name}' has {values.Length} strings for {CountOf(dims)} places.");

        var tensor = new TensorProto { Name = name, DataType = ElementType.String };
        tensor.Dims.Add(dims.ToArray());
        foreach (var value in values)
            tensor.StringData.Add(ByteString.CopyFromUtf8(value));

        return tensor;
    }

    public static ElementType ElementTypeOf<T>() where T : unmanaged =>
        default(T) switch
        {
            float => ElementType.Float,
            double => ElementType.Double,
            Half => ElementType.Float16,
            byte => ElementType.Uint8,
            ushort => ElementType.Uint16,
            uint => ElementType.Uint32,
            ulong => ElementType.Uint64,
            sbyte => ElementType.Int8,
            short => ElementType.Int16,
            int => ElementType.Int32,
            long => ElementType.Int64,
            bool => ElementType.Bool,
            _ => throw new NotSupportedException($"ONNX has no element type for {typeof(T)}."),
        };

    private static int BitsOf(ElementType type) => type switch
    {
        ElementType.Uint4 or ElementType.Int4 or ElementType.Float4E2M1 => 4,
        ElementType.Uint8 or ElementType.Int8 or ElementType.Bool or ElementType.Float8E4M3Fn
            or ElementType.Float8E4M3Fnuz or ElementType.Float8E5M2 or ElementType.Float8E5M2Fnuz => 8,
        ElementType.Uint16 or ElementType.Int16 or ElementType.Float16 or ElementType.Bfloat16 => 16,
        ElementType.Uint32 or ElementType.Int32 or ElementType.Float => 32,
        ElementType.Uint64 or ElementType.Int64 or ElementType.Double or ElementType.Complex64 => 64,
        ElementType.Complex128 => 128,
        _ => throw new ArgumentException($"Element type {type} has no raw bytes."),
    };

    private static void CheckLength(string name, int bits, long actual, ReadOnlySpan<long> dims)
    {
        var expected = checked((CountOf(dims) * bits) + 7) / 8;
        if (expected != actual)
            throw new ArgumentException($"Tensor '{name}' has {actual} bytes where its shape needs {expected}.");
    }

    private static long CountOf(ReadOnlySpan<long> dims)
    {
        var count = 1L;
        foreach (var dim in dims)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dim);
            count = checked(count * dim);
        }

        return count;
    }
}
