using System.Text;
using System.Text.Json;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;

namespace Fairlead.Fuzz.Targets;

/// <summary>Rows of named fields.</summary>
internal sealed class NativeJson : IFuzzTarget
{
    private static readonly NativeCodec Codec = new(new RequestLimits());
    private static readonly UnitRule Unit = UnitRule.Parse("field:user");

    private static readonly Signature Signature = new(
        [
            new TensorSpec("user", ElementType.String, [-1, 1]),
            new TensorSpec("age", ElementType.Int64, [-1]),
            new TensorSpec("scores", ElementType.Float32, [-1, 3]) { Optional = true },
            new TensorSpec("tags", ElementType.String, [-1, 2]) { Optional = true },
        ],
        []);

    public static string Name => "native-json";

    public static IEnumerable<Type> Covers => [typeof(NativeCodec), typeof(RowReader)];

    public static IEnumerable<byte[]> Seeds =>
    [
        .. from text in (string[])[
               "{\"rows\":[{\"user\":\"a\",\"age\":1,\"scores\":[1,null,\"NaN\"],\"tags\":[\"x\",\"y\"]}]}",
               "{\"rows\":[{\"user\":\"\\u00e9\",\"age\":-1},{\"age\":2,\"user\":null}],"
               + "\"parameters\":{\"user\":\"b\"}}",
               "{\"parameters\":{\"user\":7},\"rows\":[]}"]
           select Encoding.UTF8.GetBytes(text),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var body = data.ToArray();
        using var inputs = TensorSet.Rent(Signature.Inputs.Length);
        try
        {
            Codec.Begin(body, headers: null);
            Codec.TryReadUnit(Unit, out _);
            Codec.ReadInputs(Signature, inputs);
            InputRules.Check(Signature, inputs);
        }
        catch (RequestException)
        {
            return;
        }
        finally
        {
            Codec.End();
        }

        using var json = JsonDocument.Parse(body);
        if (json.RootElement.GetProperty("rows").GetArrayLength() != inputs[0].ElementCount)
            throw new InvalidOperationException("The number of rows is not the one that was sent.");
    }
}
