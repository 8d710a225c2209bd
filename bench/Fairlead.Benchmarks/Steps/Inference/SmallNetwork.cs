using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.Benchmarks.Steps.Inference;

/// <summary>A network of two small layers, 16 numbers in and 3 out, written anew for each run.</summary>
internal static class SmallNetwork
{
    public const int Inputs = 16;

    public static OnnxModel Load()
    {
        var builder = new OnnxModelBuilder("small_network");
        var graph = builder.Graph.Input("x", ElementType.Float, "N", Inputs).Output("y", ElementType.Float, "N", 3);
        var hidden = graph.Node("MatMul", ["x", graph.Initializer("first", Weights(Inputs * 32), Inputs, 32)]);
        graph.Node("MatMul", [graph.Node("Relu", [hidden]), graph.Initializer("second", Weights(32 * 3), 32, 3)], "y");

        var folder = Directory.CreateTempSubdirectory("fairlead-bench-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.onnx");
            builder.Save(path);
            return OnnxModel.Load(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(i => ((i % 7) - 3) / 8f)];
}
