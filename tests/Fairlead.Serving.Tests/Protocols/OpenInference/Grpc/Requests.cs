using System.Runtime.InteropServices;
using System.Text;
using Fairlead.Client.OpenInference;
using Google.Protobuf;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;

/// <summary>Writes requests and reads answers, in the forms that clients use.</summary>
internal static class Requests
{
    public static ModelInferRequest To(string model, string version = "", string id = "") =>
        new() { ModelName = model, ModelVersion = version, Id = id };

    public static ModelInferRequest Raw<T>(this ModelInferRequest request, string name, string type, T[] data,
        params long[] shape)
        where T : unmanaged
    {
        request.Inputs.Add(Described(name, type, shape));
        request.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes(data.AsSpan())));
        return request;
    }

    public static ModelInferRequest RawStrings(this ModelInferRequest request, string name, string[] data,
        params long[] shape)
    {
        request.Inputs.Add(Described(name, "BYTES", shape));
        request.RawInputContents.Add(ByteString.CopyFrom(Prefixed(data)));
        return request;
    }

    public static ModelInferRequest Typed(
        this ModelInferRequest request, string name, string type, Action<InferTensorContents> fill, params long[] shape)
    {
        var input = Described(name, type, shape);
        input.Contents = new InferTensorContents();
        fill(input.Contents);
        request.Inputs.Add(input);
        return request;
    }

    public static ModelInferRequest Asking(this ModelInferRequest request, params string[] outputs)
    {
        foreach (var output in outputs)
            request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = output });
        return request;
    }

    public static ModelInferRequest With(this ModelInferRequest request, string parameter, InferParameter value)
    {
        request.Parameters.Add(parameter, value);
        return request;
    }

    /// <summary>Rows for batch_mlp.</summary>
    public static ModelInferRequest Mlp(string model = "batch_mlp", int rows = 1, string id = "") =>
        To(model, id: id).Raw("x", "FP32", new float[rows * 4], rows, 4);

    public static T[] Read<T>(this ModelInferResponse answer, string output)
        where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(answer.RawOutputContents[IndexOf(answer, output)].Span).ToArray();

    public static string[] ReadStrings(this ModelInferResponse answer, string output)
    {
        var rest = answer.RawOutputContents[IndexOf(answer, output)].Span;
        var strings = new List<string>();
        while (!rest.IsEmpty)
        {
            var length = BitConverter.ToInt32(rest);
            strings.Add(Encoding.UTF8.GetString(rest.Slice(4, length)));
            rest = rest[(4 + length)..];
        }

        return [.. strings];
    }

    public static byte[] Prefixed(params string[] data) =>
        [.. data.Select(Encoding.UTF8.GetBytes).SelectMany(bytes => BitConverter.GetBytes(bytes.Length).Concat(bytes))];

    private static int IndexOf(ModelInferResponse answer, string output) =>
        answer.Outputs.ToList().FindIndex(candidate => candidate.Name == output);

    private static ModelInferRequest.Types.InferInputTensor Described(string name, string type, long[] shape) =>
        new() { Name = name, Datatype = type, Shape = { shape } };
}
