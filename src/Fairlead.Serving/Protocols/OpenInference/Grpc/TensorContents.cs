using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fairlead.Client.OpenInference;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Google.Protobuf.Collections;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>
/// Reads one input of a request into a tensor. Lengths are compared before memory is taken, so that a large shape alone
/// takes none.
/// </summary>
internal static class TensorContents
{
    /// <summary>Reads the input at <paramref name="index"/>; throws <see cref="RequestException"/>.</summary>
    public static void Read(ModelInferRequest request, int index, RequestLimits limits, Tensor tensor)
    {
        var input = request.Inputs[index];
        if (!ElementTypes.TryParse(input.Datatype, out var type))
            throw Wrong(input, $"has the unknown datatype {InferFailure.Quoted(input.Datatype)}");

        Span<long> shape = stackalloc long[Tensor.MaxRank];
        var count = CheckShape(input, shape, limits);
        shape = shape[..input.Shape.Count];
        if (request.RawInputContents.Count > 0)
            ReadRaw(input, request.RawInputContents[index].Span, type, shape, count, tensor);
        else
            ReadTyped(input, type, shape, count, tensor);
    }

    private static int CheckShape(ModelInferRequest.Types.InferInputTensor input, Span<long> shape,
        RequestLimits limits)
    {
        if (input.Shape.Count > Tensor.MaxRank)
            throw Wrong(input, $"has {input.Shape.Count} dimensions, at most {Tensor.MaxRank} are taken");

        for (var d = 0; d < input.Shape.Count; d++)
            shape[d] = input.Shape[d];
        shape = shape[..input.Shape.Count];
        if (shape.ContainsAnyInRange(long.MinValue, -1))
            throw Wrong(input, $"has a negative dimension in its shape [{string.Join(',', input.Shape)}]");
        if (!Tensor.TryCount(shape, out var count) || count > limits.MaxElements)
        {
            throw new RequestException(PredictFailure.TooLarge,
                $"The input {InferFailure.Quoted(input.Name)} has more than the {limits.MaxElements} elements that are "
                + $"allowed: its shape is [{string.Join(',', input.Shape)}].");
        }

        return count;
    }

    private static void ReadRaw(
        ModelInferRequest.Types.InferInputTensor input, ReadOnlySpan<byte> raw, ElementType type,
        ReadOnlySpan<long> shape, int count, Tensor tensor)
    {
        if (type == ElementType.String)
        {
            ReadRawStrings(input, raw, shape, count, tensor);
            return;
        }

        if (raw.Length != (long)count * type.Size())
        {
            throw Wrong(input, $"has {raw.Length} raw bytes, its shape [{string.Join(',', input.Shape)}] of "
                + $"{input.Datatype} takes {(long)count * type.Size()}");
        }

        // A model reads a bool of any other value as it likes.
        if (type == ElementType.Bool && raw.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw Wrong(input, "has a BOOL that is neither 0 nor 1");
        tensor.Reset(type, shape);
        raw.CopyTo(tensor.Bytes);
    }

    private static void ReadRawStrings(
        ModelInferRequest.Types.InferInputTensor input, ReadOnlySpan<byte> raw, ReadOnlySpan<long> shape, int count,
        Tensor tensor)
    {
        if (raw.Length < (long)count * sizeof(uint))
            throw Wrong(input, $"has {raw.Length} raw bytes, too few for {count} elements with their lengths");

        tensor.Reset(ElementType.String, shape);
        for (var i = 0; i < count; i++)
        {
            if (raw.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(raw) > raw.Length - sizeof(uint))
                throw Wrong(input, $"ends within element {i} of {count}");
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(raw);
            tensor.AddString(raw.Slice(sizeof(uint), length));
            raw = raw[(sizeof(uint) + length)..];
        }

        if (!raw.IsEmpty)
            throw Wrong(input, $"has {raw.Length} raw bytes behind its {count} elements");
    }

    private static void ReadTyped(
        ModelInferRequest.Types.InferInputTensor input, ElementType type, ReadOnlySpan<long> shape, int count,
        Tensor tensor)
    {
        var contents = input.Contents;
        if (type is ElementType.Float16 or ElementType.BFloat16)
            throw Wrong(input, $"has the datatype {input.Datatype}, which is taken in raw_input_contents only");
        if (contents is null && count > 0)
            throw Wrong(input, "has no contents");

        var given = contents is null ? 0 : CountOf(contents, type);
        if (given != count)
        {
            throw Wrong(input, $"has {given} elements in {ListOf(type)}, its shape [{string.Join(',', input.Shape)}] "
                + $"takes {count}");
        }

        if (contents is not null && CountOfAll(contents) != given)
            throw Wrong(input, $"has elements outside {ListOf(type)}, the list of {input.Datatype}");
        tensor.Reset(type, shape);
        if (count > 0)
            Copy(input, contents!, type, tensor);
    }

    private static void Copy(
        ModelInferRequest.Types.InferInputTensor input, InferTensorContents contents, ElementType type, Tensor tensor)
    {
        switch (type)
        {
            case ElementType.Bool:
                Copy(contents.BoolContents, MemoryMarshal.Cast<byte, bool>(tensor.Bytes));
                break;
            case ElementType.Int8:
                Narrow(input, contents.IntContents, tensor.As<sbyte>());
                break;
            case ElementType.Int16:
                Narrow(input, contents.IntContents, tensor.As<short>());
                break;
            case ElementType.Int32:
                Copy(contents.IntContents, tensor.As<int>());
                break;
            case ElementType.Int64:
                Copy(contents.Int64Contents, tensor.As<long>());
                break;
            case ElementType.UInt8:
                Narrow(input, contents.UintContents, tensor.As<byte>());
                break;
            case ElementType.UInt16:
                Narrow(input, contents.UintContents, tensor.As<ushort>());
                break;
            case ElementType.UInt32:
                Copy(contents.UintContents, tensor.As<uint>());
                break;
            case ElementType.UInt64:
                Copy(contents.Uint64Contents, tensor.As<ulong>());
                break;
            case ElementType.Float32:
                Copy(contents.Fp32Contents, tensor.As<float>());
                break;
            case ElementType.Float64:
                Copy(contents.Fp64Contents, tensor.As<double>());
                break;
            default:
                foreach (var element in contents.BytesContents)
                    tensor.AddString(element.Span);
                break;
        }
    }

    private static void Copy<T>(RepeatedField<T> from, Span<T> to)
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = from[i];
    }

    private static void Narrow<TWide, TNarrow>(
        ModelInferRequest.Types.InferInputTensor input, RepeatedField<TWide> from, Span<TNarrow> to)
        where TWide : System.Numerics.INumber<TWide>
        where TNarrow : unmanaged, System.Numerics.INumber<TNarrow>
    {
        for (var i = 0; i < to.Length; i++)
        {
            var narrow = TNarrow.CreateTruncating(from[i]);
            if (TWide.CreateTruncating(narrow) != from[i])
                throw Wrong(input, $"has {from[i]} as element {i}, which is no {input.Datatype}");
            to[i] = narrow;
        }
    }

    private static int CountOf(InferTensorContents contents, ElementType type) => type switch
    {
        ElementType.Bool => contents.BoolContents.Count,
        ElementType.Int8 or ElementType.Int16 or ElementType.Int32 => contents.IntContents.Count,
        ElementType.Int64 => contents.Int64Contents.Count,
        ElementType.UInt8 or ElementType.UInt16 or ElementType.UInt32 => contents.UintContents.Count,
        ElementType.UInt64 => contents.Uint64Contents.Count,
        ElementType.Float32 => contents.Fp32Contents.Count,
        ElementType.Float64 => contents.Fp64Contents.Count,
        _ => contents.BytesContents.Count,
    };

    private static long CountOfAll(InferTensorContents contents) =>
        0L + contents.BoolContents.Count + contents.IntContents.Count + contents.Int64Contents.Count
        + contents.UintContents.Count + contents.Uint64Contents.Count + contents.Fp32Contents.Count
        + contents.Fp64Contents.Count + contents.BytesContents.Count;

    private static string ListOf(ElementType type) => type switch
    {
        ElementType.Bool => "bool_contents",
        ElementType.Int8 or ElementType.Int16 or ElementType.Int32 => "int_contents",
        ElementType.Int64 => "int64_contents",
        ElementType.UInt8 or ElementType.UInt16 or ElementType.UInt32 => "uint_contents",
        ElementType.UInt64 => "uint64_contents",
        ElementType.Float32 => "fp32_contents",
        ElementType.Float64 => "fp64_contents",
        _ => "bytes_contents",
    };

    private static RequestException Wrong(ModelInferRequest.Types.InferInputTensor input, string what) =>
        new(PredictFailure.InvalidInput, $"The input {InferFailure.Quoted(input.Name)} {what}.");
}
