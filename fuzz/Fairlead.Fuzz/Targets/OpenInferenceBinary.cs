using System.Globalization;
using System.Text;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Protocols.OpenInference.Rest;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Fuzz.Targets;

/// <summary>Requests with binary data; the first two bytes are the length that their header names.</summary>
internal sealed class OpenInferenceBinary : IFuzzTarget
{
    public static string Name => "open-inference-binary";

    public static IEnumerable<Type> Covers => [typeof(InputPartReader), typeof(DataCursor)];

    public static IEnumerable<byte[]> Seeds =>
    [
        Seed("{\"inputs\":[{\"name\":\"FP32\",\"shape\":[2],\"datatype\":\"FP32\","
            + "\"parameters\":{\"binary_data_size\":8}}]}",
            new byte[8]),
        Seed("{\"inputs\":[{\"name\":\"BYTES\",\"shape\":[2],\"datatype\":\"BYTES\","
            + "\"parameters\":{\"binary_data_size\":9}},"
            + "{\"name\":\"BOOL\",\"shape\":[1],\"datatype\":\"BOOL\",\"parameters\":{\"binary_data_size\":1}}]}",
            [1, 0, 0, 0, 65, 0, 0, 0, 0, 2]),
        Seed("", new byte[8]),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2)
            return;

        var length = data[0] + (data[1] << 8);
        var headers = new HeaderDictionary
        {
            [RestHeaders.JsonLength] = length.ToString(CultureInfo.InvariantCulture),
        };
        using var inputs = TensorSet.Rent(OpenInferenceJson.Signature.Inputs.Length);
        if (OpenInferenceJson.TryRead(data[2..].ToArray(), headers, inputs))
            Check(inputs);
    }

    private static void Check(TensorSet inputs)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            var tensor = inputs[i];
            if (!tensor.Present)
                continue;
            if (tensor.Type == ElementType.String && tensor.StringCount != tensor.ElementCount)
                throw new InvalidOperationException($"{tensor.StringCount} strings instead of {tensor.ElementCount}.");
            if (tensor.Type == ElementType.Bool && tensor.Bytes.ContainsAnyInRange((byte)2, (byte)255))
                throw new InvalidOperationException("A bool is neither 0 nor 1.");
        }
    }

    private static byte[] Seed(string json, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(json);
        return [(byte)text.Length, (byte)(text.Length >> 8), .. text, .. data];
    }
}
