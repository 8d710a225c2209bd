using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Fairlead.Client.Api;
using Fairlead.Client.OpenInference;
using Fairlead.EndToEnd.Program;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fairlead.EndToEnd;

/// <summary>A server that is told to stop finishes what it began, over every door.</summary>
public sealed class StopTests
{
    private const string Name = "loop";

    /// <summary>Half a second to some seconds of one processor, so that the stop comes in the middle.</summary>
    private const long Iterations = 300_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_InTheMiddleOfCalls_AnswersThem_AndEndsAnOpenStreamBehindItsAnswers()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path, "--drain-delay", "500ms");
        await ServeAsync(server);
        using var http = new HttpClient { BaseAddress = server.Http };
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);

        var rest = http.PostAsJsonAsync($"/v2/models/{Name}/infer", RestRequest(), Cancel);
        var single = client.ModelInferAsync(Request("single"), cancellationToken: Cancel).ResponseAsync;
        using var stream = client.ModelStreamInfer(cancellationToken: Cancel);
        await stream.RequestStream.WriteAsync(Request("first"), Cancel);
        await stream.RequestStream.WriteAsync(Request("second"), Cancel);
        await UntilInProgressAsync(http, 4);
        var stopping = server.StopAsync();

        await UntilNotReadyAsync(http);
        (await rest).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await single).Id.ShouldBe("single");
        foreach (var id in (string[])["first", "second"])
        {
            (await stream.ResponseStream.MoveNext(Cancel)).ShouldBeTrue();
            stream.ResponseStream.Current.ErrorMessage.ShouldBeEmpty();
            stream.ResponseStream.Current.InferResponse.Id.ShouldBe(id);
        }

        // The caller never said that the stream is over; the server does, and says what to do.
        var end = await Should.ThrowAsync<RpcException>(() => stream.ResponseStream.MoveNext(Cancel));
        end.StatusCode.ShouldBe(StatusCode.Unavailable);
        end.Status.Detail.ShouldContain("new stream");
        (await stopping).ShouldBe(0, server.Error);
    }

    private static async Task ServeAsync(ServerProcess server)
    {
        var bytes = await File.ReadAllBytesAsync(
            Path.Combine(BuiltProgram.Root, "tests", "models", "control_loop.onnx"), Cancel);
        var artifact = await server.Client.PutArtifactAsync(
            new MemoryStream(bytes), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        var version = await server.Client.RegisterVersionAsync(
            Name, new RegisterVersionRequest
            {
                Files = [new VersionFile("model.onnx", artifact.Digest, artifact.Size)],
            });
        await server.Client.PutEndpointAsync(
            Name,
            new PutEndpointRequest
            {
                Variants = [new VariantRequest { Name = "stable", Model = Name, Version = version.Number, Weight = 1 }],
            },
            TimeSpan.FromSeconds(60));
    }

    private static JsonNode RestRequest() => JsonNode.Parse($$"""
        {
          "inputs": [
            { "name": "x", "shape": [1], "datatype": "FP32", "data": [1.5] },
            { "name": "iterations", "shape": [], "datatype": "INT64", "data": [{{Iterations}}] }
          ]
        }
        """)!;

    private static ModelInferRequest Request(string id)
    {
        var request = new ModelInferRequest { ModelName = Name, Id = id };
        request.Inputs.Add(Input("x", "FP32", 1));
        request.Inputs.Add(Input("iterations", "INT64"));
        request.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes<float>([1.5f])));
        request.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes<long>([Iterations])));
        return request;
    }

    private static ModelInferRequest.Types.InferInputTensor Input(string name, string type, params long[] shape) =>
        new() { Name = name, Datatype = type, Shape = { shape } };

    private static async Task UntilInProgressAsync(HttpClient http, int requests)
    {
        while ((await Scrape.OfAsync(http)).Sum("fairlead_in_flight", $"endpoint=\"{Name}\"") < requests)
            await Task.Delay(10, Cancel);
    }

    private static async Task UntilNotReadyAsync(HttpClient http)
    {
        while (true)
        {
            using var answer = await http.GetAsync("/health/ready", Cancel);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                return;
            await Task.Delay(10, Cancel);
        }
    }
}
