using System.Diagnostics;
using System.Globalization;
using Fairlead.Inference.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Peers;

/// <summary>
/// What the model alone costs: ONNX Runtime in process, through its ordinary C# calls with fresh tensors for every run.
/// </summary>
internal static class BareOnnx
{
    public static int Run(string model, int rows, double seconds)
    {
        _ = OnnxEnvironment.Plan;
        using var options = new SessionOptions { IntraOpNumThreads = 1, EnableCpuMemArena = false };
        using var session = new InferenceSession(model, options);
        for (var i = 0; i < 2000; i++)
            RunOnce(session, rows);

        var clock = Stopwatch.StartNew();
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        long runs = 0;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            RunOnce(session, rows);
            runs++;
        }

        var spent = Process.GetCurrentProcess().TotalProcessorTime - processor;
        Console.WriteLine((spent.TotalMicroseconds / runs).ToString("0.000", CultureInfo.InvariantCulture));
        return 0;
    }

    private static void RunOnce(InferenceSession session, int rows)
    {
        var inputs = new Dictionary<string, OrtValue>();
        foreach (var (name, node) in session.InputMetadata)
            inputs.Add(name, Make(node, rows));
        using var run = new RunOptions();
        using var outputs = session.Run(run, inputs, session.OutputNames);
        foreach (var output in outputs)
        {
            if (output.GetTensorTypeAndShape().ElementDataType == TensorElementType.String)
                _ = output.GetStringTensorAsArray();
        }

        foreach (var value in inputs.Values)
            value.Dispose();
    }

    private static OrtValue Make(NodeMetadata node, int rows)
    {
        var shape = Array.ConvertAll(node.Dimensions, dimension => dimension < 0 ? (long)rows : dimension);
        var count = shape.Aggregate(1L, (product, dimension) => product * dimension);
        if (!node.IsString)
        {
            var values = new float[count];
            Array.Fill(values, 30f);
            return OrtValue.CreateTensorValueFromMemory(values, shape);
        }

        var strings = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (var i = 0; i < count; i++)
            strings.StringTensorSetElementAt("rent".AsSpan(), i);
        return strings;
    }
}
