using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>
/// What an operator sees of a running server: the metrics page, and what an exporter sends over the wire.
/// </summary>
public sealed class TelemetryTests
{
    private const string AdminKey = "an-admin-key-of-more-than-32-characters";
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string CallersSpan = "b7ad6b7169203331";

    [Fact]
    public async Task TracesAndMetrics_ArriveAtACollector_BelowTheCallersSpan()
    {
        using var folder = new TemporaryFolder();
        using var collector = new Collector();
        await using var server = await ServerProcess.StartAsync(folder.Path, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "300",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        });
        var version = await Credit.RegisterAsync(server.Client, "logistic");
        await Credit.ServeAsync(server.Client, (version, 1));

        await Credit.AskAsync(server.Client, ("traceparent", $"00-{TraceId}-{CallersSpan}-01"));

        await collector.UntilAsync(seen => seen.Spans.Any(span => span is { Name: "predict", TraceId: TraceId }));
        await collector.UntilAsync(seen => seen.Spans.Any(span => span is { ParentId: CallersSpan }));
        var request = collector.Spans.Single(span => span.ParentId == CallersSpan);
        request.TraceId.ShouldBe(TraceId);
        var prediction = collector.Spans.Single(span => span is { Name: "predict", TraceId: TraceId });
        prediction.ParentId.ShouldBe(request.SpanId);

        string[] wanted =
        [
            "fairlead.request.duration", "fairlead.requests", "fairlead.rows", "fairlead.compute.cpu.time",
            "fairlead.in_flight", "fairlead.queue.depth", "fairlead.model.memory", "fairlead.shadow.drops",
            "fairlead.record.drops", "fairlead.outcomes", "fairlead.rollout.looks", "fairlead.control.writes",
        ];
        await collector.UntilAsync(seen => wanted.All(seen.Metrics.Contains));
    }

    [Fact]
    public async Task Metrics_CountEveryRequest_WhateverBecameOfIt()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(
            folder.Path, new Dictionary<string, string> { ["FAIRLEAD_ADMIN_KEY"] = AdminKey });
        var admin = FairleadClient.Connect(server.Http, AdminKey);
        var version = await Credit.RegisterAsync(admin, "logistic");
        await Credit.ServeAsync(admin, (version, 1));
        for (var i = 0; i < 5; i++)
            await Credit.AskAsync(admin);
        using var http = new HttpClient { BaseAddress = server.Http };
        await RefusalsAsync(server, admin, http);

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        var page = await Scrape.OfAsync(http);
        string[] variant = ["endpoint=\"credit\"", $"variant=\"v{version}\"", $"version=\"{version}\""];
        double Of(string name, params string[] more) => page.Sum(name, [.. variant, .. more]);

        // Six were answered: five of ours and the first of the key that may ask once a second.
        Of("fairlead_requests_total", "reason=\"none\"").ShouldBe(6);
        Of("fairlead_requests_total", "reason=\"invalid_input\"").ShouldBe(1);
        Of("fairlead_rows_total").ShouldBe(6);
        Of("fairlead_request_duration_seconds_count", "stage=\"total\"").ShouldBe(7);
        foreach (var stage in (string[])["queue", "compute", "encode"])
            Of("fairlead_request_duration_seconds_count", $"stage=\"{stage}\"").ShouldBe(6, stage);
        Of("fairlead_batch_rows_sum").ShouldBe(6);
        Of("fairlead_batches_total").ShouldBe(Of("fairlead_batch_rows_count"));
        Of("fairlead_batches_total", "reason=\"idle\"").ShouldBeGreaterThan(0);
        Of("fairlead_queue_depth").ShouldBe(0);
        Of("fairlead_in_flight").ShouldBe(0);
        Of("fairlead_in_flight_limit").ShouldBeGreaterThan(0);
        Of("fairlead_load_seconds").ShouldBeGreaterThan(0);
        Of("fairlead_model_memory_bytes").ShouldBeGreaterThan(0);
        Of("fairlead_compute_cpu_seconds_total").ShouldBeGreaterThan(0);
        page.Sum("fairlead_endpoint_generation", "endpoint=\"credit\"").ShouldBe(1);
        page.Sum("process_resident_memory_bytes").ShouldBeGreaterThan(1 << 20);

        double Refused(string door, string reason) =>
            page.Sum("fairlead_refusals_total", $"door=\"{door}\"", $"reason=\"{reason}\"");
        Refused("predict", "unauthenticated").ShouldBe(1);
        Refused("predict", "unknown_endpoint").ShouldBe(1);
        Refused("predict", "malformed_request").ShouldBe(1);
        Refused("predict", "rate_limited").ShouldBe(1);
        Refused("oip_rest", "unknown_endpoint").ShouldBe(1);
        Refused("oip_rest", "unauthenticated").ShouldBe(1);
        Refused("api", "forbidden").ShouldBe(1);
        Refused("oip_grpc", "malformed_request").ShouldBe(1);
    }

    /// <summary>One request for every way to be refused that the test counts.</summary>
    private static async Task RefusalsAsync(ServerProcess server, FairleadClient admin, HttpClient nobody)
    {
        const string predict = "/api/v1/endpoints/credit/predict";
        (await PostAsync(nobody, predict, "{}")).ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync(nobody, "/v2/models/credit/infer", "{}")).ShouldBe(HttpStatusCode.Unauthorized);

        using var http = new HttpClient { BaseAddress = server.Http };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        (await PostAsync(http, "/api/v1/endpoints/nothing/predict", "{\"rows\":[]}")).ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(http, "/v2/models/nothing/infer", "{\"inputs\":[]}")).ShouldBe(HttpStatusCode.NotFound);
        using var broken = new ByteArrayContent("no gzip"u8.ToArray());
        broken.Headers.ContentEncoding.Add("gzip");
        broken.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using (var answer = await http.PostAsync(predict, broken, TestContext.Current.CancellationToken))
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(http, predict, "{\"rows\":[{\"Seniority\":\"many\"}]}")).ShouldBe(HttpStatusCode.BadRequest);

        var slow = await admin.CreateKeyAsync(
            new CreateKeyRequest { Name = "slow", Role = "predictor", RequestsPerSecond = 0.001 });
        var limited = FairleadClient.Connect(server.Http, slow.Secret);
        await Credit.AskAsync(limited);
        (await Should.ThrowAsync<FairleadApiException>(Credit.AskAsync(limited))).Code.ShouldBe("rate_limited");
        (await Should.ThrowAsync<FairleadApiException>(limited.ListKeysAsync())).Code.ShouldBe("forbidden");
        await BrokenMessageAsync(server.Grpc);
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(path, content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>A gRPC message whose first field says that it is longer than the message.</summary>
    private static async Task BrokenMessageAsync(Uri grpc)
    {
        using var http = new HttpClient { BaseAddress = grpc };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/inference.GRPCInferenceService/ModelInfer")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 2, 0x0A, 0x7F]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
