using Fairlead.Serving.Tests.Hosting;
using Fairlead.TestModels;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Rest;

/// <summary>Every kind of tensor goes in and comes out in both forms, and is what the model computed.</summary>
public sealed class ModelTests(ServingHost host) : IClassFixture<ServingHost>
{
    private static readonly string[] Files =
    [
        "batch_mlp.onnx", "type_integers.onnx", "type_bool.onnx", "type_double.onnx", "type_float16.onnx",
        "type_bfloat16.onnx", "type_integer_sum.onnx", "text_echo.onnx", "text_sentiment.onnx",
        "shape_many_outputs.onnx", "shape_no_inputs.onnx", "shape_scalar.onnx", "shape_maybe_empty.onnx",
        "shape_odd_names.onnx", "shape_constant.onnx", "shape_range.onnx",
    ];

    public static TheoryData<string, bool, bool> Forms =>
    [
        .. from file in Files
           from binaryInputs in (bool[])[false, true]
           from binaryOutputs in (bool[])[false, true]
           where (binaryInputs && binaryOutputs) || !IsHalf(file)
           select new TheoryDataRow<string, bool, bool>(file, binaryInputs, binaryOutputs),
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_model_answers_as_computed_without_it(string file, bool binaryInputs, bool binaryOutputs)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        foreach (var example in Catalogue.Get(file).Examples)
        {
            using var content = Wire.Call(example, binaryInputs, binaryOutputs);
            using var response = await host.Client.PostAsync(
                new Uri($"/v2/models/{name}/infer", UriKind.Relative), content, TestContext.Current.CancellationToken);
            var answer = await WireAnswer.ReadAsync(response);

            answer.Json.GetProperty("model_name").GetString().ShouldBe(name);
            answer.Json.GetProperty("model_version").GetString().ShouldBe("1");
            answer.Outputs.Count.ShouldBe(example.Outputs.Count);
            foreach (var (output, expected) in answer.Outputs.Zip(example.Outputs))
            {
                var tensor = (Tensor)expected.Value;
                output.Name.ShouldBe(expected.Name);
                output.Binary.ShouldBe(binaryOutputs);
                output.Type.ShouldBe(Wire.TypeOf(tensor.Data));
                output.Shape.ShouldBe(tensor.Shape);
                output.Texts.ShouldBe(Wire.Texts(tensor.Data));
            }
        }
    }

    [Theory]
    [InlineData("[1,-2,0.5,4]")]
    [InlineData("[[1,-2,0.5,4]]")]
    [InlineData(" [ [ 1.0 , -2e0,5E-1 ,\n\t40.0e-1 ] ] ")]
    public async Task Data_is_nested_or_flat(string data)
    {
        using var response = await InferAsync("batch_mlp",
            $$"""
            {"inputs":[{"data":{{data}},"shape":[1,4],"name":"x","datatype":"FP32","parameters":null,"extra":[{}]}]}
            """);
        var answer = await WireAnswer.ReadAsync(response);
        answer.Outputs[0].Shape.ShouldBe([1, 3]);
    }

    [Fact]
    public async Task Not_a_number_and_infinity_are_bare_words_both_ways()
    {
        const string request = """
            {"inputs":[{"name":"a","shape":[6],"datatype":"FP32",
                        "data":[NaN,Infinity,-Infinity,"NaN","Infinity","-Infinity"]},
                       {"name":"b","shape":[6],"datatype":"FP32","data":[1,1,1,1,1,1]}]}
            """;
        using var response = await InferAsync("shape_division", request);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldEndWith("\"data\":[NaN,Infinity,-Infinity,NaN,Infinity,-Infinity]}]}");
    }

    [Theory]
    [InlineData("3.4028235e38", "3.4028235E+38")]
    [InlineData("1e-45", "1E-45")]
    [InlineData("-0", "-0")]
    [InlineData("0.1", "0.1")]
    [InlineData("0.10000000149011612", "0.1")]
    [InlineData("16777217", "16777216")]
    [InlineData("16777217.000000001", "16777218")]
    [InlineData("0.000000000000000000000000000000000000000000000000000001e54", "1")]
    [InlineData("1e-999999999999999999999", "0")]
    public async Task A_float_is_the_nearest_one(string sent, string answered)
    {
        using var response = await InferAsync("shape_division",
            $$"""
            {"inputs":[{"name":"a","shape":[1],"datatype":"FP32","data":[{{sent}}]},
            {"name":"b","shape":[1],"datatype":"FP32","data":[1]}]}
            """);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldEndWith($"\"data\":[{answered}]}}]}}");
    }

    [Fact]
    public async Task Strings_keep_their_escapes_and_bytes_without_json_survive_as_binary_data()
    {
        using var escaped = await InferAsync("text_echo",
            """
            {"inputs":[{"name":"te\u0078t","shape":[2,1],"datatype":"BYTES",
                        "data":[["a\"\\\/\b\f\n\r\t\u00e9\ud83d\udea2"],["é"]]}]}
            """);
        var answer = await WireAnswer.ReadAsync(escaped);
        answer.Outputs[0].Texts.ShouldBe(["a\"\\/\b\f\n\r\té🚢", "é"]);

        byte[] bytes = [3, 0, 0, 0, 0xFF, 0xFE, 0x80];
        using var content = Wire.Binary(
            """
            {"inputs":[{"name":"text","shape":[1,1],"datatype":"BYTES","parameters":{"binary_data_size":7}}],
            "outputs":[{"name":"echo","parameters":{"binary_data":true}}]}
            """, bytes);
        using var response = await host.Client.PostAsync(
            new Uri("/v2/models/text_echo/infer", UriKind.Relative), content, TestContext.Current.CancellationToken);
        (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))[^7..].ShouldBe(bytes);
    }

    [Fact]
    public async Task An_answer_names_the_prediction_the_variant_and_the_callers_id()
    {
        using var response = await InferAsync("batch_mlp",
            """{"id":"4\u00322","inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}]}""");
        var answer = await WireAnswer.ReadAsync(response);
        var parameters = answer.Json.GetProperty("parameters");

        answer.Json.GetProperty("id").GetString().ShouldBe("422");
        parameters.GetProperty("variant").GetString().ShouldBe("stable");
        parameters.GetProperty("prediction_id").GetString()!.Length.ShouldBe(43);
        response.Headers.GetValues("fairlead-variant").ShouldBe(["stable"]);
        response.Headers.GetValues("fairlead-prediction-id")
            .ShouldBe([parameters.GetProperty("prediction_id").GetString()!]);
    }

    [Fact]
    public async Task Outputs_come_in_the_order_and_the_form_in_which_they_are_asked_for()
    {
        using var response = await InferAsync("shape_many_outputs",
            """
            {"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,3,2]}],
             "outputs":[{"name":"rows","parameters":{"binary_data":false}},{"name":"places"}],
             "parameters":{"binary_data_output":true}}
            """);
        var answer = await WireAnswer.ReadAsync(response);
        answer.Outputs.Select(output => (output.Name, output.Binary)).ShouldBe([("rows", false), ("places", true)]);
        answer.Outputs[0].Texts.ShouldBe(["1", "3"]);
        answer.Outputs[1].Texts.ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task An_empty_binary_output_needs_no_header()
    {
        using var response = await InferAsync("shape_maybe_empty",
            """
            {"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[-1]}],
             "parameters":{"binary_data_output":true}}
            """);
        var answer = await WireAnswer.ReadAsync(response);
        answer.Outputs[0].Shape.ShouldBe([0]);
        response.Headers.Contains(Wire.JsonLength).ShouldBeFalse();
    }

    [Theory]
    [InlineData("batch_mlp", 2 * 4 * sizeof(float), "2,3")]
    [InlineData("shape_constant", 3 * sizeof(float), "3")]
    [InlineData("type_double", 1 * 2 * sizeof(double), "1,1")]
    public async Task A_raw_request_is_one_tensor_and_is_answered_in_bytes(string model, int size, string shape)
    {
        using var content = Wire.Body(new byte[size]);
        content.Headers.TryAddWithoutValidation(Wire.JsonLength, "0");
        using var response = await host.Client.PostAsync(
            new Uri($"/v2/models/{model}/infer", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var output = (await WireAnswer.ReadAsync(response)).Outputs.Single();
        output.Binary.ShouldBeTrue();
        string.Join(',', output.Shape).ShouldBe(shape);
    }

    [Fact]
    public async Task A_raw_request_of_one_string_has_no_length()
    {
        using var content = Wire.Body("A GOOD good film"u8.ToArray());
        content.Headers.TryAddWithoutValidation(Wire.JsonLength, "0");
        using var response = await host.Client.PostAsync(
            new Uri("/v2/models/text_sentiment/infer", UriKind.Relative), content,
            TestContext.Current.CancellationToken);
        (await WireAnswer.ReadAsync(response)).Outputs[0].Texts.ShouldBe(["positive"]);
    }

    private static bool IsHalf(string file) =>
        Catalogue.Get(file).Examples[0].Inputs.Any(input => ((Tensor)input.Value).Data is Float16[] or BFloat16[]);

    private async Task<HttpResponseMessage> InferAsync(string model, string json)
    {
        using var content = Wire.Json(json);
        return await host.Client.PostAsync(
            new Uri($"/v2/models/{model}/infer", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }
}
