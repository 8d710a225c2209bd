using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Fairlead.Client.OpenInference;
using Fairlead.Inference.Runtimes.Onnx.Format;
using Google.Protobuf;

namespace Fairlead.Peers;

/// <summary>Writes the requests of the comparison into files, and the image model that some of them are for.</summary>
internal static class Payloads
{
    private const int Side = 112;
    private const string Row =
        "{\"Seniority\":9,\"Home\":\"rent\",\"Time\":60,\"Age\":30,\"Marital\":\"married\",\"Records\":\"no\","
        + "\"Job\":\"freelance\",\"Expenses\":73,\"Income\":129,\"Assets\":0,\"Debt\":0,\"Amount\":800,\"Price\":846}";

    private static readonly float[] Image = [.. Enumerable.Range(0, 3 * Side * Side).Select(i => i % 251 / 250f)];

    public static int Write(string folder)
    {
        Directory.CreateDirectory(folder);
        WriteImageModel(Path.Combine(folder, "image.onnx"));
        File.WriteAllText(Path.Combine(folder, "row.json"), $"{{\"rows\":[{Row}]}}");
        File.WriteAllText(Path.Combine(folder, "rows64.json"),
            $"{{\"rows\":[{string.Join(',', Enumerable.Repeat(Row, 64))}]}}");
        WriteImageBinary(folder);
        WriteImageGrpc(folder);
        return 0;
    }

    /// <summary>
    /// Average pooling and one dense layer: a real image input at a price that leaves the door's share visible.
    /// </summary>
    private static void WriteImageModel(string path)
    {
        var model = new OnnxModelBuilder("image");
        var graph = model.Graph;
        graph.Input("image", ElementType.Float, "rows", 3, Side, Side);
        graph.Output("scores", ElementType.Float, "rows", 10);
        var weights = graph.Initializer("weights", [.. Enumerable.Range(0, 30).Select(i => (i % 7) - 3f)], 3, 10);
        var pooled = graph.Node("GlobalAveragePool", ["image"], "pooled");
        var flat = graph.Node("Flatten", [pooled], "flat");
        graph.Node("MatMul", [flat, weights], "scores");
        model.Save(path);
    }

    private static void WriteImageBinary(string folder)
    {
        var bytes = MemoryMarshal.AsBytes<float>(Image).ToArray();
        var header = Encoding.UTF8.GetBytes(
            $"{{\"inputs\":[{{\"name\":\"image\",\"shape\":[1,3,{Side},{Side}],\"datatype\":\"FP32\","
            + $"\"parameters\":{{\"binary_data_size\":{bytes.Length}}}}}],"
            + "\"parameters\":{\"binary_data_output\":true}}");
        File.WriteAllBytes(Path.Combine(folder, "image.bin"), [.. header, .. bytes]);
        File.WriteAllText(Path.Combine(folder, "image.bin.header"), header.Length.ToString());
    }

    private static void WriteImageGrpc(string folder)
    {
        var request = new ModelInferRequest { ModelName = "image" };
        var input = new ModelInferRequest.Types.InferInputTensor { Name = "image", Datatype = "FP32" };
        input.Shape.AddRange([1, 3, Side, Side]);
        request.Inputs.Add(input);
        request.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(Image)));
        var message = request.ToByteArray();
        var framed = new byte[message.Length + 5];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed.AsSpan(5));
        File.WriteAllBytes(Path.Combine(folder, "image.grpc"), framed);
    }
}
