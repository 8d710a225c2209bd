using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Fairlead.Core.Models;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.OpenInference.Rest;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Requests of the Open Inference Protocol over REST.</summary>
internal static class OipBodies
{
    private const int Side = 112;

    /// <summary>The credit sample's row, a tensor of one element for each field.</summary>
    public static OipBody Row()
    {
        string[] numbers = ["Seniority", "Time", "Age", "Expenses", "Income", "Assets", "Debt", "Amount", "Price"];
        string[] strings = ["Home", "Marital", "Records", "Job"];
        var inputs = numbers.Select(name => Input(name, "FP32", "30")).Concat(
            strings.Select(name => Input(name, "BYTES", "\"no\"")));
        var json = $"{{\"inputs\":[{string.Join(',', inputs)}]}}";
        return new OipBody(Encoding.UTF8.GetBytes(json), new HeaderDictionary(), null);
    }

    /// <summary>A picture of 150 kB as binary data.</summary>
    public static OipBody Image()
    {
        var picture = new float[3 * Side * Side];
        Array.Fill(picture, 0.5f);
        var data = MemoryMarshal.AsBytes<float>(picture);
        var json = Encoding.UTF8.GetBytes(
            $"{{\"inputs\":[{{\"name\":\"image\",\"shape\":[1,3,{Side},{Side}],\"datatype\":\"FP32\","
            + $"\"parameters\":{{\"binary_data_size\":{data.Length}}}}}]}}");
        var headers = new HeaderDictionary
        {
            [RestHeaders.JsonLength] = json.Length.ToString(CultureInfo.InvariantCulture),
        };
        var signature = new Signature(
            [new TensorSpec("image", ElementType.Float32, [-1, 3, Side, Side])],
            [new TensorSpec("scores", ElementType.Float32, [-1, 10])]);
        return new OipBody([.. json, .. data], headers, signature);
    }

    private static string Input(string name, string type, string value) =>
        $"{{\"name\":\"{name}\",\"shape\":[1,1],\"datatype\":\"{type}\",\"data\":[{value}]}}";
}

/// <summary>A request's bytes and headers.</summary>
/// <param name="Signature">What it is for; null: the credit sample's model.</param>
internal sealed record OipBody(byte[] Bytes, IHeaderDictionary Headers, Signature? Signature)
{
    private static readonly RequestLimits Limits = new();

    public void Begin(RestCodec codec) => codec.Begin(Bytes, Headers, Limits);

    public static implicit operator Func<IRequestCodec>(OipBody body) => () =>
    {
        var codec = new RestCodec();
        body.Begin(codec);
        return codec;
    };
}
