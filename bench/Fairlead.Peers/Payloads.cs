using System.Buffers.Binary;
using System.Globalization;
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

    private static readonly (string Field, object Value)[] Applicant =
    [
        ("Seniority", 9f), ("Home", "rent"), ("Time", 60f), ("Age", 30f), ("Marital", "married"), ("Records", "no"),
        ("Job", "freelance"), ("Expenses", 73f), ("Income", 129f), ("Assets", 0f), ("Debt", 0f), ("Amount", 800f),
        ("Price", 846f),
    ];

    private static readonly float[] Image = [.. Enumerable.Range(0, 3 * Side * Side).Select(i => i % 251 / 250f)];

    /// <summary>
    /// Writes <c>NAME.json</c> (our own JSON), <c>NAME.bin</c> (Open Inference Protocol with binary data, the length of
    /// its JSON in <c>NAME.bin.header</c>) and <c>NAME.grpc</c> (a framed message) for one row, 64 rows and a
    /// picture, whose bare bytes go into <c>image.raw</c> and whose JSON is the Open Inference Protocol's.
    /// </summary>
    public static int Write(string folder)
    {
        Directory.CreateDirectory(folder);
        WriteImageModel(Path.Combine(folder, "image.onnx"));
        WriteRows(folder, "row", 1);
        WriteRows(folder, "rows64", 64);
        Input[] image = [new("image", "FP32", [1, 3, Side, Side], MemoryMarshal.AsBytes<float>(Image).ToArray())];
        File.WriteAllBytes(Path.Combine(folder, "image.raw"), image[0].Raw);
        WriteBinary(folder, "image", image);
        WriteJson(folder, "image", Image, image[0]);
        WriteGrpc(folder, "image", "image", image);
        return 0;
    }

    private static void WriteRows(string folder, string name, int rows)
    {
        var row = string.Join(',', Applicant.Select(pair => $"\"{pair.Field}\":" + pair.Value switch
        {
            string text => $"\"{text}\"",
            var number => string.Create(CultureInfo.InvariantCulture, $"{number}"),
        }));
        File.WriteAllText(Path.Combine(folder, name + ".json"),
            $"{{\"rows\":[{string.Join(',', Enumerable.Repeat($"{{{row}}}", rows))}]}}");
        Input[] inputs = [.. Applicant.Select(pair => new Input(
            pair.Field, pair.Value is string ? "BYTES" : "FP32", [rows, 1],
            [.. Enumerable.Repeat(Raw(pair.Value), rows).SelectMany(raw => raw)]))];
        WriteBinary(folder, name, inputs);
        WriteGrpc(folder, name, "credit", inputs);
    }

    /// <summary>A string carries its length before it, a number is its four bytes; both little-endian.</summary>
    private static byte[] Raw(object value)
    {
        var raw = value is string text ? Encoding.UTF8.GetBytes("0000" + text) : new byte[sizeof(float)];
        if (value is float number)
            BinaryPrimitives.WriteSingleLittleEndian(raw, number);
        else
            BinaryPrimitives.WriteInt32LittleEndian(raw, raw.Length - sizeof(int));
        return raw;
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

    private static void WriteBinary(string folder, string name, Input[] inputs)
    {
        var parts = inputs.Select(input =>
            $"{{\"name\":\"{input.Name}\",\"shape\":[{string.Join(',', input.Shape)}],"
            + $"\"datatype\":\"{input.Type}\",\"parameters\":{{\"binary_data_size\":{input.Raw.Length}}}}}");
        var json = Encoding.UTF8.GetBytes(
            $"{{\"inputs\":[{string.Join(',', parts)}],\"parameters\":{{\"binary_data_output\":true}}}}");
        File.WriteAllBytes(Path.Combine(folder, name + ".bin"), [.. json, .. inputs.SelectMany(input => input.Raw)]);
        File.WriteAllText(Path.Combine(folder, name + ".bin.header"),
            json.Length.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteJson(string folder, string name, float[] values, Input input) =>
        File.WriteAllText(Path.Combine(folder, name + ".json"),
            $"{{\"inputs\":[{{\"name\":\"{input.Name}\",\"shape\":[{string.Join(',', input.Shape)}],"
            + $"\"datatype\":\"{input.Type}\",\"data\":["
            + string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + "]}]}");

    private static void WriteGrpc(string folder, string name, string endpoint, Input[] inputs)
    {
        var request = new ModelInferRequest { ModelName = endpoint };
        foreach (var input in inputs)
        {
            var tensor = new ModelInferRequest.Types.InferInputTensor { Name = input.Name, Datatype = input.Type };
            tensor.Shape.AddRange(input.Shape);
            request.Inputs.Add(tensor);
            request.RawInputContents.Add(ByteString.CopyFrom(input.Raw));
        }

        var message = request.ToByteArray();
        var framed = new byte[message.Length + 5];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed.AsSpan(5));
        File.WriteAllBytes(Path.Combine(folder, name + ".grpc"), framed);
    }

    private sealed record Input(string Name, string Type, long[] Shape, byte[] Raw);
}
