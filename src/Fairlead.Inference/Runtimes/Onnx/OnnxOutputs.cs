using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Inference.Runtimes.Onnx;

/// <summary>
/// Copies what a session answered into tensors of ours; sequences and maps become the tensors that the signature
/// promises.
/// </summary>
internal static class OnnxOutputs
{
    public static void Read(IReadOnlyList<OrtValue> values, Signature signature, TensorSet outputs)
    {
        outputs.Resize(signature.Outputs.Length);
        var next = 0;
        foreach (var value in values)
        {
            switch (signature.Outputs[next].Kind)
            {
                case ValueKind.MapScores:
                    ReadMaps(value, signature.Outputs[next], outputs[next], outputs[next + 1]);
                    if (outputs[next].Shape[0] == 0)
                        outputs[next + 1].Reset(signature.Outputs[next + 1].Type, [0]);
                    next += 2;
                    break;
                case ValueKind.SequenceItems:
                    ReadSequence(value, signature.Outputs[next], outputs[next], outputs[next + 1]);
                    next += 2;
                    break;
                default:
                    ReadTensor(value, outputs[next++]);
                    break;
            }
        }
    }

    private static void ReadTensor(OrtValue value, Tensor to)
    {
        if (value.OnnxType != OnnxValueType.ONNX_TYPE_TENSOR)
        {
            to.Clear();
            return;
        }

        var info = value.GetTensorTypeAndShape();
        var type = OnnxTypes.From(info.ElementDataType)
            ?? throw new ModelRunException(
                $"The model answered with elements of type {info.ElementDataType}.", callersFault: false);
        to.Reset(type, info.Shape);
        if (type != ElementType.String)
        {
            value.GetTensorMutableRawData()[..to.Bytes.Length].CopyTo(to.Bytes);
            return;
        }

        for (var i = 0; i < to.ElementCount; i++)
            to.AddString(value.GetStringElementAsSpan(i));
    }

    private static void ReadMaps(OrtValue value, TensorSpec spec, Tensor scores, Tensor keys)
    {
        var rows = value.GetValueCount();
        using var rowKeys = TensorSet.Rent(2);
        var width = 0;
        for (var row = 0; row < rows; row++)
        {
            using var map = value.GetValue(row, OrtAllocator.DefaultInstance);
            using var mapKeys = map.GetValue(0, OrtAllocator.DefaultInstance);
            using var mapValues = map.GetValue(1, OrtAllocator.DefaultInstance);
            ReadTensor(mapKeys, row == 0 ? keys : rowKeys[0]);
            ReadTensor(mapValues, rowKeys[1]);
            if (row == 0)
            {
                width = keys.ElementCount;
                scores.Reset(spec.Type, [rows, width]);
            }
            else if (!SameElements(keys, rowKeys[0]))
            {
                throw new ModelRunException(
                    $"The model's output '{spec.Name}' has other class labels in row {row} than in row 0.",
                    callersFault: false);
            }

            rowKeys[1].Bytes.CopyTo(scores.Bytes[(row * width * spec.Type.Size())..]);
        }

        if (rows == 0)
            scores.Reset(spec.Type, [0, 0]);
    }

    private static void ReadSequence(OrtValue value, TensorSpec spec, Tensor items, Tensor lengths)
    {
        var count = value.GetValueCount();
        using var parts = TensorSet.Rent(Math.Max(count, 1));
        lengths.Reset(ElementType.Int64, [count]);
        long total = 0;
        for (var i = 0; i < count; i++)
        {
            using var item = value.GetValue(i, OrtAllocator.DefaultInstance);
            ReadTensor(item, parts[i]);
            var length = parts[i].Rank == 0 ? 1 : parts[i].Shape[0];
            lengths.As<long>()[i] = length;
            total += length;
            if (i > 0 && !SameInner(parts[0], parts[i]))
            {
                throw new ModelRunException(
                    $"The items of the model's output '{spec.Name}' differ in more than their first dimension.",
                    callersFault: false);
            }
        }

        // An empty sequence has no item that would show the shape; then the signature does.
        Span<long> shape = stackalloc long[Tensor.MaxRank];
        var rank = Math.Max(count > 0 ? parts[0].Rank : spec.Shape.Length, 1);
        for (var d = 1; d < rank; d++)
            shape[d] = count > 0 ? parts[0].Shape[d] : Math.Max(0, spec.Shape[d]);
        shape[0] = total;
        items.Reset(spec.Type, shape[..rank]);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (spec.Type == ElementType.String)
            {
                items.PutRows(parts[i], 0);
                continue;
            }

            parts[i].Bytes.CopyTo(items.Bytes[at..]);
            at += parts[i].Bytes.Length;
        }
    }

    private static bool SameInner(Tensor a, Tensor b) =>
        a.Rank == b.Rank && (a.Rank < 2 || a.Shape[1..].SequenceEqual(b.Shape[1..]));

    private static bool SameElements(Tensor a, Tensor b)
    {
        if (a.Type != b.Type || a.ElementCount != b.ElementCount)
            return false;
        if (a.Type != ElementType.String)
            return a.Bytes.SequenceEqual(b.Bytes);

        for (var i = 0; i < a.ElementCount; i++)
        {
            if (!a.StringAt(i).SequenceEqual(b.StringAt(i)))
                return false;
        }

        return true;
    }
}
