using System.Runtime.InteropServices;
using System.Text;
using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;
using Fairlead.TestModels;
using Microsoft.ML.OnnxRuntime;
using Example = Fairlead.TestModels.Example;
using TestTensor = Fairlead.TestModels.Tensor;

namespace Fairlead.Inference.Tests.Runtimes.Onnx;

/// <summary>Puts the values of the catalogue into our tensors, and compares what comes back.</summary>
internal static class ModelCall
{
    private const double Tolerance = 1e-5;

    public static async Task ShouldAnswerAsync(this IModelRuntime runtime, Example example)
    {
        using var inputs = Inputs(runtime.Signature, example);
        using var outputs = TensorSet.Rent(0);
        await runtime.RunAsync(inputs, outputs, new RunControl());
        ShouldEqual(runtime.Signature, outputs, example);
    }

    public static TensorSet Inputs(Signature signature, Example example)
    {
        var set = TensorSet.Rent(signature.Inputs.Length);
        foreach (var (name, value) in example.Inputs)
        {
            var index = signature.Inputs.Select(input => input.Name).ToList().IndexOf(name);
            index.ShouldBeGreaterThanOrEqualTo(0, name);
            Put(set[index], (TestTensor)value);
        }

        return set;
    }

    public static void Put<T>(this Inference.Tensors.Tensor tensor, T[] data, params long[] shape) =>
        Put(tensor, TestTensor.Of(data, shape));

    public static void Put(Inference.Tensors.Tensor tensor, TestTensor value)
    {
        tensor.Reset(TypeOf(value.Data), value.Shape);
        if (value.Data is string[] strings)
        {
            foreach (var text in strings)
                tensor.AddString(Encoding.UTF8.GetBytes(text));
            return;
        }

        Bytes(value.Data).CopyTo(tensor.Bytes);
    }

    public static void ShouldEqual(Signature signature, TensorSet outputs, Example example)
    {
        outputs.Count.ShouldBe(signature.Outputs.Length);
        for (var i = 0; i < outputs.Count; i++)
        {
            var spec = signature.Outputs[i];
            outputs[i].Present.ShouldBeTrue(spec.Name);
            outputs[i].Type.ShouldBe(spec.Type, spec.Name);
            Fits(outputs[i].Shape, spec.Shape.AsSpan()).ShouldBeTrue(spec.Name);
            if (spec.Kind is ValueKind.MapKeys or ValueKind.SequenceLengths)
                continue;

            var expected = example.Outputs.Single(output => output.Name == spec.Name).Value;
            switch (spec.Kind)
            {
                case ValueKind.MapScores:
                    ShouldEqualMaps(outputs[i], outputs[i + 1], (Sequence)expected);
                    break;
                case ValueKind.SequenceItems:
                    ShouldEqualSequence(outputs[i], outputs[i + 1], (Sequence)expected);
                    break;
                default:
                    var tensor = (TestTensor)expected;
                    outputs[i].Shape.ToArray().ShouldBe(tensor.Shape, spec.Name);
                    ShouldEqual(outputs[i], tensor.Data, spec.Name);
                    break;
            }
        }
    }

    private static bool Fits(ReadOnlySpan<long> shape, ReadOnlySpan<long> spec)
    {
        var fits = shape.Length == spec.Length;
        for (var i = 0; fits && i < shape.Length; i++)
            fits = spec[i] < 0 || spec[i] == shape[i];
        return fits;
    }

    private static void ShouldEqualMaps(
        Inference.Tensors.Tensor scores, Inference.Tensors.Tensor keys, Sequence expected)
    {
        var labels = Enumerable.Range(0, keys.ElementCount)
            .Select(i => keys.Type == ElementType.String
                ? Encoding.UTF8.GetString(keys.StringAt(i))
                : (object)keys.As<long>()[i])
            .ToList();
        scores.Shape.ToArray().ShouldBe([expected.Items.Length, labels.Count]);
        for (var row = 0; row < expected.Items.Length; row++)
        {
            var map = (Map)expected.Items[row];
            map.Keys.Length.ShouldBe(labels.Count);
            for (var i = 0; i < map.Values.Length; i++)
            {
                var column = labels.IndexOf(map.Keys.GetValue(i)!);
                column.ShouldBeGreaterThanOrEqualTo(0);
                ((double)scores.As<float>()[(row * labels.Count) + column]).ShouldBe(map.Values[i], Tolerance);
            }
        }
    }

    private static void ShouldEqualSequence(
        Inference.Tensors.Tensor items, Inference.Tensors.Tensor lengths, Sequence expected)
    {
        var parts = expected.Items.Cast<TestTensor>().ToList();
        lengths.As<long>().ToArray().ShouldBe(parts.Select(part => part.Shape[0]));
        items.As<float>().ToArray().ShouldBe(parts.SelectMany(part => (float[])part.Data));
    }

    private static void ShouldEqual(Inference.Tensors.Tensor tensor, Array expected, string name)
    {
        tensor.Type.ShouldBe(TypeOf(expected), name);
        switch (expected)
        {
            case string[] strings:
                Enumerable.Range(0, tensor.StringCount).Select(i => Encoding.UTF8.GetString(tensor.StringAt(i)))
                    .ShouldBe(strings, name);
                break;
            case float[] floats:
                tensor.ElementCount.ShouldBe(floats.Length, name);
                for (var i = 0; i < floats.Length; i++)
                {
                    var actual = tensor.As<float>()[i];
                    if (!actual.Equals(floats[i]))
                        ((double)actual).ShouldBe(floats[i], Tolerance * Math.Max(1, Math.Abs(floats[i])), name);
                }

                break;
            default:
                tensor.Bytes.ToArray().ShouldBe(Bytes(expected).ToArray(), name);
                break;
        }
    }

    private static ElementType TypeOf(Array data) => data switch
    {
        string[] => ElementType.String,
        bool[] => ElementType.Bool,
        float[] => ElementType.Float32,
        double[] => ElementType.Float64,
        Float16[] => ElementType.Float16,
        BFloat16[] => ElementType.BFloat16,
        _ => Enum.Parse<ElementType>(
            data.GetType().GetElementType()!.Name.Replace("SByte", "Int8").Replace("Byte", "UInt8")),
    };

    private static ReadOnlySpan<byte> Bytes(Array data)
    {
        switch (data)
        {
            case Float16[] halves:
                return MemoryMarshal.AsBytes(halves.AsSpan());
            case BFloat16[] bfloats:
                return MemoryMarshal.AsBytes(bfloats.AsSpan());
            default:
                var bytes = new byte[Buffer.ByteLength(data)];
                Buffer.BlockCopy(data, 0, bytes, 0, bytes.Length);
                return bytes;
        }
    }
}
