using Fairlead.Client.OpenInference;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Tests.Predict;
using Grpc.Core;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;

/// <summary>A call that ends before any request comes of it is counted once, by its reason.</summary>
public sealed class RefusedCallTests : IAsyncLifetime
{
    private readonly GrpcHost _host = new();

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0x0A, 0x7F }, null, PredictFailure.Malformed, "malformed_request")]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 0x0A }, null, PredictFailure.Malformed, null)]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 0 }, "br", PredictFailure.Unsupported, null)]
    [InlineData(new byte[] { 1, 0, 0, 0, 4, 1, 2, 3, 4 }, "gzip", PredictFailure.Malformed, "malformed_request")]
    [InlineData(new byte[] { 0, 0x7F, 0, 0, 0 }, null, PredictFailure.TooLarge, null)]
    public async Task Call_WhoseMessageIsNone_IsCountedByItsReason(
        byte[] message, string? encoding, PredictFailure reason, string? code)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"{_host.Address}/inference.GRPCInferenceService/ModelInfer")
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(message),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        if (encoding is not null)
            request.Headers.Add("grpc-encoding", encoding);

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.Headers.GetValues("grpc-status").ShouldNotBe(["0"]);
        (answer.Headers.TryGetValues("fairlead-failure", out var said) ? said.Single() : null).ShouldBe(code);
        await CountedAsync((reason, 1));
    }

    [Fact]
    public async Task Call_ThatAVariantOrTheDoorCounted_IsNotCountedAgain()
    {
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(_host.Channel);
        (await RefusedAsync(client, Requests.Mlp("nobody"))).ShouldBe("unknown_endpoint");
        (await RefusedAsync(client, Requests.To("batch_mlp"))).ShouldBe("invalid_input");

        await CountedAsync((PredictFailure.UnknownEndpoint, 1));
        _host.Plane.Routing.Find("batch_mlp")!.Serving!.Stable.Meter.Count(PredictFailure.InvalidInput).ShouldBe(1);
    }

    [Fact]
    public async Task Stream_ThatBreaks_IsCounted_AndItsEarlierRequestsAreAnswered()
    {
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(_host.Channel);
        using var stream = client.ModelStreamInfer(cancellationToken: TestContext.Current.CancellationToken);
        await stream.RequestStream.WriteAsync(Requests.Mlp(id: "first"), TestContext.Current.CancellationToken);
        var many = Requests.Mlp();
        for (var i = 0; i < 5000; i++)
            many.With($"p{i}", new InferParameter());
        await stream.RequestStream.WriteAsync(many, TestContext.Current.CancellationToken);

        (await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeTrue();
        stream.ResponseStream.Current.InferResponse.Id.ShouldBe("first");
        var end = await Should.ThrowAsync<RpcException>(
            stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        end.Trailers.GetValue("fairlead-failure").ShouldBe("too_large");
        await CountedAsync((PredictFailure.TooLarge, 1));
    }

    private static async Task<string?> RefusedAsync(
        GRPCInferenceService.GRPCInferenceServiceClient client, ModelInferRequest request) =>
        (await Should.ThrowAsync<RpcException>(async () => await client.ModelInferAsync(
            request, cancellationToken: TestContext.Current.CancellationToken))).Trailers.GetValue("fairlead-failure");

    /// <summary>The count follows the answer's end, so it may come a moment later.</summary>
    private async Task CountedAsync(params (PredictFailure Reason, long Count)[] expected)
    {
        await Waiting.UntilAsync(() => _host.Plane.Refusals.ReadAll().Any());
        await Task.Delay(50, TestContext.Current.CancellationToken);
        _host.Plane.Refusals.ReadAll().ShouldBe(
            expected.Select(each => ("oip_grpc", each.Reason.Code(), each.Count)));
    }
}
