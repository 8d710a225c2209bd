using Fairlead.Client.OpenInference;
using Fairlead.Serving.Tests.Predict;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;

/// <summary>Streams of requests, and the services beside the main one.</summary>
public sealed class StreamTests(GrpcHost host) : IClassFixture<GrpcHost>
{
    private readonly GRPCInferenceService.GRPCInferenceServiceClient _client = new(host.Channel);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_come_in_order_and_a_failure_ends_only_its_request()
    {
        using var stream = _client.ModelStreamInfer(cancellationToken: Cancel);
        var reading = ReadAsync(stream);
        for (var i = 0; i < 200; i++)
        {
            var request = i % 10 == 3 ? Requests.Mlp("nobody", id: $"{i}") : Requests.Mlp(rows: 1 + (i % 7),
                id: $"{i}");
            await stream.RequestStream.WriteAsync(request, Cancel);
        }

        await stream.RequestStream.CompleteAsync();
        var answers = await reading;
        answers.Select(answer => answer.InferResponse.Id).ShouldBe(Enumerable.Range(0, 200).Select(i => $"{i}"));
        for (var i = 0; i < 200; i++)
        {
            var failed = i % 10 == 3;
            answers[i].ErrorMessage.Length.ShouldBeInRange(failed ? 1 : 0, failed ? 200 : 0);
            if (failed)
                answers[i].InferResponse.Parameters["failure"].StringParam.ShouldBe("unknown_endpoint");
            else
                answers[i].InferResponse.Outputs.Single().Shape[0].ShouldBe(1 + (i % 7));
        }

        stream.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    [Fact]
    public async Task A_caller_who_goes_away_is_counted_and_leaves_nothing_behind()
    {
        var runtime = new HeldRuntime();
        host.Plane.Add("left", [new Arm("stable", runtime)]);
        var variant = host.Plane.Routing.Find("left")!.Serving!.Stable;
        using (var stream = _client.ModelStreamInfer(cancellationToken: Cancel))
        {
            await stream.RequestStream.WriteAsync(Requests.To("left").Raw("x", "FP32", new float[1], 1), Cancel);
            await Eventually(() => variant.Bulkhead.Inside == 1);
        }

        await Eventually(() => variant.Bulkhead.Inside == 0);
        variant.Meter.Count(Fairlead.Serving.Predict.PredictFailure.CallerGone).ShouldBe(1);

        using var gone = new CancellationTokenSource();
        var asking = _client.ModelInferAsync(
            Requests.To("left").Raw("x", "FP32", new float[1], 1), cancellationToken: gone.Token).ResponseAsync;
        await Eventually(() => variant.Bulkhead.Inside == 1);
        await gone.CancelAsync();
        (await Should.ThrowAsync<RpcException>(asking)).StatusCode.ShouldBe(StatusCode.Cancelled);
        await Eventually(() => variant.Meter.Count(Fairlead.Serving.Predict.PredictFailure.CallerGone) == 2);
    }

    [Fact]
    public async Task The_calls_deadline_is_the_requests()
    {
        host.Plane.Add("late", [new Arm("stable", new HeldRuntime())]);
        var refusal = await Should.ThrowAsync<RpcException>(async () => await _client.ModelInferAsync(
            Requests.To("late").Raw("x", "FP32", new float[1], 1),
            deadline: DateTime.UtcNow.AddMilliseconds(150), cancellationToken: Cancel));

        refusal.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        await Eventually(() => host.Plane.Routing.Find("late")!.Serving!.Stable.Bulkhead.Inside == 0);
    }

    [Fact]
    public async Task A_full_variant_asks_to_come_back()
    {
        var runtime = new HeldRuntime();
        host.Plane.Add("full", [new Arm("stable", runtime)], limits: new() { MaxInFlight = 1 });
        var variant = host.Plane.Routing.Find("full")!.Serving!.Stable;
        var request = Requests.To("full").Raw("x", "FP32", new float[1], 1);
        var first = _client.ModelInferAsync(request, cancellationToken: Cancel).ResponseAsync;
        await Eventually(() => variant.Bulkhead.Inside == 1);

        var refusal = await Should.ThrowAsync<RpcException>(
            async () => await _client.ModelInferAsync(request, cancellationToken: Cancel));
        refusal.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        refusal.Trailers.GetValue("retry-after").ShouldBe("1");
        runtime.Release();
        await first;
    }

    [Fact]
    public async Task A_defect_is_told_without_its_stack()
    {
        host.Plane.Add("broken", [new Arm("stable", new BrokenRuntime())]);
        var refusal = await Should.ThrowAsync<RpcException>(async () => await _client.ModelInferAsync(
            Requests.To("broken").Raw("x", "FP32", new float[1], 1), cancellationToken: Cancel));

        refusal.StatusCode.ShouldBe(StatusCode.Internal);
        refusal.Status.Detail.ShouldNotContain(" at ");
        refusal.Status.Detail.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Reflection_lists_the_services_and_describes_ours()
    {
        var client = new ServerReflection.ServerReflectionClient(host.Channel);
        using var call = client.ServerReflectionInfo(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, Cancel);
        (await call.ResponseStream.MoveNext(Cancel)).ShouldBeTrue();
        var services = call.ResponseStream.Current.ListServicesResponse.Service.Select(service =>
            service.Name).ToList();
        services.ShouldContain("inference.GRPCInferenceService");
        services.ShouldContain("grpc.health.v1.Health");

        await call.RequestStream.WriteAsync(
            new ServerReflectionRequest { FileContainingSymbol = "inference.GRPCInferenceService" }, Cancel);
        (await call.ResponseStream.MoveNext(Cancel)).ShouldBeTrue();
        call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto.ShouldNotBeEmpty();
        await call.RequestStream.CompleteAsync();
    }

    [Fact]
    public async Task Health_follows_readiness()
    {
        await using var own = new GrpcHost();
        await own.InitializeAsync();
        var client = new Health.HealthClient(own.Channel);
        foreach (var service in (string[])["", "inference.GRPCInferenceService"])
        {
            (await client.CheckAsync(new HealthCheckRequest { Service = service }, cancellationToken: Cancel)).Status
                .ShouldBe(HealthCheckResponse.Types.ServingStatus.Serving);
        }

        (await Should.ThrowAsync<RpcException>(async () => await client.CheckAsync(
            new HealthCheckRequest { Service = "other" },
                cancellationToken: Cancel))).StatusCode.ShouldBe(StatusCode.NotFound);
        own.Plane.Routing.Stop();
        (await client.CheckAsync(new HealthCheckRequest(), cancellationToken: Cancel)).Status
            .ShouldBe(HealthCheckResponse.Types.ServingStatus.NotServing);
        (await new GRPCInferenceService.GRPCInferenceServiceClient(own.Channel)
            .ServerReadyAsync(new ServerReadyRequest(), cancellationToken: Cancel)).Ready.ShouldBeFalse();
    }

    private static async Task<List<ModelStreamInferResponse>> ReadAsync(
        AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> stream)
    {
        var answers = new List<ModelStreamInferResponse>();
        await foreach (var answer in stream.ResponseStream.ReadAllAsync(Cancel))
            answers.Add(answer);
        return answers;
    }

    private static Task Eventually(Func<bool> condition) => Waiting.UntilAsync(condition);
}
