using System.IO.Compression;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fairlead.Client.OpenInference;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Telemetry;
using Fairlead.Serving.Tests.Hosting;
using Fairlead.Serving.Tests.Predict;
using Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;
using Google.Protobuf;
using Grpc.Core;

namespace Fairlead.Serving.Tests.Protocols;

/// <summary>
/// Every limit on what a caller may send, at every door that it guards, over real connections: the error that it gives
/// and the count that it leaves. A limit without a case fails a test here.
/// </summary>
public sealed partial class LimitTests(ServingHost rest, GrpcHost grpc) :
    IClassFixture<ServingHost>, IClassFixture<GrpcHost>
{
    private const string Predict = "/api/v1/endpoints/batch_mlp/predict";
    private const string Infer = "/v2/models/batch_mlp/infer";
    private const string Index = "/v2/repository/index";
    private const string X = "\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]";
    private const string BodyWords = "The request's body is larger than the 262144 bytes that are allowed.";

    private static readonly Dictionary<string, Func<LimitTests, Task>> All = new()
    {
        ["MaxBodyBytes: rows"] = test => test.EndlessAsync(Predict, Door.Predict),
        ["MaxBodyBytes: tensors"] = test => test.EndlessAsync(Infer, Door.OpenInferenceRest),
        ["MaxBodyBytes: index"] = test => test.EndlessAsync(Index, Door.OpenInferenceRest),
        ["MaxBodyBytes: announced"] = test => test.AnnouncedAsync(Infer, Door.OpenInferenceRest),
        ["MaxBodyBytes: rows, compressed"] = test => test.PackedAsync(Predict, Door.Predict),
        ["MaxBodyBytes: tensors, compressed"] = test => test.PackedAsync(Infer, Door.OpenInferenceRest),
        ["MaxBodyBytes: gRPC"] = test => test.EndlessMessageAsync(),
        ["MaxBodyBytes: gRPC, compressed"] = test => test.PackedMessageAsync(),
        ["MaxDepth: rows"] = test => test.RefusedAsync(Predict, Door.Predict,
            $"{{\"rows\":[{{\"x\":{Nested(63)}}}]}}", "The request's JSON is nested deeper than 64 levels."),
        ["MaxDepth: tensors"] = test => test.RefusedAsync(Infer, Door.OpenInferenceRest,
            $"{{\"inputs\":[{{{X}}}],\"z\":{Nested(64)}}}", "The request's JSON is nested deeper than 64 levels."),
        ["MaxDepth: index"] = test => test.RefusedAsync(Index, Door.OpenInferenceRest,
            $"{{\"z\":{Nested(64)}}}", "The request's JSON is nested deeper than 64 levels."),
        ["MaxRows"] = test => test.RefusedAsync(Predict, Door.Predict,
            $"{{\"rows\":[{Repeated("{}", RequestLimits.MaxRows + 1)}]}}", "A request has at most 65536 rows."),
        ["MaxElements: rows"] = test => test.RefusedAsync("/api/v1/endpoints/wide/predict", null,
            "{\"rows\":[{},{},{}]}", "The rows make 150000 elements of the input 'x'; at most 100000 are taken."),
        ["MaxElements: tensors"] = test => test.RefusedAsync(Infer, Door.OpenInferenceRest,
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[25001,4],\"datatype\":\"FP32\",\"data\":[1]}]}",
            "The input 'x' has more than 100000 elements."),
        ["MaxElements: gRPC"] = test => test.RefusedAsync(
            Requests.To("batch_mlp").Raw("x", "FP32", Array.Empty<float>(), 1 << 24, 5), null,
            "has more than the 67108864 elements"),
        ["MaxTensors: inputs"] = test => test.RefusedAsync(Infer, Door.OpenInferenceRest,
            $"{{\"inputs\":[{Repeated($"{{{X}}}", 17)}]}}", "A request has at most 16 inputs."),
        ["MaxTensors: outputs"] = test => test.RefusedAsync(Infer, Door.OpenInferenceRest,
            $"{{\"inputs\":[{{{X}}}],\"outputs\":[{Repeated("{\"name\":\"y\"}", 17)}]}}",
            "A request asks for at most 16 outputs."),
        ["MaxTensors: gRPC"] = test => test.RefusedAsync(
            Requests.Mlp().Asking([.. Enumerable.Repeat("y", 65)]), null, "A request has at most 64 tensors."),
        ["MaxMessageTensors"] = test => test.RefusedAsync(
            new ModelInferRequest { RawInputContents = { Repeated(RequestLimits.MaxMessageTensors + 1) } },
            Door.OpenInferenceGrpc, "A request has at most 65536 tensors."),
        ["MaxMessageParameters"] = test => test.RefusedAsync(
            With(Requests.Mlp(), RequestLimits.MaxMessageParameters + 1), Door.OpenInferenceGrpc,
            "A request has at most 4096 parameters."),
        ["MaxMessageStrings"] = test => test.RefusedAsync(
            Requests.To("text_echo").Typed("text", "BYTES", contents =>
                contents.BytesContents.Add(Repeated(RequestLimits.MaxMessageStrings + 1)), 1),
            Door.OpenInferenceGrpc, "A request has at most 1048576 elements in bytes_contents"),
        ["MaxUnitBytes: rows"] = test => TooLongAUnitAsync(user =>
            test.SendAsync("/api/v1/endpoints/by_user/predict",
                $"{{\"rows\":[{{\"x\":[1,2,3,4]}}],\"parameters\":{{\"user\":\"{user}\"}}}}"), test.Rest("by_user")),
        ["MaxUnitBytes: tensors"] = test => TooLongAUnitAsync(user =>
            test.SendAsync("/v2/models/by_user/infer",
                $"{{\"inputs\":[{{{X}}}],\"parameters\":{{\"user\":\"{user}\"}}}}"), test.Rest("by_user")),
        ["MaxUnitBytes: gRPC"] = test => TooLongAUnitAsync(user =>
            test.Client.ModelInferAsync(
                Requests.Mlp("by_user").With("user", new InferParameter { StringParam = user }),
                cancellationToken: Cancel).ResponseAsync,
            test.Grpc("by_user")),
        ["MaxStreamRequests"] = test => test.CrowdedStreamAsync(),
    };

    public static TheoryData<string> Cases => [.. All.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private GRPCInferenceService.GRPCInferenceServiceClient Client { get; } = new(grpc.Channel);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_limit_is_told_and_counted(string name) => All[name](this);

    [Fact]
    public void Every_limit_has_a_case()
    {
        var limits = typeof(RequestLimits)
            .GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(member => member is FieldInfo or PropertyInfo && !member.Name.StartsWith("Default"))
            .Select(member => member.Name);
        limits.Order().ShouldBe(All.Keys.Select(name => name.Split(':')[0]).Distinct().Order());
    }

    /// <summary>
    /// A limit that stands elsewhere would have no case, so there is none: what is left are bounds on what the server
    /// itself says and a table of arithmetic.
    /// </summary>
    [Fact]
    public void Every_limit_of_the_doors_stands_among_the_limits()
    {
        string[] ours =
        [
            "InferAnswer.MaxRawBytes", "InferDoor.LongestTimeout", "InferFailure.MaxDetail", "InferFailure.MaxQuoted",
            "JsonNumber.LargestExactMantissa", "JsonNumber.LargestExactPower",
        ];
        var found =
            from type in typeof(RequestLimits).Assembly.GetTypes()
            where type.Namespace?.StartsWith("Fairlead.Serving.Protocols") == true && type != typeof(RequestLimits)
            from field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            where Bound().IsMatch(field.Name)
            select $"{type.Name}.{field.Name}";
        found.Order().ShouldBe(ours.Order());
    }

    [GeneratedRegex("^(Max|Most|Longest|Largest|Deepest)")]
    private static partial Regex Bound();

    /// <summary>A body that passes its limit and never ends: whoever waits for its end never answers.</summary>
    private Task EndlessAsync(string path, Door door) => CountedAsync(rest.Plane, door, async () =>
    {
        var answer = await RawAsync(
            $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"{ServingHost.MaxBodyBytes + 1:x}\r\n{new string(' ', ServingHost.MaxBodyBytes + 1)}\r\n");
        answer.ShouldStartWith("HTTP/1.1 413 ");
        answer.ShouldContain(BodyWords);
    });

    /// <summary>A length that is over the limit is enough; not a byte of the body has come.</summary>
    private Task AnnouncedAsync(string path, Door door) => CountedAsync(rest.Plane, door, async () =>
    {
        var answer = await RawAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 413 ");
        answer.ShouldContain(BodyWords);
    });

    private Task PackedAsync(string path, Door door) => CountedAsync(rest.Plane, door, async () =>
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            await gzip.WriteAsync(new byte[ServingHost.MaxBodyBytes + 1], Cancel);
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await rest.Client.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
        ((int)answer.StatusCode).ShouldBe(413);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain(BodyWords);
    });

    private Task RefusedAsync(string path, Door? door, string json, string words) =>
        CountedAsync(rest.Plane, door, async () =>
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var answer = await rest.Client.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
            var body = await answer.Content.ReadAsStringAsync(Cancel);
            ((int)answer.StatusCode).ShouldBe(413, body);
            using var said = JsonDocument.Parse(body);
            (said.RootElement.TryGetProperty("detail", out var detail) ? detail : said.RootElement.GetProperty("error"))
                .GetString().ShouldBe(words);
        });

    private Task RefusedAsync(ModelInferRequest request, Door? door, string words) =>
        CountedAsync(grpc.Plane, door, async () =>
        {
            var refusal = await Should.ThrowAsync<RpcException>(
                async () => await Client.ModelInferAsync(request, cancellationToken: Cancel));
            refusal.Status.Detail.ShouldContain(words);
            refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
            refusal.Trailers.GetValue("fairlead-failure").ShouldBe("too_large");
        });

    /// <summary>A message that announces more than the limit and never comes.</summary>
    private Task EndlessMessageAsync() => CountedAsync(grpc.Plane, Door.OpenInferenceGrpc, async () =>
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"{grpc.Address}/inference.GRPCInferenceService/ModelInfer")
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new EndlessContent([0, 0x7F, 0xFF, 0xFF, 0xFF]),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        answer.Headers.GetValues("grpc-status").ShouldBe([$"{(int)StatusCode.ResourceExhausted}"]);
        answer.Headers.GetValues("grpc-message").Single().ShouldContain("maximum configured message size");
    });

    private Task PackedMessageAsync() => CountedAsync(grpc.Plane, Door.OpenInferenceGrpc, async () =>
    {
        var refusal = await Should.ThrowAsync<RpcException>(async () => await Client.ModelInferAsync(
            Requests.Mlp(rows: (GrpcHost.MaxBodyBytes / 16) + 1),
            new Metadata { { "grpc-internal-encoding-request", "gzip" } }, cancellationToken: Cancel));
        refusal.Status.Detail.ShouldBe(
            $"The message is larger than the {GrpcHost.MaxBodyBytes} bytes that are allowed.");
        refusal.Trailers.GetValue("fairlead-failure").ShouldBe("too_large");
    });

    /// <summary>
    /// A unit of the greatest length has an arm; a longer one is told by the count of requests without a unit, and
    /// stays on the stable variant.
    /// </summary>
    private static async Task TooLongAUnitAsync(Func<string, Task> ask, Fairlead.Serving.Routing.EndpointState endpoint)
    {
        var before = endpoint.WithoutUnit;
        await ask(new string('u', RequestLimits.MaxUnitBytes));
        endpoint.WithoutUnit.ShouldBe(before);
        await ask(new string('u', RequestLimits.MaxUnitBytes + 1));
        endpoint.WithoutUnit.ShouldBe(before + 1);
    }

    /// <summary>A stream that asks faster than it is answered is read no further; nothing is refused.</summary>
    private async Task CrowdedStreamAsync()
    {
        var runtime = new HeldRuntime();
        grpc.Plane.Add("crowded", [new Arm("stable", runtime)]);
        using var stream = Client.ModelStreamInfer(cancellationToken: Cancel);
        for (var i = 0; i < 40; i++)
        {
            await stream.RequestStream.WriteAsync(
                Requests.To("crowded", id: $"{i}").Raw("x", "FP32", new float[1], 1), Cancel);
        }

        await stream.RequestStream.CompleteAsync();
        var variant = grpc.Plane.Routing.Find("crowded")!.Serving!.Stable;
        await Waiting.UntilAsync(() => variant.Bulkhead.Inside == RequestLimits.MaxStreamRequests);
        await Task.Delay(200, Cancel);
        variant.Bulkhead.Inside.ShouldBe(RequestLimits.MaxStreamRequests);

        runtime.Release();
        var answers = 0;
        await foreach (var answer in stream.ResponseStream.ReadAllAsync(Cancel))
            answer.InferResponse.Id.ShouldBe($"{answers++}");
        answers.ShouldBe(40);
    }

    /// <summary>Does something that is refused once, at a door; or on a variant, which counts it then.</summary>
    private static async Task CountedAsync(DataPlane plane, Door? door, Func<Task> refused)
    {
        long Counted() => door is { } at ? plane.Refusals.Read(at, PredictFailure.TooLarge)
            : plane.Routing.Endpoints.Where(endpoint => endpoint.Serving is not null)
                .Sum(endpoint => endpoint.Serving!.Variants.Sum(each => each.Meter.Count(PredictFailure.TooLarge)));
        var before = Counted();
        await refused();
        await Waiting.UntilAsync(() => Counted() == before + 1);
    }

    private async Task SendAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await rest.Client.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private Fairlead.Serving.Routing.EndpointState Rest(string endpoint) => rest.Plane.Routing.Find(endpoint)!;

    private Fairlead.Serving.Routing.EndpointState Grpc(string endpoint) => grpc.Plane.Routing.Find(endpoint)!;

    /// <summary>Sends what is no whole request and reads what comes back to the end of its JSON.</summary>
    private async Task<string> RawAsync(string sent)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("127.0.0.1", new Uri(rest.Address).Port, Cancel);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(sent), Cancel);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!answer.ToString().Contains('}', StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel);
            if (read == 0)
                break;
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);

    private static string Repeated(string text, int times) => string.Join(',', Enumerable.Repeat(text, times));

    private static IEnumerable<ByteString> Repeated(int times) => Enumerable.Repeat(ByteString.Empty, times);

    private static ModelInferRequest With(ModelInferRequest request, int parameters)
    {
        for (var i = 0; i < parameters; i++)
            request.Parameters.Add($"p{i}", new InferParameter());
        return request;
    }

    /// <summary>Sends its beginning and then nothing, for ever.</summary>
    private sealed class EndlessContent(byte[] beginning) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(beginning);
            await stream.FlushAsync();
            await Task.Delay(Timeout.Infinite, Cancel);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
