using System.Net;
using System.Text;
using System.Text.Json;
using Fairlead.Serving.Tests.Hosting;
using Fairlead.Serving.Tests.Predict;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Rest;

/// <summary>What is refused, under which status and in which words.</summary>
public sealed class FailureTests(ServingHost host) : IClassFixture<ServingHost>
{
    private const string X = "\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\"";

    public static TheoryData<int, string, string> Envelopes => new()
    {
        { 400, "", "The request is not a JSON object." },
        { 400, "[]", "The request is not a JSON object." },
        { 400, "{}", "The request has no \"inputs\"." },
        { 400, "{", "The request is not valid JSON: expected '\"' at byte 1." },
        { 400, "{\"inputs\":[]} x", "Something follows the request's JSON object." },
        { 400, "{\"inputs\":[],}", "The request is not valid JSON: expected a value at byte 13." },
        { 400, "{\"inputs\":[] \"id\":\"1\"}", "The request is not valid JSON: expected ',' or '}' at byte 13." },
        { 400, "{\"inputs\":[],\"inputs\":[]}", "The request has \"inputs\" twice." },
        { 400, "{\"inputs\":{}}", "The request's \"inputs\" are not an array." },
        { 400, "{\"inputs\":[1]}", "Input 0 is not an object." },
        { 400, "{\"id\":7,\"inputs\":[]}", "The request's \"id\" is not a string." },
        {
            400,
            "{\"id\":\"\\ud800\",\"inputs\":[]}",
            "The request is not valid JSON: expected a valid escape at byte 7."
        },
        {
            400,
            "{\"id\":\"\n\",\"inputs\":[]}",
            "The request is not valid JSON: expected no control character within a string at byte 7."
        },
        {
            400, "{\"id\":\"\\u00e\0\",\"inputs\":[]}",
            "The request is not valid JSON: expected a valid escape at byte 7."
        },
        { 400, "{\"z\":01,\"inputs\":[]}", "The request is not valid JSON: expected a value at byte 5." },
        { 400, "{\"parameters\":[],\"inputs\":[]}", "The request's \"parameters\" are not an object." },
        {
            400,
            "{\"parameters\":{\"timeout\":1.5},\"inputs\":[]}",
            "The parameter 'timeout' is not a whole number of microseconds."
        },
        {
            400,
            "{\"parameters\":{\"binary_data_output\":1},\"inputs\":[]}",
            "The parameter 'binary_data_output' is neither true nor false."
        },
        { 400, "{\"outputs\":{},\"inputs\":[]}", "The request's \"outputs\" are not an array." },
        { 400, "{\"outputs\":[{}],\"inputs\":[]}", "Output 0 of the request needs one name, a string." },
        { 400, "{\"outputs\":[{\"name\":\"z\"}],\"inputs\":[]}", "unexpected inference output 'z'; the model has 'y'" },
        {
            400,
            "{\"outputs\":[{\"name\":\"y\"},{\"name\":\"y\"}],\"inputs\":[]}",
            "output 'y' already exists in request"
        },
        {
            415,
            "{\"outputs\":[{\"name\":\"y\",\"parameters\":{\"classification\":2}}],\"inputs\":[]}",
            "The output parameter 'classification' is not supported."
        },
        { 400, "{\"inputs\":[]}", "The input 'x' is missing." },
    };

    public static TheoryData<int, string, string> Inputs => new()
    {
        { 400, "\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1]", "Input 0 has no \"name\"." },
        { 400, "\"name\":1", "Input 0 has a \"name\" that is not a string." },
        { 400, "\"name\":\"x\",\"name\":\"x\"", "The input 'x' has its \"name\" twice." },
        { 400, "\"name\":\"x\",\"shape\":[1,4],\"data\":[1]", "The input 'x' has no \"datatype\"." },
        { 400, "\"name\":\"x\",\"datatype\":\"FP32\",\"data\":[1]", "The input 'x' has no \"shape\"." },
        { 400, X, "The input 'x' has no \"data\" and no \"binary_data_size\"." },
        {
            400,
            X + ",\"data\":[],\"parameters\":{\"binary_data_size\":0}",
            "The input 'x' has both \"data\" and a \"binary_data_size\"."
        },
        {
            400,
            X + ",\"parameters\":{\"binary_data_size\":-1}",
            "The input 'x' has a \"binary_data_size\" that is no size."
        },
        {
            400,
            X + ",\"parameters\":{\"binary_data_size\":16}",
            "unexpected size for input 'x', expecting 16 additional bytes"
        },
        {
            415,
            X + ",\"parameters\":{\"shared_memory_region\":\"r\"}",
            "The input 'x' is in shared memory, which this server does not read."
        },
        { 400, X + ",\"data\":7", "The input 'x' has \"data\" that is not an array." },
        { 400, X + ",\"data\":[{}]", "The input 'x' has \"data\" with an object in it." },
        {
            400,
            X + ",\"data\":[1,2,3]",
            "The data of the input 'x' (3 elements) does not have its shape [1,4] (4 elements), neither nested "
            + "nor flat."
        },
        {
            400,
            X + ",\"data\":[1,2,3,4,5]",
            "The data of the input 'x' (5 elements) does not have its shape [1,4] (4 elements), neither nested "
            + "nor flat."
        },
        {
            400,
            X + ",\"data\":[[1,2],[3,4]]",
            "The data of the input 'x' (4 elements) does not have its shape [1,4] (4 elements), neither nested "
            + "nor flat."
        },
        {
            400,
            X + ",\"data\":[[1,2,3],4]",
            "The data of the input 'x' (4 elements) does not have its shape [1,4] (4 elements), neither nested "
            + "nor flat."
        },
        {
            400,
            X + ",\"data\":[1,2,3,\"a\"]",
            "Element 3 of the input 'x' is \"a\", which is no FP32 (a number within ±3.4028235e38, NaN, Infinity "
            + "or -Infinity)."
        },
        {
            400,
            X + ",\"data\":[1,2,3,1e39]",
            "Element 3 of the input 'x' is 1e39, which is no FP32 (a number within ±3.4028235e38, NaN, Infinity "
            + "or -Infinity)."
        },
        {
            400,
            X + ",\"data\":[1,2,null,4]",
            "Element 2 of the input 'x' is null, which is no FP32 (a number within ±3.4028235e38, NaN, Infinity "
            + "or -Infinity)."
        },
        {
            400,
            "\"name\":\"x\",\"shape\":[-1,4],\"datatype\":\"FP32\",\"data\":[1]",
            "The input 'x' has a dimension that is no size: -1."
        },
        {
            400,
            "\"name\":\"x\",\"shape\":[1.5],\"datatype\":\"FP32\",\"data\":[1]",
            "The input 'x' has a dimension that is no size: 1.5."
        },
        {
            413,
            "\"name\":\"x\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],\"datatype\":\"FP32\",\"data\":[1]",
            "The input 'x' has more than 16 dimensions."
        },
        {
            413,
            "\"name\":\"x\",\"shape\":[4294967296,4294967296],\"datatype\":\"FP32\",\"data\":[1]",
            "The input 'x' has more than 100000 elements."
        },
        {
            400,
            "\"name\":\"x\",\"shape\":[25000,4],\"datatype\":\"FP32\",\"data\":[1]",
            "The data of the input 'x' (1 elements) does not have its shape [25000,4] (100000 elements), neither "
            + "nested nor flat."
        },
        {
            400,
            "\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP33\",\"data\":[1]",
            "The input 'x' has the unknown datatype 'FP33'."
        },
        {
            400,
            "\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP64\",\"data\":[1]",
            "The input 'x' has the type FP64, the model takes FP32."
        },
        {
            400,
            "\"name\":\"x\",\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,2,3]",
            "The input 'x' has the shape [1,3], the model takes [-1,4] (-1 varies)."
        },
        {
            400,
            "\"name\":\"w\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]",
            "unexpected inference input 'w'; the model has 'x'"
        },
    };

    public static TheoryData<string, string, string, string> OutOfRange => new()
    {
        { "u8", "UINT8", "256", "0 to 255" },
        { "u8", "UINT8", "-1", "0 to 255" },
        { "u16", "UINT16", "65536", "0 to 65535" },
        { "u32", "UINT32", "4294967296", "0 to 4294967295" },
        { "u64", "UINT64", "18446744073709551616", "0 to 18446744073709551615" },
        { "u64", "UINT64", "-1", "0 to 18446744073709551615" },
        { "i8", "INT8", "128", "-128 to 127" },
        { "i8", "INT8", "-129", "-128 to 127" },
        { "i16", "INT16", "-32769", "-32768 to 32767" },
        { "i32", "INT32", "2147483648", "-2147483648 to 2147483647" },
        { "i64", "INT64", "9223372036854775808", "-9223372036854775808 to 9223372036854775807" },
        { "i64", "INT64", "-9223372036854775809", "-9223372036854775808 to 9223372036854775807" },
        { "i64", "INT64", "1.0", "-9223372036854775808 to 9223372036854775807" },
        { "i64", "INT64", "1e3", "-9223372036854775808 to 9223372036854775807" },
        { "i64", "INT64", "true", "-9223372036854775808 to 9223372036854775807" },
    };

    [Theory]
    [MemberData(nameof(Envelopes))]
    public Task An_envelope_is_refused(int status, string body, string error) =>
        RefusedAsync("batch_mlp", Wire.Json(body), status, error);

    [Theory]
    [MemberData(nameof(Inputs))]
    public Task An_input_is_refused(int status, string input, string error) =>
        RefusedAsync("batch_mlp", Wire.Json($"{{\"inputs\":[{{{input}}}]}}"), status, error);

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public Task A_whole_number_is_exact(string name, string type, string value, string range) => RefusedAsync(
        "type_integers",
        Wire.Json($"{{\"inputs\":[{{\"name\":\"{name}\",\"shape\":[1],\"datatype\":\"{type}\",\"data\":[{value}]}}]}}"),
        400,
        $"Element 0 of the input '{name}' is {value}, which is no {type} (a whole number from {range}).");

    [Theory]
    [InlineData("type_float16", "FP16")]
    [InlineData("type_bfloat16", "BF16")]
    public async Task Halves_are_no_json(string model, string type)
    {
        await RefusedAsync(model, Wire.Json("{\"inputs\":[]}"), 400,
            $"The output 'y' holds {type} numbers, which JSON does not carry; ask for it as binary data.");
        await RefusedAsync(model,
            Wire.Json($"{{\"parameters\":{{\"binary_data_output\":true}},\"inputs\":[{{\"name\":\"x\",\"shape\":[1,4],"
                + $"\"datatype\":\"{type}\",\"data\":[1,2,3,4]}}]}}"),
            400, $"The input 'x' holds {type} numbers, which JSON does not carry; send them as binary data.");
    }

    [Theory]
    [InlineData(15, "The binary data of the input 'x' has 15 bytes; the shape [1,4] of FP32 takes 16.")]
    [InlineData(17, "The binary data of the input 'x' has 17 bytes; the shape [1,4] of FP32 takes 16.")]
    public Task Binary_data_has_the_size_of_its_shape(int size, string error) => RefusedAsync("batch_mlp",
        Wire.Binary($"{{\"inputs\":[{{{X},\"parameters\":{{\"binary_data_size\":{size}}}}}]}}", new byte[size]),
        400, error);

    [Fact]
    public Task Bytes_behind_the_last_input_are_refused() => RefusedAsync("batch_mlp",
        Wire.Binary($"{{\"inputs\":[{{{X},\"parameters\":{{\"binary_data_size\":16}}}}]}}", new byte[20]), 400,
        "unexpected additional input data: 4 bytes follow the data of the last input");

    [Theory]
    [InlineData(new byte[] { 1, 0, 0 }, "has 3 bytes; the shape [1,1] of BYTES takes at least 4.")]
    [InlineData(new byte[] { 2, 0, 0, 0, 65 }, "ends within its string 0 of 1.")]
    [InlineData(new byte[] { 255, 255, 255, 255 }, "ends within its string 0 of 1.")]
    [InlineData(new byte[] { 0, 0, 0, 0, 65 }, "goes on 1 bytes behind its last string.")]
    public Task Binary_strings_fill_their_data(byte[] data, string error) => RefusedAsync("text_echo",
        Wire.Binary($"{{\"inputs\":[{{\"name\":\"text\",\"shape\":[1,1],\"datatype\":\"BYTES\","
            + $"\"parameters\":{{\"binary_data_size\":{data.Length}}}}}]}}", data),
        400, $"The binary data of the input 'text' {error}");

    [Theory]
    [InlineData("13", "inference header size should be in range (0, 2), got: 13")]
    [InlineData("-1", "inference header size should be in range (0, 2), got: -1")]
    [InlineData("two", "inference header size should be in range (0, 2), got: two")]
    public Task A_header_beyond_the_body_is_refused(string header, string error)
    {
        var content = Wire.Json("{}");
        content.Headers.TryAddWithoutValidation(Wire.JsonLength, header);
        return RefusedAsync("batch_mlp", content, 400, error);
    }

    [Theory]
    [InlineData("type_integer_sum", "A request of raw bytes does not say enough: the model has 2 inputs.")]
    [InlineData("batch_mlp", "The binary data of the input 'x' has 2 bytes; the shape [0,4] of FP32 takes 0.")]
    public Task Raw_bytes_fit_one_input(string model, string error)
    {
        var content = Wire.Json("{}");
        content.Headers.TryAddWithoutValidation(Wire.JsonLength, "0");
        return RefusedAsync(model, content, 400, error);
    }

    [Fact]
    public async Task An_input_is_sent_once()
    {
        var input = $"{{{X},\"data\":[1,2,3,4]}}";
        await RefusedAsync("batch_mlp", Wire.Json($"{{\"inputs\":[{input},{input}]}}"), 400,
            "The request has the input 'x' twice.");
    }

    [Fact]
    public Task Bytes_that_are_no_text_are_no_json() => RefusedAsync("batch_mlp",
        Wire.Body([.. "{\"id\":\""u8, 0xFF, .. "\",\"inputs\":[]}"u8]), 400, "The request's JSON is not valid UTF-8.");

    [Fact]
    public async Task Limits_hold_while_reading()
    {
        var deep = $"{{\"inputs\":[],\"z\":{new string('[', 64)}{new string(']', 64)}}}";
        await RefusedAsync("batch_mlp", Wire.Json(deep), 413, "The request's JSON is nested deeper than 64 levels.");
        var deepData = $"{{\"inputs\":[{{{X},\"data\":{new string('[', 100)}{new string(']', 100)}}}]}}";
        await RefusedAsync("batch_mlp", Wire.Json(deepData), 413,
            "The request's JSON is nested deeper than 64 levels.");

        var inputs = string.Join(',', Enumerable.Repeat($"{{{X},\"data\":[]}}", ServingHost.MaxTensors + 1));
        await RefusedAsync("batch_mlp", Wire.Json($"{{\"inputs\":[{inputs}]}}"), 413,
            "A request has at most 16 inputs.");
        var outputs = string.Join(',', Enumerable.Repeat("{\"name\":\"y\"}", ServingHost.MaxTensors + 1));
        await RefusedAsync("batch_mlp", Wire.Json($"{{\"inputs\":[],\"outputs\":[{outputs}]}}"), 413,
            "A request asks for at most 16 outputs.");

        await RefusedAsync("batch_mlp", Wire.Json(new string(' ', ServingHost.MaxBodyBytes + 1)), 413,
            $"The request's body is larger than the {ServingHost.MaxBodyBytes} bytes that are allowed.");
    }

    [Theory]
    [InlineData("nobody", 404, "Request for unknown model: 'nobody' is not found")]
    [InlineData("not_placed", 503, "The endpoint 'not_placed' has no version loaded yet.")]
    [InlineData("failing", 500, "The model failed.")]
    public Task An_endpoint_that_cannot_answer_says_so(string model, int status, string error) =>
        RefusedAsync(model,
            Wire.Json("{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}"),
            status, error);

    [Fact]
    public async Task A_caller_that_waits_no_longer_gets_504_and_one_too_many_429()
    {
        const string input = "\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]";
        await RefusedAsync("slow", Wire.Json($"{{\"parameters\":{{\"timeout\":20000}},{input}}}"), 504,
            "The deadline passed before the answer was there.");

        using var content = Wire.Json($"{{{input}}}");
        var first = PostAsync("held", content);
        await Waiting.UntilAsync(() => host.Held.Running == 1);
        await RefusedAsync("held", Wire.Json($"{{{input}}}"), 429,
            "The variant 'only' of 'held' has 1 requests running or waiting; try again later.");
        host.Held.Release();
        using var response = await first;
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task RefusedAsync(string model, HttpContent content, int status, string error)
    {
        using (content)
        {
            using var response = await PostAsync(model, content);
            var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            using var json = JsonDocument.Parse(body);
            json.RootElement.EnumerateObject().Select(member => member.Name).ShouldBe(["error"]);
            json.RootElement.GetProperty("error").GetString().ShouldBe(error, Encoding.UTF8.GetString(body));
            ((int)response.StatusCode).ShouldBe(status);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
            (response.Headers.RetryAfter?.ToString()).ShouldBe(status is 429 or 503 ? "1" : null);
        }
    }

    private Task<HttpResponseMessage> PostAsync(string model, HttpContent content) => host.Client.PostAsync(
        new Uri($"/v2/models/{model}/infer", UriKind.Relative), content, TestContext.Current.CancellationToken);
}
