using System.Security.Cryptography;
using System.Text;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server.Access;
using Fairlead.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Tests.Hosting;

/// <summary>The control plane in a host of its own on a free port, over real storage.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string? _ownFolder;
    private readonly List<HttpClient> _clients = [];

    private TestServer(WebApplication app, ControlPlaneOptions options, string? ownFolder)
    {
        _app = app;
        Options = options;
        _ownFolder = ownFolder;
        Address = new Uri(app.Urls.First());
        Client = ClientWith(null);
    }

    public ControlPlaneOptions Options { get; }

    public Uri Address { get; }

    /// <summary>A client without a key.</summary>
    public FairleadClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public IRoutingFeed Feed => Services.GetRequiredService<IRoutingFeed>();

    public IReadOnlyList<RouteEndpoint> Routes =>
        [.. Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    /// <summary>Starts over one kind of storage, empty.</summary>
    public static async Task<TestServer> StartAsync(
        Engine engine, PostgresServer postgres, Action<ControlPlaneOptions>? configure = null,
        Action<IServiceCollection>? services = null)
    {
        var connection = engine == Engine.Postgres ? await postgres.CreateDatabaseAsync() : null;
        return await StartAsync(options =>
        {
            options.PostgresConnection = connection;
            configure?.Invoke(options);
        }, services);
    }

    /// <summary>Starts over what the options say; in a new folder unless they name one.</summary>
    public static async Task<TestServer> StartAsync(
        Action<ControlPlaneOptions>? configure = null, Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-server-").FullName;
        var options = new ControlPlaneOptions
        {
            DataFolder = Path.Combine(folder, "data"),
            ProbeProgram = ProbeScript.Write(folder),
            QueryProgram = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Fairlead.Server.CrashHost.dll")],
            PollInterval = TimeSpan.FromMilliseconds(20),
        };
        configure?.Invoke(options);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        services?.Invoke(builder.Services);
        builder.Services.AddFairleadControlPlane(options);
        var app = builder.Build();
        app.UseFairleadAccess();
        app.MapFairleadControlPlane();
        map?.Invoke(app);
        app.RefuseUnlistedRoutes();
        await app.StartAsync();
        return new TestServer(app, options, folder);
    }

    /// <summary>A client with a key.</summary>
    public FairleadClient ClientWith(string? key) => new(HttpWith(key));

    public HttpClient HttpWith(string? key)
    {
        var http = new HttpClient { BaseAddress = new Uri(Address, "/") };
        if (key is not null)
            http.DefaultRequestHeaders.Add("Authorization", $"Bearer {key}");
        _clients.Add(http);
        return http;
    }

    /// <summary>Uploads texts as files and registers a version of them.</summary>
    public async Task<VersionInfo> RegisterAsync(
        string model, string content = "a model", FairleadClient? client = null)
    {
        client ??= Client;
        var artifact = await UploadAsync(content, client);
        return await client.RegisterVersionAsync(model, new RegisterVersionRequest
        {
            Files = [new VersionFile("model.onnx", artifact.Digest, artifact.Size)],
        });
    }

    public async Task<ArtifactInfo> UploadAsync(string content, FairleadClient? client = null)
    {
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(content));
        return await (client ?? Client).PutArtifactAsync(bytes);
    }

    public static string Digest(string content) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    /// <summary>Stops in order, keeping the folder for another start.</summary>
    public async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var client in _clients)
            client.Dispose();
        if (_ownFolder is not null)
            Directory.Delete(_ownFolder, recursive: true);
    }
}

internal static class Problems
{
    /// <summary>Expects a problem with a code.</summary>
    public static async Task<Problem> ShouldBeRefusedAsync(this Task call, string code, int? status = null)
    {
        var failure = await Should.ThrowAsync<FairleadApiException>(call);
        failure.Code.ShouldBe(code, failure.Message);
        if (status is { } expected)
            ((int)failure.Status).ShouldBe(expected);
        return failure.Problem;
    }
}
