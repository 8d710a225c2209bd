using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.Fuzz.Targets;

/// <summary>Model files as they are uploaded, before the runtime sees them.</summary>
internal sealed class OnnxModels : IFuzzTarget
{
    public static string Name => "onnx-file";

    public static IEnumerable<Type> Covers => [typeof(OnnxFile)];

    public static IEnumerable<byte[]> Seeds => [Model()];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        try
        {
            using var stream = new MemoryStream(data.ToArray());
            OnnxFile.Read(stream, "model.onnx");
        }
        catch (InvalidDataException)
        {
            // It says by name which file is no model.
        }
    }

    private static byte[] Model()
    {
        var model = new OnnxModelBuilder("small");
        var graph = model.Graph.Input("x", ElementType.Float, "N", 2).Output("y", ElementType.Float, "N", 2);
        graph.Node("Add", ["x", graph.Initializer("b", [1f, 2f], 2)], "y");
        return model.ToArray();
    }
}
