using System.Net;
using System.Net.Http.Headers;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Tests.WholeHost;

/// <summary>
/// Every route of the running host against every role. The list below is the whole list: a route that is missing here,
/// or listed and gone, fails the test.
/// </summary>
public sealed class RouteAccessTests
{
    private const string AdminKey = "an-admin-key-of-more-than-32-characters";
    private const string Open = "open";

    private static readonly Dictionary<string, string> Expected = new()
    {
        ["GET /"] = Open,
        ["GET /health/live"] = Open,
        ["GET /health/ready"] = Open,
        ["GET /health"] = Open,
        ["GET /version"] = Open,
        ["GET /openapi/{documentName}.json"] = Open,
        ["GET /metrics"] = "viewer",
        ["GET /api/v1/models"] = "viewer",
        ["POST /api/v1/models"] = "operator",
        ["GET /api/v1/models/{model}"] = "viewer",
        ["PATCH /api/v1/models/{model}"] = "operator",
        ["DELETE /api/v1/models/{model}"] = "operator",
        ["GET /api/v1/models/{model}/versions"] = "viewer",
        ["POST /api/v1/models/{model}/versions"] = "operator",
        ["GET /api/v1/models/{model}/versions/{number}"] = "viewer",
        ["PATCH /api/v1/models/{model}/versions/{number}"] = "operator",
        ["DELETE /api/v1/models/{model}/versions/{number}"] = "operator",
        ["POST /api/v1/models/{model}/versions/{number}/release"] = "operator",
        ["GET /api/v1/models/{model}/versions/{number}/evaluations"] = "viewer",
        ["POST /api/v1/models/{model}/versions/{number}/evaluations"] = "operator",
        ["GET /api/v1/models/{model}/versions/{number}/carry"] = "viewer",
        ["GET /api/v1/models/{model}/versions/{number}/origin"] = "viewer",
        ["POST /api/v1/models/{model}/carry"] = "operator",
        ["GET /api/v1/webhooks"] = "admin",
        ["PUT /api/v1/webhooks/{name}"] = "admin",
        ["DELETE /api/v1/webhooks/{name}"] = "admin",
        ["POST /api/v1/webhooks/{name}/test"] = "admin",
        ["GET /api/v1/webhooks/{name}/deliveries"] = "admin",
        ["GET /api/v1/promotions"] = "viewer",
        ["POST /api/v1/promotions"] = "operator",
        ["GET /api/v1/promotions/{id}"] = "viewer",
        ["POST /api/v1/promotions/{id}/approve"] = "operator",
        ["POST /api/v1/promotions/{id}/decline"] = "operator",
        ["GET /api/v1/promotion-policies"] = "viewer",
        ["GET /api/v1/promotion-policies/{model}"] = "viewer",
        ["PUT /api/v1/promotion-policies/{model}"] = "admin",
        ["DELETE /api/v1/promotion-policies/{model}"] = "admin",
        ["GET /api/v1/evaluations/{id}"] = "viewer",
        ["GET /api/v1/evaluations/{id}/against/{other}"] = "viewer",
        ["POST /api/v1/evaluations/{id}/rows"] = "operator",
        ["POST /api/v1/evaluations/{id}/finish"] = "operator",
        ["PUT /api/v1/models/{model}/aliases/{alias}"] = "operator",
        ["DELETE /api/v1/models/{model}/aliases/{alias}"] = "operator",
        ["GET /api/v1/models/{model}/alias-history"] = "viewer",
        ["GET /api/v1/models/{model}/versions/{number}/lineage/{format}"] = "viewer",
        ["GET /api/v1/models/{model}/versions/{number}/signatures"] = "viewer",
        ["PUT /api/v1/models/{model}/versions/{number}/signatures"] = "operator",
        ["GET /api/v1/lineage"] = "viewer",
        ["PUT /api/v1/artifacts"] = "operator",
        ["GET /api/v1/artifacts/{digest}"] = "viewer",
        ["HEAD /api/v1/artifacts/{digest}"] = "operator",
        ["GET /api/v1/artifacts/{digest}/parts"] = "viewer",
        ["PUT /api/v1/artifacts/{digest}/parts"] = "operator",
        ["POST /api/v1/garbage-collection"] = "operator",
        ["GET /api/v1/datasets"] = "viewer",
        ["GET /api/v1/datasets/{dataset}/versions"] = "viewer",
        ["POST /api/v1/datasets/{dataset}/versions"] = "operator",
        ["GET /api/v1/datasets/{dataset}/versions/{number}"] = "viewer",
        ["GET /api/v1/datasets/{dataset}/versions/{number}/diff"] = "viewer",
        ["GET /api/v1/endpoints"] = "viewer",
        ["GET /api/v1/endpoints/{name}"] = "viewer",
        ["PUT /api/v1/endpoints/{name}"] = "operator",
        ["DELETE /api/v1/endpoints/{name}"] = "operator",
        ["GET /api/v1/endpoints/{name}/cost"] = "viewer",
        ["GET /api/v1/endpoints/{name}/drift"] = "viewer",
        ["GET /api/v1/endpoints/{name}/history"] = "viewer",
        ["GET /api/v1/endpoints/{name}/quality"] = "viewer",
        ["GET /api/v1/endpoints/{name}/schema/check"] = "viewer",
        ["GET /api/v1/endpoints/{name}/schema/infer"] = "viewer",
        ["GET /api/v1/endpoints/{name}/value"] = "viewer",
        ["GET /api/v1/endpoints/{name}/windows"] = "viewer",
        ["POST /api/v1/endpoints/{name}/predict"] = "predictor",
        ["GET /api/v1/endpoints/{name}/predictions"] = "operator",
        ["POST /api/v1/endpoints/{name}/predictions/forget"] = "admin",
        ["POST /api/v1/predictions/query"] = "operator",
        ["POST /api/v1/apply"] = "operator",
        ["GET /api/v1/monitors"] = "viewer",
        ["GET /api/v1/monitors/{name}"] = "viewer",
        ["PUT /api/v1/monitors/{name}"] = "operator",
        ["DELETE /api/v1/monitors/{name}"] = "operator",
        ["GET /api/v1/monitors/{name}/looks"] = "viewer",
        ["GET /api/v1/series"] = "viewer",
        ["GET /api/v1/series/{name}/points"] = "viewer",
        ["POST /api/v1/series/{name}/points"] = "predictor",
        ["GET /api/v1/outcomes"] = "viewer",
        ["POST /api/v1/outcomes"] = "predictor",
        ["GET /api/v1/experiments"] = "viewer",
        ["GET /api/v1/runs"] = "viewer",
        ["GET /api/v1/runs/compare"] = "viewer",
        ["GET /api/v1/runs/{run}"] = "viewer",
        ["GET /api/v1/runs/{run}/files"] = "viewer",
        ["GET /api/v1/runs/{run}/files/content"] = "viewer",
        ["PUT /api/v1/runs/{run}/note"] = "operator",
        ["GET /api/v1/rollouts"] = "viewer",
        ["POST /api/v1/rollouts"] = "operator",
        ["GET /api/v1/rollouts/{id}"] = "viewer",
        ["PUT /api/v1/rollouts/{id}"] = "operator",
        ["GET /api/v1/rollouts/{id}/events"] = "viewer",
        ["GET /api/v1/rollouts/{id}/disagreements"] = "operator",
        ["POST /api/v1/rollouts/{id}/pause"] = "operator",
        ["POST /api/v1/rollouts/{id}/resume"] = "operator",
        ["POST /api/v1/rollouts/{id}/approve"] = "operator",
        ["GET /api/v1/rollouts/proposals"] = "viewer",
        ["POST /api/v1/rollouts/{id}/decline"] = "operator",
        ["POST /api/v1/rollouts/{id}/skip"] = "operator",
        ["POST /api/v1/rollouts/{id}/promote"] = "operator",
        ["POST /api/v1/rollouts/{id}/abort"] = "operator",
        ["GET /api/v1/alerts"] = "viewer",
        ["GET /api/v1/alerts/{id}"] = "viewer",
        ["POST /api/v1/alerts/{id}/ack"] = "operator",
        ["GET /api/v1/silences"] = "viewer",
        ["POST /api/v1/silences"] = "operator",
        ["DELETE /api/v1/silences/{id}"] = "operator",
        ["GET /api/v1/inhibitions"] = "viewer",
        ["PUT /api/v1/inhibitions/{name}"] = "operator",
        ["DELETE /api/v1/inhibitions/{name}"] = "operator",
        ["GET /api/v1/receivers"] = "viewer",
        ["GET /api/v1/receivers/{name}"] = "viewer",
        ["PUT /api/v1/receivers/{name}"] = "operator",
        ["DELETE /api/v1/receivers/{name}"] = "operator",
        ["POST /api/v1/receivers/{name}/test"] = "operator",
        ["GET /api/v1/caller"] = "viewer",
        ["GET /api/v1/traffic"] = "viewer",
        ["GET /api/v1/keys"] = "admin",
        ["POST /api/v1/keys"] = "admin",
        ["DELETE /api/v1/keys/{id}"] = "admin",
        ["POST /api/v1/keys/{id}/revoke"] = "admin",
        ["GET /api/v1/audit"] = "admin",
        ["GET /api/v1/audit/head"] = "admin",
        ["GET /api/v1/audit/verify"] = "admin",
        ["GET /api/v1/audit/export"] = "admin",
        ["GET /api/v1/audit/retention"] = "admin",
        ["PUT /api/v1/audit/retention"] = "admin",
        ["PUT /api/v1/audit/holds/{name}"] = "admin",
        ["DELETE /api/v1/audit/holds/{name}"] = "admin",
        ["GET /api/v1/status"] = "viewer",
        ["GET /v2/"] = "viewer",
        ["GET /v2/health/live"] = Open,
        ["GET /v2/health/ready"] = Open,
        ["GET /v2/models"] = "viewer",
        ["GET /v2/models/{name}/"] = "viewer",
        ["GET /v2/models/{name}/ready"] = "viewer",
        ["GET /v2/models/{name}/versions/{version}"] = "viewer",
        ["GET /v2/models/{name}/versions/{version}/ready"] = "viewer",
        ["POST /v2/models/{name}/infer"] = "predictor",
        ["POST /v2/models/{name}/versions/{version}/infer"] = "predictor",
        ["POST /v2/repository/index"] = "viewer",
        ["POST /grpc.health.v1.Health/Check"] = Open,
        ["POST /grpc.health.v1.Health/Watch"] = Open,
        ["ANY /grpc.health.v1.Health/{unimplementedMethod:grpcunimplemented}"] = Open,
        ["ANY /{unimplementedService}/{unimplementedMethod:grpcunimplemented}"] = "viewer",
        ["POST /grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = "viewer",
        ["ANY /grpc.reflection.v1.ServerReflection/{unimplementedMethod:grpcunimplemented}"] = "viewer",
        ["POST /grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] = "viewer",
        ["ANY /grpc.reflection.v1alpha.ServerReflection/{unimplementedMethod:grpcunimplemented}"] = "viewer",
        ["POST /inference.GRPCInferenceService/ModelInfer"] = "viewer",
        ["POST /inference.GRPCInferenceService/ModelMetadata"] = "viewer",
        ["POST /inference.GRPCInferenceService/ModelReady"] = "viewer",
        ["POST /inference.GRPCInferenceService/ModelStreamInfer"] = "viewer",
        ["POST /inference.GRPCInferenceService/RepositoryIndex"] = "viewer",
        ["POST /inference.GRPCInferenceService/ServerLive"] = "viewer",
        ["POST /inference.GRPCInferenceService/ServerMetadata"] = "viewer",
        ["POST /inference.GRPCInferenceService/ServerReady"] = "viewer",
        ["ANY /inference.GRPCInferenceService/{unimplementedMethod:grpcunimplemented}"] = "viewer",
    };

    /// <summary>The routes of MLflow's protocol; each is there twice, for clients and for its own console.</summary>
    private static readonly Dictionary<string, string> Mlflow = new()
    {
        ["POST experiments/create"] = "operator",
        ["GET experiments/get"] = "viewer",
        ["GET experiments/get-by-name"] = "viewer",
        ["POST experiments/search"] = "viewer",
        ["GET experiments/search"] = "viewer",
        ["POST experiments/update"] = "operator",
        ["POST experiments/delete"] = "operator",
        ["POST experiments/restore"] = "operator",
        ["POST experiments/set-experiment-tag"] = "operator",
        ["POST experiments/delete-experiment-tag"] = "operator",
        ["POST runs/create"] = "operator",
        ["POST runs/update"] = "operator",
        ["POST runs/delete"] = "operator",
        ["POST runs/restore"] = "operator",
        ["GET runs/get"] = "viewer",
        ["POST runs/search"] = "viewer",
        ["POST runs/log-metric"] = "operator",
        ["POST runs/log-parameter"] = "operator",
        ["POST runs/log-batch"] = "operator",
        ["POST runs/set-tag"] = "operator",
        ["POST runs/delete-tag"] = "operator",
        ["POST runs/log-inputs"] = "operator",
        ["POST runs/outputs"] = "operator",
        ["POST runs/log-model"] = "operator",
        ["GET metrics/get-history"] = "viewer",
        ["GET metrics/get-history-bulk"] = "viewer",
        ["GET metrics/get-history-bulk-interval"] = "viewer",
        ["GET artifacts/list"] = "viewer",
        ["GET traces"] = "viewer",
        ["POST registered-models/create"] = "operator",
        ["GET registered-models/get"] = "viewer",
        ["PATCH registered-models/update"] = "operator",
        ["POST registered-models/rename"] = "operator",
        ["DELETE registered-models/delete"] = "operator",
        ["GET registered-models/search"] = "viewer",
        ["POST registered-models/get-latest-versions"] = "viewer",
        ["GET registered-models/get-latest-versions"] = "viewer",
        ["POST registered-models/set-tag"] = "operator",
        ["DELETE registered-models/delete-tag"] = "operator",
        ["POST registered-models/alias"] = "operator",
        ["DELETE registered-models/alias"] = "operator",
        ["GET registered-models/alias"] = "viewer",
        ["POST model-versions/create"] = "operator",
        ["GET model-versions/get"] = "viewer",
        ["PATCH model-versions/update"] = "operator",
        ["DELETE model-versions/delete"] = "operator",
        ["GET model-versions/search"] = "viewer",
        ["GET model-versions/get-download-uri"] = "viewer",
        ["POST model-versions/set-tag"] = "operator",
        ["DELETE model-versions/delete-tag"] = "operator",
        ["POST model-versions/transition-stage"] = "operator",
        ["POST logged-models"] = "operator",
        ["POST logged-models/search"] = "viewer",
        ["GET logged-models/{id}"] = "viewer",
        ["PATCH logged-models/{id}"] = "operator",
        ["DELETE logged-models/{id}"] = "operator",
        ["PATCH logged-models/{id}/tags"] = "operator",
        ["DELETE logged-models/{id}/tags/{**key}"] = "operator",
        ["POST logged-models/{id}/params"] = "operator",
        ["GET logged-models/{id}/artifacts/directories"] = "viewer",
        ["GET logged-models/{id}/artifacts/files"] = "viewer",
        ["GET /get-artifact"] = "viewer",
        ["GET /ajax-api/2.0/mlflow/get-artifact"] = "viewer",
        ["GET /api/3.0/mlflow/server-info"] = "viewer",
        ["POST /api/3.0/mlflow/traces/search"] = "viewer",
        ["POST /api/3.0/mlflow/traces"] = "operator",
        ["GET /ajax-api/3.0/mlflow/server-info"] = "viewer",
        ["POST /ajax-api/3.0/mlflow/traces/search"] = "viewer",
        ["POST /ajax-api/3.0/mlflow/traces"] = "operator",
        ["GET /api/v1/replicas/records"] = Open,
        ["PUT /api/2.0/mlflow-artifacts/parts/{upload}/{part}"] = Open,
        ["GET /api/2.0/mlflow-artifacts/linked/{**path}"] = Open,
    };

    /// <summary>The artifact proxy, also there twice.</summary>
    private static readonly Dictionary<string, string> Proxy = new()
    {
        ["GET artifacts"] = "viewer",
        ["GET artifacts/{**path}"] = "viewer",
        ["HEAD artifacts/{**path}"] = "viewer",
        ["PUT artifacts/{**path}"] = "operator",
        ["DELETE artifacts/{**path}"] = "operator",
        ["POST mpu/create/{**path}"] = "operator",
        ["POST mpu/complete/{**path}"] = "operator",
        ["POST mpu/abort/{**path}"] = "operator",
        ["GET presigned/{**path}"] = "viewer",
    };

    static RouteAccessTests()
    {
        foreach (var (routes, protocol) in ((Dictionary<string, string>, string)[])
            [(Mlflow, "mlflow"), (Proxy, "mlflow-artifacts")])
        {
            foreach (var (route, role) in routes)
            {
                var prefixes = route.Contains(" /") ? [""]
                    : new[] { $"/api/2.0/{protocol}/", $"/ajax-api/2.0/{protocol}/" };
                foreach (var prefix in prefixes)
                    Expected[route.Replace(" ", $" {prefix}", StringComparison.Ordinal)] = role;
            }
        }
    }

    [Fact]
    public async Task EveryRoute_WithEveryRole_AnswersAsListed()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-routes-").FullName;
        await using var app = FairleadHost.Create(
            new ServeOptions { Http = "127.0.0.1:0", Grpc = "127.0.0.1:0", LogLevel = LogLevel.Error },
            new ControlPlaneOptions { DataFolder = folder, AdminKey = AdminKey });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var addresses = app.Urls.ToList();
        var keys = await KeysAsync(new Uri(addresses[0]));

        // Making the keys was the first request that needs the late routes.
        var routes = Routes(app);
        routes.Keys.Order().ShouldBe(Expected.Keys.Order());
        foreach (var (route, isGrpc) in routes)
        {
            using var http = new HttpClient();
            http.BaseAddress = new Uri(addresses[isGrpc ? 1 : 0]);
            http.Timeout = TimeSpan.FromSeconds(10);
            foreach (var (role, key) in keys)
                await TryAsync(http, route, role, key, isGrpc);
        }

        await app.StopAsync(TestContext.Current.CancellationToken);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task TryAsync(HttpClient http, string route, string role, string? key, bool isGrpc)
    {
        var (method, path) = (route.Split(' ')[0].Replace("ANY", "POST"), route.Split(' ')[1]);
        var address = path.Replace("{unimplementedMethod:grpcunimplemented}", "Nothing")
            .Replace("{unimplementedService}", "nothing.Service")
            .Replace("{documentName}", "v1").Replace("{number}", "1").Replace("{id}", "999")
            .Replace("{version}", "1").Replace("{**path}", "0/nothing").Replace("{part}", "1")
            .Replace("{upload}", "nothing").Replace("{key}", "k").Replace("{run}", "nothing")
            .Replace("{digest}", new string('a', 64)).Replace("{alias}", "champion").Replace("{name}", "nothing")
                .Replace("{model}", "nothing");
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (isGrpc)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            request.Content = new ByteArrayContent([0, 0, 0, 0, 0]);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }
        else if (method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new StringContent("{}", mediaType: new MediaTypeHeaderValue("application/json"));
        }

        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        var demand = Expected[route];
        var status = (int)answer.StatusCode;
        var context = $"{route} as {role} answered {status}, it demands {demand}";
        if (demand == Open)
            status.ShouldNotBeOneOf([401, 403], context);
        else if (key is null)
            status.ShouldBe(401, context);
        else if (Enum.Parse<Role>(role, ignoreCase: true) < Enum.Parse<Role>(demand, ignoreCase: true))
            status.ShouldBe(403, context);
        else
            status.ShouldNotBeOneOf([401, 403], context);
        status.ShouldBeLessThan(500, context);
    }

    /// <summary>Every route with its method, and whether it speaks gRPC.</summary>
    private static Dictionary<string, bool> Routes(WebApplication app) =>
        app.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"])
                .Select(method => (Route: $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}", endpoint)))
            .DistinctBy(pair => pair.Route)
            .ToDictionary(pair => pair.Route, pair =>
                pair.endpoint.DisplayName?.Contains("gRPC", StringComparison.Ordinal) == true);

    private static async Task<List<(string Role, string? Key)>> KeysAsync(Uri http)
    {
        var keys = new List<(string, string?)> { ("nobody", null) };
        var admin = FairleadClient.Connect(http, AdminKey);
        foreach (var role in Enum.GetNames<Role>())
        {
            var made = await admin.CreateKeyAsync(
                new CreateKeyRequest { Name = $"{role} key", Role = role.ToLowerInvariant() });
            keys.Add((role, made.Secret));
        }

        return keys;
    }
}
