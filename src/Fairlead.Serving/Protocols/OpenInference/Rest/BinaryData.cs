using System.Buffers;
using System.Buffers.Binary;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>
/// Tensors as bytes behind the JSON: numbers in little-endian order, each string behind its length in four bytes.
/// </summary>
internal static class BinaryData
{
    private const int Prefix = sizeof(uint);

    /// <summary>Fills a tensor. Throws <see cref="RequestException"/> when the bytes do not fit the shape.</summary>
    public static void Read(
        string name, ElementType type, ReadOnlySpan<long> shape, ReadOnlySpan<byte> data, Tensor tensor)
    {
        Tensor.TryCount(shape, out var count);
        var needed = (long)count * (type == ElementType.String ? Prefix : type.Size());
        if (type == ElementType.String ? data.Length < needed : data.Length != needed)
            throw WrongSize(name, type, shape, data.Length, needed);

        tensor.Reset(type, shape);
        if (type == ElementType.String)
        {
            ReadStrings(name, count, data, tensor);
            return;
        }

        data.CopyTo(tensor.Bytes);
        if (type == ElementType.Bool)
            Normalise(tensor.Bytes);
    }

    /// <summary>Bytes of a tensor on the wire.</summary>
    public static long SizeOf(Tensor tensor) =>
        tensor.Bytes.Length + (tensor.Type == ElementType.String ? (long)Prefix * tensor.StringCount : 0);

    public static void Write(Tensor tensor, IBufferWriter<byte> body)
    {
        if (tensor.Type != ElementType.String)
        {
            body.Write(tensor.Bytes);
            return;
        }

        for (var i = 0; i < tensor.StringCount; i++)
        {
            var text = tensor.StringAt(i);
            BinaryPrimitives.WriteUInt32LittleEndian(body.GetSpan(Prefix), (uint)text.Length);
            body.Advance(Prefix);
            body.Write(text);
        }
    }

    private static void ReadStrings(string name, int count, ReadOnlySpan<byte> data, Tensor tensor)
    {
        for (var i = 0; i < count; i++)
        {
            if (data.Length < Prefix || BinaryPrimitives.ReadUInt32LittleEndian(data) > data.Length - Prefix)
                throw Broken($"The binary data of the input '{name}' ends within its string {i} of {count}.");
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(data);
            tensor.AddString(data.Slice(Prefix, length));
            data = data[(Prefix + length)..];
        }

        if (!data.IsEmpty)
            throw Broken($"The binary data of the input '{name}' goes on {data.Length} bytes behind its last string.");
    }

    /// <summary>Any byte but 0 is true on the wire; a model may count on 1.</summary>
    private static void Normalise(Span<byte> flags)
    {
        foreach (ref var flag in flags)
            flag = Math.Min(flag, (byte)1);
    }

    private static RequestException WrongSize(
        string name, ElementType type, ReadOnlySpan<long> shape, int size, long needed)
    {
        var least = type == ElementType.String ? "at least " : "";
        return Broken(
            $"The binary data of the input '{name}' has {size} bytes; the shape [{string.Join(',', shape.ToArray())}] "
            + $"of {type.WireName()} takes {least}{needed}.");
    }

    private static RequestException Broken(string message) => new(PredictFailure.InvalidInput, message);
}
