using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Fairlead.TestModels;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Rest;

/// <summary>Requests and answers of the protocol, written and read without any code of the server.</summary>
internal static class Wire
{
    public const string JsonLength = "Inference-Header-Content-Length";

    private static readonly Dictionary<Type, string> Types = new()
    {
        [typeof(bool)] = "BOOL",
        [typeof(byte)] = "UINT8",
        [typeof(ushort)] = "UINT16",
        [typeof(uint)] = "UINT32",
        [typeof(ulong)] = "UINT64",
        [typeof(sbyte)] = "INT8",
        [typeof(short)] = "INT16",
        [typeof(int)] = "INT32",
        [typeof(long)] = "INT64",
        [typeof(Float16)] = "FP16",
        [typeof(BFloat16)] = "BF16",
        [typeof(float)] = "FP32",
        [typeof(double)] = "FP64",
        [typeof(string)] = "BYTES",
    };

    /// <summary>A body of JSON alone.</summary>
    public static HttpContent Json(string json) => Body(Encoding.UTF8.GetBytes(json));

    /// <summary>A body with binary data behind its JSON.</summary>
    public static HttpContent Binary(string json, params byte[][] data)
    {
        var text = Encoding.UTF8.GetBytes(json);
        var content = Body([.. text, .. data.SelectMany(bytes => bytes)]);
        content.Headers.TryAddWithoutValidation(JsonLength, text.Length.ToString(CultureInfo.InvariantCulture));
        return content;
    }

    /// <summary>A body without a Content-Type, as the clients of the protocol send it.</summary>
    public static HttpContent Body(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = null;
        return content;
    }

    /// <summary>The call of a model's example.</summary>
    public static HttpContent Call(Example example, bool binaryInputs, bool binaryOutputs)
    {
        var data = new List<byte[]>();
        var inputs = example.Inputs.Select(input => Input(input.Name, (Tensor)input.Value, binaryInputs ? data : null));
        var wanted = binaryOutputs ? "true" : "false";
        var json = $"{{\"inputs\":[{string.Join(',', inputs)}],\"parameters\":{{\"binary_data_output\":{wanted}}}}}";
        return data.Count > 0 ? Binary(json, [.. data]) : Json(json);
    }

    /// <summary>By the exact type of array: to a pattern an int[] is a uint[] as well.</summary>
    public static string TypeOf(Array data) => Types[data.GetType().GetElementType()!];

    /// <summary>The elements as text; numbers with a fraction rounded to what a float holds.</summary>
    public static string[] Texts(Array data) => [.. data.Cast<object>().Select(Text)];

    public static byte[] Bytes(Array data)
    {
        if (data is string[] texts)
            return [.. texts.Select(Encoding.UTF8.GetBytes).SelectMany(text => (byte[])[.. Length(text), .. text])];
        if (data is Float16[] halves)
            return MemoryMarshal.AsBytes<Float16>(halves).ToArray();
        if (data is BFloat16[] brains)
            return MemoryMarshal.AsBytes<BFloat16>(brains).ToArray();
        var bytes = new byte[Buffer.ByteLength(data)];
        Buffer.BlockCopy(data, 0, bytes, 0, bytes.Length);
        return bytes;
    }

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        float single => Rounded(single),
        double wide => wide.ToString("R", CultureInfo.InvariantCulture),
        Float16 half => Rounded((float)half),
        BFloat16 brain => Rounded((float)brain),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Rounded(float value) => value.ToString("G5", CultureInfo.InvariantCulture);

    private static string Input(string name, Tensor tensor, List<byte[]>? data)
    {
        var head = $"\"name\":{JsonSerializer.Serialize(name)},\"datatype\":\"{TypeOf(tensor.Data)}\","
            + $"\"shape\":[{string.Join(',', tensor.Shape)}]";
        if (data is not null)
        {
            data.Add(Bytes(tensor.Data));
            return $"{{{head},\"parameters\":{{\"binary_data_size\":{data[^1].Length}}}}}";
        }

        var elements = tensor.Data.Cast<object>().Select(element => element switch
        {
            string text => JsonSerializer.Serialize(text),
            bool flag => flag ? "true" : "false",
            float single => single.ToString("R", CultureInfo.InvariantCulture),
            _ => Convert.ToString(element, CultureInfo.InvariantCulture),
        });
        return $"{{{head},\"data\":[{string.Join(',', elements)}]}}";
    }

    private static byte[] Length(byte[] text)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        return length;
    }
}

/// <summary>One output of an answer.</summary>
internal sealed record WireOutput(string Name, string Type, long[] Shape, string[] Texts, bool Binary);

/// <summary>An answer, read to its last byte.</summary>
internal sealed record WireAnswer(JsonElement Json, IReadOnlyList<WireOutput> Outputs)
{
    public static async Task<WireAnswer> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync();
        ((int)response.StatusCode).ShouldBe(200, Encoding.UTF8.GetString(body));
        var hasBinary = response.Headers.TryGetValues(Wire.JsonLength, out var lengths);
        var jsonLength = hasBinary ? int.Parse(lengths!.Single(), CultureInfo.InvariantCulture) : body.Length;
        response.Content.Headers.ContentType.ShouldBe(
            new MediaTypeHeaderValue(hasBinary ? "application/octet-stream" : "application/json"));

        var json = JsonDocument.Parse(body.AsMemory(0, jsonLength)).RootElement;
        var outputs = new List<WireOutput>();
        var at = jsonLength;
        foreach (var output in json.GetProperty("outputs").EnumerateArray())
        {
            var binary = output.TryGetProperty("parameters", out var parameters);
            var size = binary ? parameters.GetProperty("binary_data_size").GetInt32() : 0;
            var type = output.GetProperty("datatype").GetString()!;
            outputs.Add(new WireOutput(
                output.GetProperty("name").GetString()!,
                type,
                [.. output.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt64())],
                binary
                    ? Wire.Texts(Decode(type, body.AsSpan(at, size)))
                    : [.. Elements(type, output.GetProperty("data"))],
                binary));
            at += size;
        }

        at.ShouldBe(body.Length);
        return new WireAnswer(json, outputs);
    }

    private static IEnumerable<string> Elements(string type, JsonElement data) =>
        data.EnumerateArray().Select(element => type switch
        {
            "BYTES" => element.GetString()!,
            "FP32" => element.GetSingle().ToString("G5", CultureInfo.InvariantCulture),
            "FP64" => element.GetDouble().ToString("R", CultureInfo.InvariantCulture),
            _ => element.GetRawText(),
        });

    private static Array Decode(string type, ReadOnlySpan<byte> bytes) => type switch
    {
        "BOOL" => bytes.ToArray().Select(flag => flag == 1).ToArray(),
        "UINT8" => bytes.ToArray(),
        "UINT16" => MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(),
        "UINT32" => MemoryMarshal.Cast<byte, uint>(bytes).ToArray(),
        "UINT64" => MemoryMarshal.Cast<byte, ulong>(bytes).ToArray(),
        "INT8" => MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(),
        "INT16" => MemoryMarshal.Cast<byte, short>(bytes).ToArray(),
        "INT32" => MemoryMarshal.Cast<byte, int>(bytes).ToArray(),
        "INT64" => MemoryMarshal.Cast<byte, long>(bytes).ToArray(),
        "FP16" => MemoryMarshal.Cast<byte, Float16>(bytes).ToArray(),
        "BF16" => MemoryMarshal.Cast<byte, BFloat16>(bytes).ToArray(),
        "FP32" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
        "FP64" => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
        _ => Strings(bytes),
    };

    private static string[] Strings(ReadOnlySpan<byte> bytes)
    {
        var texts = new List<string>();
        while (!bytes.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            texts.Add(Encoding.UTF8.GetString(bytes.Slice(4, length)));
            bytes = bytes[(4 + length)..];
        }

        return [.. texts];
    }
}
