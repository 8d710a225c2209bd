using Fairlead.TestModels;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = Fairlead.TestModels.Tensor;

namespace Fairlead.Inference.Tests.Runtimes.Onnx;

/// <summary>Calls ONNX Runtime directly with the values of an example, and compares what comes back.</summary>
internal static class OnnxCall
{
    private const double Tolerance = 1e-5;

    public static InferenceSession Load(string path)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        return new InferenceSession(path, options);
    }

    public static void ShouldAnswer(this InferenceSession session, Example example)
    {
        using var options = new RunOptions();
        var inputs = example.Inputs.Select(input => ToOrt(input.Value)).ToArray();
        try
        {
            using var outputs = session.Run(
                options,
                [.. example.Inputs.Select(input => input.Name)],
                inputs,
                [.. example.Outputs.Select(output => output.Name)]);
            for (var i = 0; i < outputs.Count; i++)
                ShouldEqual(FromOrt(outputs[i]), example.Outputs[i].Value, example.Outputs[i].Name);
        }
        finally
        {
            foreach (var input in inputs)
                input.Dispose();
        }
    }

    private static OrtValue ToOrt(Value value) => value switch
    {
        Tensor { Data: string[] } tensor => Strings(tensor),
        Tensor tensor => Numbers((dynamic)tensor.Data, tensor.Shape),
        Sequence sequence => OrtValue.CreateSequence(sequence.Items.Select(ToOrt).ToList()),
        Map map => OrtValue.CreateMapWithStringKeys((string[])map.Keys, map.Values),
        _ => throw new NotSupportedException(value.GetType().Name),
    };

    private static OrtValue Numbers<T>(T[] data, long[] shape) where T : unmanaged =>
        OrtValue.CreateTensorValueFromMemory(data, shape);

    private static OrtValue Strings(Tensor tensor)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, tensor.Shape);
        for (var i = 0; i < tensor.Data.Length; i++)
            value.StringTensorSetElementAt((string)tensor.Data.GetValue(i)!, i);

        return value;
    }

    private static Value FromOrt(OrtValue value)
    {
        switch (value.OnnxType)
        {
            case OnnxValueType.ONNX_TYPE_SEQUENCE:
                var items = Enumerable.Range(0, value.GetValueCount()).Select(i => Part(value, i));
                return new Sequence([.. items]);
            case OnnxValueType.ONNX_TYPE_MAP:
                return new Map(((Tensor)Part(value, 0)).Data, (float[])((Tensor)Part(value, 1)).Data);
            default:
                var info = value.GetTensorTypeAndShape();
                return new Tensor(Data(value, info.ElementDataType), info.Shape);
        }
    }

    private static Value Part(OrtValue whole, int index)
    {
        using var part = whole.GetValue(index, OrtAllocator.DefaultInstance);
        return FromOrt(part);
    }

    private static Array Data(OrtValue value, TensorElementType type) => type switch
    {
        TensorElementType.String => value.GetStringTensorAsArray(),
        TensorElementType.Float => value.GetTensorDataAsSpan<float>().ToArray(),
        TensorElementType.Double => value.GetTensorDataAsSpan<double>().ToArray(),
        TensorElementType.Float16 => value.GetTensorDataAsSpan<Float16>().ToArray(),
        TensorElementType.BFloat16 => value.GetTensorDataAsSpan<BFloat16>().ToArray(),
        TensorElementType.UInt8 => value.GetTensorDataAsSpan<byte>().ToArray(),
        TensorElementType.UInt16 => value.GetTensorDataAsSpan<ushort>().ToArray(),
        TensorElementType.UInt32 => value.GetTensorDataAsSpan<uint>().ToArray(),
        TensorElementType.UInt64 => value.GetTensorDataAsSpan<ulong>().ToArray(),
        TensorElementType.Int8 => value.GetTensorDataAsSpan<sbyte>().ToArray(),
        TensorElementType.Int16 => value.GetTensorDataAsSpan<short>().ToArray(),
        TensorElementType.Int32 => value.GetTensorDataAsSpan<int>().ToArray(),
        TensorElementType.Int64 => value.GetTensorDataAsSpan<long>().ToArray(),
        TensorElementType.Bool => value.GetTensorDataAsSpan<bool>().ToArray(),
        _ => throw new NotSupportedException(type.ToString()),
    };

    private static void ShouldEqual(Value actual, Value expected, string name)
    {
        actual.ShouldBeOfType(expected.GetType(), name);
        switch (actual, expected)
        {
            case (Tensor a, Tensor e):
                a.Shape.ShouldBe(e.Shape, name);
                ShouldEqual(a.Data, e.Data, name);
                break;
            case (Sequence a, Sequence e):
                a.Items.Length.ShouldBe(e.Items.Length, name);
                foreach (var (left, right) in a.Items.Zip(e.Items))
                    ShouldEqual(left, right, name);
                break;
            case (Map a, Map e):
                Array.Sort(a.Keys, a.Values);
                var keys = (Array)e.Keys.Clone();
                var values = (float[])e.Values.Clone();
                Array.Sort(keys, values);
                ShouldEqual(a.Keys, keys, name);
                ShouldEqual(a.Values, values, name);
                break;
        }
    }

    private static void ShouldEqual(Array actual, Array expected, string name)
    {
        actual.GetType().ShouldBe(expected.GetType(), name);
        if (actual is not float[] floats)
        {
            actual.ShouldBe(expected, name);
            return;
        }

        foreach (var (a, e) in floats.Zip((float[])expected).Where(pair => !pair.First.Equals(pair.Second)))
            ((double)a).ShouldBe(e, Tolerance * Math.Max(1, Math.Abs(e)), name);
    }
}
