using System.Text.Json;
using Fairlead.Core.Controls;
using Fairlead.Serving.Tests.Hosting;
using Fairlead.Serving.Tests.Predict;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Rest;

/// <summary>Arms without a model, as clients of the protocol see them.</summary>
public sealed class ControlTests : IAsyncLifetime
{
    private const string Inputs =
        """
        {"inputs":[{"name":"a","datatype":"INT32","shape":[2],"data":[1,9]},
                   {"name":"b","datatype":"UINT8","shape":[2],"data":[2,2]}]
        """;

    private readonly ServingHost _host = new();

    public async ValueTask InitializeAsync()
    {
        await _host.InitializeAsync();
        Add("none", ControlAnswer.None);
        Add("rule", new ControlAnswer(ControlKind.Rule)
        {
            Rules =
            [
                new ControlRule(RowCondition.Parse("a > 5"),
                    [new("sum", ScalarValue.Of(1)), new("why", ScalarValue.Of("a"))]),
            ],
            Outputs = [new("sum", ScalarValue.Of(0)), new("why", ScalarValue.Of("é"))],
        });
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task None_HasNoOutputs_WhateverIsAskedFor()
    {
        foreach (var asked in (string[])["", ",\"outputs\":[{\"name\":\"sum\"}]"])
        {
            var answer = await InferAsync("none", Inputs + asked + "}");

            answer.Json.GetProperty("model_version").GetString().ShouldBe("none");
            answer.Json.GetProperty("parameters").GetProperty("variant").GetString().ShouldBe("control");
            answer.Json.GetProperty("parameters").GetProperty("prediction_id").GetString()!.Length.ShouldBe(43);
            answer.Outputs.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("", "sum:INT64:0,1 why:BYTES:é,a")]
    [InlineData(",\"outputs\":[{\"name\":\"sum\"}]", "sum:INT64:0,1")]
    [InlineData(",\"outputs\":[{\"name\":\"sum\",\"parameters\":{\"binary_data\":true}}]", "sum:INT64:0,1:binary")]
    [InlineData(",\"parameters\":{\"binary_data_output\":true}", "sum:INT64:0,1:binary why:BYTES:é,a:binary")]
    public async Task Rule_AnswersWhatIsAskedFor_InItsForm(string asked, string expected)
    {
        var answer = await InferAsync("rule", Inputs + asked + "}");

        string.Join(' ', answer.Outputs.Select(output => $"{output.Name}:{output.Type}:{string.Join(',', output.Texts)}"
            + (output.Binary ? ":binary" : ""))).ShouldBe(expected);
        answer.Outputs.ShouldAllBe(output => output.Shape.SequenceEqual(new long[] { 2 }));
    }

    [Fact]
    public async Task What_the_model_would_refuse_is_refused()
    {
        using var content = Wire.Json(Inputs + ",\"outputs\":[{\"name\":\"why\"}]}");
        using var response = await _host.Client.PostAsync(
            new Uri("/v2/models/rule/infer", UriKind.Relative), content, TestContext.Current.CancellationToken);

        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldContain("unexpected inference output 'why'; the model has 'sum'");
    }

    [Fact]
    public async Task Versions_AreThoseOfModelsOnly()
    {
        var text = await _host.Client.GetStringAsync(
            new Uri("/v2/models/none", UriKind.Relative), TestContext.Current.CancellationToken);

        JsonDocument.Parse(text).RootElement.GetProperty("versions").GetRawText().ShouldBe("[\"1\"]");
    }

    private void Add(string name, ControlAnswer answer) => _host.Plane.Add(name,
        [Arm.Of("stable", "type_integer_sum.onnx", 0), Arm.Without("control", answer)]);

    private async Task<WireAnswer> InferAsync(string endpoint, string json)
    {
        using var content = Wire.Json(json);
        using var response = await _host.Client.PostAsync(
            new Uri($"/v2/models/{endpoint}/infer", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return await WireAnswer.ReadAsync(response);
    }
}
