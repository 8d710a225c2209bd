using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Server.Hosting;
using Fairlead.Server.Tracking.Mlflow;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Tests.WholeHost;

/// <summary>
/// The OpenAPI document of the running host is the committed one, and says of every route what a client must know.
/// FAIRLEAD_UPDATE_SNAPSHOTS=1 writes the file anew.
/// </summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n" };

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-openapi-").FullName;
    private WebApplication _app = null!;
    private JsonObject _document = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await ServerStart.RunAsync(
            new ServeOptions { Http = "127.0.0.1:0", Grpc = "127.0.0.1:0", LogLevel = LogLevel.Error },
            new ControlPlaneOptions { DataFolder = Path.Combine(_folder, "data") },
            TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        var text = await http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        _document = JsonNode.Parse(text)!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Document_OfTheRunningHost_IsAsCommitted()
    {
        var file = Path.Combine(Checkout(), "docs", "openapi.v1.json");
        var document = _document.ToJsonString(Readable) + "\n";
        if (Environment.GetEnvironmentVariable("FAIRLEAD_UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, document, TestContext.Current.CancellationToken);
        }

        document.ShouldBe(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void EveryRoute_IsDescribed()
    {
        var routes = _app.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Where(route => route.DisplayName?.Contains("gRPC", StringComparison.Ordinal) != true)

            // The routes of MLflow's protocol are described by MLflow.
            .Where(route => route.Metadata.GetMetadata<MlflowProtocol>() is null)
            .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"])
                .Select(method => $"{method} /{route.RoutePattern.RawText!.Trim('/')}"))

            // The word for browsers, the document itself, and what replicas ask one another.
            .Except(["GET /", "GET /openapi/{documentName}.json", "GET /api/v1/replicas/records"]);
        Operations().Select(each => each.Name).Order().ShouldBe(routes.Order());
    }

    [Fact]
    public void EveryOperation_SaysWhatAClientMustKnow()
    {
        foreach (var (name, operation) in Operations())
        {
            Text(operation, "operationId").ShouldNotBeNullOrEmpty(name);
            Text(operation, "summary").ShouldNotBeNullOrEmpty(name);
            operation["tags"]!.AsArray().Count.ShouldBe(1, name);

            var (method, path) = (name.Split(' ')[0], name.Split(' ')[1]);
            foreach (var part in path.Split('/').Where(part => part.StartsWith('{')))
            {
                (operation["parameters"]?.AsArray() ?? []).ShouldContain(
                    parameter => Text(parameter!.AsObject(), "name") == part.Trim('{', '}')
                        && Text(parameter.AsObject(), "in") == "path", name);
            }

            if (method is "PUT" or "PATCH" || (method == "POST" && !IsWithoutBody(path)))
                operation["requestBody"].ShouldNotBeNull(name);
            CheckAnswers(name, path, operation["responses"]!.AsObject());
        }

        Operations().Select(each => Text(each.Operation, "operationId")).ShouldBeUnique();
    }

    private static void CheckAnswers(string name, string path, JsonObject answers)
    {
        var good = answers.Where(answer => answer.Key[0] == '2').ToList();
        good.ShouldNotBeEmpty(name);
        if (!name.StartsWith("HEAD", StringComparison.Ordinal) && good.All(answer => answer.Key != "204"))
            good.ShouldAllBe(answer => answer.Value!["content"] != null, name);

        if (!path.StartsWith("/api/v1", StringComparison.Ordinal))
            return;

        // Whoever is refused gets a problem document.
        foreach (var status in (string[])["400", "401", "403", "503"])
        {
            answers[status].ShouldNotBeNull($"{name} {status}");
            answers[status]!["content"]!["application/problem+json"].ShouldNotBeNull($"{name} {status}");
        }

        if (path.Contains('{'))
            answers["404"].ShouldNotBeNull(name);
    }

    private static bool IsWithoutBody(string path) =>
        path.EndsWith("/release", StringComparison.Ordinal) || path.EndsWith("/revoke", StringComparison.Ordinal)
        || path.EndsWith("/garbage-collection", StringComparison.Ordinal)
        || path.EndsWith("/test", StringComparison.Ordinal) || path.EndsWith("/finish", StringComparison.Ordinal);

    private List<(string Name, JsonObject Operation)> Operations() =>
    [
        .. from path in _document["paths"]!.AsObject()
           from operation in path.Value!.AsObject()
           select ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!.AsObject()),
    ];

    private static string? Text(JsonObject from, string name) => (string?)from[name];

    private static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fairlead.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("These tests run inside a checkout.");
    }
}
