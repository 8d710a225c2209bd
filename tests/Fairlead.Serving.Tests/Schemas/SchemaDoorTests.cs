using System.Buffers;
using System.Net;
using System.Text;
using Fairlead.Client.OpenInference;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;
using Fairlead.Serving.Tests.Hosting;
using Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;
using Grpc.Core;

namespace Fairlead.Serving.Tests.Schemas;

/// <summary>A request that breaks a schema, at every door.</summary>
public sealed class SchemaDoorTests(ServingHost rest, GrpcHost grpc)
    : IClassFixture<ServingHost>, IClassFixture<GrpcHost>
{
    private const string Header = "fairlead-schema-faults";

    private readonly GRPCInferenceService.GRPCInferenceServiceClient _client = new(grpc.Channel);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/v1/endpoints/{0}/predict", """{"rows":[{"x":[0,0,0,0]},{"x":[7,0,0,0]}]}""")]
    [InlineData("/v2/models/{0}/infer", """
        {"inputs":[{"name":"x","shape":[2,4],"datatype":"FP32","data":[0,0,0,0,7,0,0,0]}]}
        """)]
    public async Task OverHttp_ItIsRefusedOrWarnedOf(string route, string body)
    {
        using var refused = await PostAsync(string.Format(null, route, "refusing"), body);
        var detail = await refused.Content.ReadAsStringAsync(Cancel);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, detail);
        detail.ShouldContain("'x[0]' must be a number up to 1 and is 7 in row 2");

        using var warned = await PostAsync(string.Format(null, route, "warning"), body);
        warned.StatusCode.ShouldBe(HttpStatusCode.OK);
        warned.Headers.GetValues(Header).ShouldBe(["x%5B0%5D=above_range:1"]);
        using var good = await PostAsync(string.Format(null, route, "warning"), body.Replace('7', '1'));
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
        good.Headers.Contains(Header).ShouldBeFalse();

        var refusing = rest.Plane.Routing.Find("refusing")!.Serving!;
        refusing.Stable.Meter.Count(PredictFailure.SchemaBroken).ShouldBeGreaterThan(0);
        refusing.SchemaOf(refusing.Stable)!.Read().ShouldHaveSingleItem().Column.ShouldBe("x[0]");

        // Of the refused request its window knows both rows, and what was wrong with one of them.
        var window = refusing.Stable.Windows.Take(all: true, TimeProvider.System)[^1].Window;
        (window.Rows, window.RefusedRows).ShouldBe((0, 2));
        window.Faults.ShouldHaveSingleItem().ShouldBe(new(("x[0]", "above_range"), 1));
    }

    [Fact]
    public async Task OverGrpc_ItIsRefusedOrWarnedOf()
    {
        float[] rows = [0, 0, 0, 0, 7, 0, 0, 0];
        var refused = await Should.ThrowAsync<RpcException>(
            _client.ModelInferAsync(Requests.To("refusing").Raw("x", "FP32", rows, 2, 4), cancellationToken: Cancel)
                .ResponseAsync);
        refused.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refused.Status.Detail.ShouldContain("'x[0]' must be a number up to 1");
        refused.Trailers.GetValue("fairlead-failure").ShouldBe("schema_broken");

        using var call = _client.ModelInferAsync(
            Requests.To("warning").Raw("x", "FP32", rows, 2, 4), cancellationToken: Cancel);
        await call.ResponseAsync;
        call.GetTrailers().GetValue(Header).ShouldBe("x%5B0%5D=above_range:1");

        using var stream = _client.ModelStreamInfer(cancellationToken: Cancel);
        await stream.RequestStream.WriteAsync(Requests.To("warning").Raw("x", "FP32", rows, 2, 4), Cancel);
        await stream.RequestStream.CompleteAsync();
        (await stream.ResponseStream.MoveNext(Cancel)).ShouldBeTrue();
        stream.ResponseStream.Current.InferResponse.Parameters["fairlead_schema_faults"].StringParam
            .ShouldBe("x%5B0%5D=above_range:1");
    }

    [Fact]
    public async Task TheMetricsPage_CountsByColumnAndFault()
    {
        using var warned = await PostAsync(
            "/api/v1/endpoints/warning/predict", """{"rows":[{"x":["NaN",0,0,0]}]}""");
        warned.StatusCode.ShouldBe(HttpStatusCode.OK);
        var process = new ProcessMeter(OnnxEnvironment.Plan);
        var page = new ArrayBufferWriter<byte>();
        new MetricsPage(rest.Plane.Routing, rest.Plane.Refusals, process).Write(page);

        Encoding.UTF8.GetString(page.WrittenSpan).ShouldContain(
            "fairlead_schema_faults_total{endpoint=\"warning\",variant=\"only\",model=\"model\",version=\"1\","
            + "column=\"x[0]\",fault=\"missing\"} ");
    }

    private Task<HttpResponseMessage> PostAsync(string route, string body) =>
        rest.Client.PostAsync(route, new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
}
