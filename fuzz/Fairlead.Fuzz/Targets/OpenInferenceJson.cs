using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.OpenInference.Rest;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Fuzz.Targets;

/// <summary>Requests of JSON alone. Whatever is taken must mean to a slow reader what it meant to ours.</summary>
internal sealed class OpenInferenceJson : IFuzzTarget
{
    private static readonly RestCodec Codec = new();
    private static readonly UnitRule Unit = UnitRule.Parse("field:FP32");

    public static string Name => "open-inference-json";

    public static IEnumerable<Type> Covers => [typeof(RestCodec), typeof(JsonScanner)];

    public static IEnumerable<byte[]> Seeds =>
    [
        .. from text in (string[])[
               "{\"id\":\"a\\u00e9\","
               + "\"inputs\":[{\"name\":\"FP32\",\"shape\":[2,2],\"datatype\":\"FP32\","
               + "\"data\":[[1,-2.5],[1e3,NaN]]}]}",
               "{\"inputs\":[{\"name\":\"INT64\",\"shape\":[2],\"datatype\":\"INT64\","
               + "\"data\":[9223372036854775807,-1]},"
               + "{\"name\":\"UINT64\",\"shape\":[1],\"datatype\":\"UINT64\",\"data\":[18446744073709551615]}]}",
               "{\"parameters\":{\"timeout\":5,\"FP32\":\"u\"},"
               + "\"inputs\":[{\"name\":\"BYTES\",\"shape\":[2],\"datatype\":\"BYTES\","
               + "\"data\":[\"\\ud83d\\udea2\",\"\"],\"parameters\":{\"k\":[null,true,{}]}}],"
               + "\"outputs\":[{\"name\":\"FP64\"}]}",
               "{\"inputs\":[{\"name\":\"FP64\",\"shape\":[3],\"datatype\":\"FP64\","
               + "\"data\":[0.1,-1.7976931348623157e308,5e-324]},"
               + "{\"name\":\"BOOL\",\"shape\":[2],\"datatype\":\"BOOL\",\"data\":[true,false]},"
               + "{\"name\":\"INT8\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[-128]}]}"]
           select Encoding.UTF8.GetBytes(text),
    ];

    /// <summary>One input of each type under the type's name, each of any shape, none needed.</summary>
    public static Signature Signature { get; } = new(Specs(), Specs());

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var body = data.ToArray();
        using var inputs = TensorSet.Rent(Signature.Inputs.Length);
        if (TryRead(body, headers: null, inputs))
            Compare(body, inputs);
    }

    /// <summary>Takes a request as the server does; false when it is refused.</summary>
    public static bool TryRead(byte[] body, IHeaderDictionary? headers, TensorSet inputs)
    {
        try
        {
            Codec.Begin(body, headers, new RequestLimits { MaxElements = 10_000, MaxTensors = 32 });
            Codec.TryReadUnit(Unit, out _);
            Codec.ReadInputs(Signature, inputs);
            return true;
        }
        catch (RequestException)
        {
            return false;
        }
        finally
        {
            Codec.End();
        }
    }

    private static ImmutableArray<TensorSpec> Specs() =>
    [
        .. from type in Enum.GetValues<ElementType>()
           where type is not (ElementType.Float16 or ElementType.BFloat16)
           select new TensorSpec(type.WireName(), type, [-1]) { Optional = true },
    ];

    private static void Compare(byte[] body, TensorSet inputs)
    {
        using var json = JsonDocument.Parse(WithoutBareWords(body), new JsonDocumentOptions { MaxDepth = 64 });
        foreach (var input in json.RootElement.GetProperty("inputs").EnumerateArray())
        {
            var name = input.GetProperty("name").GetString();
            var index = Signature.Inputs.Select(spec => spec.Name).ToList().IndexOf(name!);
            var elements = Flatten(input.GetProperty("data")).ToList();
            var tensor = inputs[index];
            if (elements.Count != tensor.ElementCount)
                throw new InvalidOperationException($"{name}: {tensor.ElementCount} elements, not {elements.Count}.");
            for (var i = 0; i < elements.Count; i++)
            {
                if (!Same(elements[i], tensor, i))
                    throw new InvalidOperationException($"{name}: element {i} is not {elements[i].GetRawText()}.");
            }
        }
    }

    private static IEnumerable<JsonElement> Flatten(JsonElement data) => data.ValueKind == JsonValueKind.Array
        ? data.EnumerateArray().SelectMany(Flatten)
        : [data];

    private static bool Same(JsonElement element, Tensor tensor, int at) => tensor.Type switch
    {
        ElementType.String => element.GetString() == Encoding.UTF8.GetString(tensor.StringAt(at)),
        ElementType.Bool => element.GetBoolean() == (tensor.Bytes[at] == 1),
        ElementType.Float32 => element.ValueKind == JsonValueKind.String
            ? !float.IsFinite(tensor.As<float>()[at])
            : element.GetSingle().Equals(tensor.As<float>()[at]),
        ElementType.Float64 => element.ValueKind == JsonValueKind.String
            ? !double.IsFinite(tensor.As<double>()[at])
            : element.GetDouble().Equals(tensor.As<double>()[at]),
        ElementType.UInt64 => element.GetUInt64() == tensor.As<ulong>()[at],
        ElementType.UInt32 => element.GetUInt32() == tensor.As<uint>()[at],
        ElementType.UInt16 => element.GetUInt16() == tensor.As<ushort>()[at],
        ElementType.UInt8 => element.GetByte() == tensor.Bytes[at],
        ElementType.Int32 => element.GetInt32() == tensor.As<int>()[at],
        ElementType.Int16 => element.GetInt16() == tensor.As<short>()[at],
        ElementType.Int8 => element.GetSByte() == tensor.As<sbyte>()[at],
        _ => element.GetInt64() == tensor.As<long>()[at],
    };

    /// <summary>Puts the words that only this protocol allows into quotes.</summary>
    private static byte[] WithoutBareWords(byte[] body)
    {
        var changed = new List<byte>(body.Length + 16);
        var quoted = false;
        for (var at = 0; at < body.Length;)
        {
            var rest = body.AsSpan(at);
            var word = quoted ? 0 : LengthOfWord(rest);
            if (word > 0)
            {
                changed.AddRange([(byte)'"', .. rest[..word], (byte)'"']);
                at += word;
                continue;
            }

            // "-0" is no unsigned number to the framework's reader.
            var ends = rest.Length > 2 && ",] \n\r\t"u8.Contains(rest[2]);
            if (!quoted && ends && rest.StartsWith("-0"u8))
                rest = rest[1..];
            var taken = quoted && rest[0] == (byte)'\\' ? 2 : 1;
            quoted ^= rest[0] == (byte)'"';
            changed.AddRange(rest[..taken]);
            at = body.Length - rest.Length + taken;
        }

        return [.. changed];
    }

    private static int LengthOfWord(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("NaN"u8))
            return 3;
        if (text.StartsWith("Infinity"u8))
            return 8;
        return text.StartsWith("-Infinity"u8) ? 9 : 0;
    }
}
