using Fairlead.Client.OpenInference;
using Fairlead.Core.Controls;
using Fairlead.Serving.Tests.Predict;
using Grpc.Core;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;

/// <summary>Arms without a model over gRPC.</summary>
public sealed class ControlTests : IAsyncLifetime
{
    private readonly GrpcHost _host = new();

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
    public async Task None_HasNoOutputs_AndCarriesPredictionIdAndArm()
    {
        var answer = await InferAsync(Two("none").Asking("sum"));

        (answer.ModelVersion, answer.Outputs.Count, answer.RawOutputContents.Count).ShouldBe(("none", 0, 0));
        answer.Parameters["variant"].StringParam.ShouldBe("control");
        answer.Parameters["prediction_id"].StringParam.Length.ShouldBe(43);
    }

    [Fact]
    public async Task Rule_AnswersWhatIsAskedFor()
    {
        var all = await InferAsync(Two("rule"));
        var one = await InferAsync(Two("rule").Asking("sum"));

        all.Outputs.Select(output => (output.Name, output.Datatype)).ShouldBe([("sum", "INT64"), ("why", "BYTES")]);
        all.Read<long>("sum").ShouldBe([0, 1]);
        one.Outputs.Select(output => output.Name).ShouldBe(["sum"]);
        (await Should.ThrowAsync<RpcException>(() => InferAsync(Two("rule").Asking("why")))).StatusCode
            .ShouldBe(StatusCode.InvalidArgument);
    }

    private static ModelInferRequest Two(string endpoint) => Requests.To(endpoint)
        .Raw("a", "INT32", new[] { 1, 9 }, 2).Raw("b", "UINT8", new byte[] { 2, 2 }, 2);

    private void Add(string name, ControlAnswer answer) => _host.Plane.Add(name,
        [Arm.Of("stable", "type_integer_sum.onnx", 0), Arm.Without("control", answer)]);

    private async Task<ModelInferResponse> InferAsync(ModelInferRequest request) =>
        await new GRPCInferenceService.GRPCInferenceServiceClient(_host.Channel)
            .ModelInferAsync(request, cancellationToken: TestContext.Current.CancellationToken);
}
