using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Server.Tests.Tracking;

[assembly: AssemblyFixture(typeof(TrackingServers))]

namespace Fairlead.Server.Tests.Tracking;

/// <summary>
/// One server for each database, shared by all tests of tracking; each test works in experiments of its own. The one on
/// SQLite keeps its files in a folder, the one on PostgreSQL in a bucket.
/// </summary>
public sealed class TrackingServers : IAsyncDisposable
{
    private readonly BucketServer _bucket = new();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly Dictionary<Engine, TestServer> _servers = [];

    internal async Task<TestServer> StartAsync(Engine engine, PostgresServer postgres)
    {
        await _starting.WaitAsync();
        try
        {
            if (!_servers.TryGetValue(engine, out var server))
            {
                var bucket = engine == Engine.Postgres ? await _bucket.AddressAsync() : null;
                _servers[engine] = server = await TestServer.StartAsync(
                    engine, postgres, options => options.ArtifactBucket = bucket);
            }

            return server;
        }
        finally
        {
            _starting.Release();
        }
    }

    internal async Task<Wire> WireAsync(Engine engine, PostgresServer postgres) =>
        new((await StartAsync(engine, postgres)).HttpWith(null));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
            await server.DisposeAsync();
        await _bucket.DisposeAsync();
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonElement Body)
{
    public JsonElement this[string path] => path.Split('.').Aggregate(Body, (each, name) =>
        int.TryParse(name, out var index) ? each[index] : each.GetProperty(name));

    public string Text(string path) => this[path].GetString()!;

    public bool Has(string name) => Body.TryGetProperty(name, out _);

    public Answer ShouldBe(HttpStatusCode status, string code, string? words = null)
    {
        Status.ShouldBe(status, Body.ToString());
        Text("error_code").ShouldBe(code);
        if (words is not null)
            Text("message").ShouldContain(words);
        return this;
    }
}

/// <summary>Requests exactly as MLflow's clients put them on the wire.</summary>
internal sealed class Wire(HttpClient http)
{
    public HttpClient Http { get; } = http;

    public async Task<Answer> TryAsync(HttpMethod method, string path, string? body, string? header = null)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"/api/2.0/mlflow/{path}");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        // A refusal may come before the body has been sent.
        request.Headers.ExpectContinue = body?.Length > 1 << 20;
        if (header is not null)
            request.Headers.Add("Idempotency-Key", header);
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer(answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(text));
    }

    public Task<Answer> TryPostAsync(string path, string body) => TryAsync(HttpMethod.Post, path, body);

    public async Task<Answer> PostAsync(string path, object body) => await OkAsync(
        TryAsync(HttpMethod.Post, path, body as string ?? JsonSerializer.Serialize(body)));

    public Task<Answer> GetAsync(string path) => OkAsync(TryAsync(HttpMethod.Get, path, null));

    public Task<Answer> SendAsync(string method, string path, object body) => OkAsync(
        TryAsync(new HttpMethod(method), path, body as string ?? JsonSerializer.Serialize(body)));

    public Task<Answer> TryGetAsync(string path) => TryAsync(HttpMethod.Get, path, null);

    /// <summary>A new experiment; its id.</summary>
    public async Task<string> ExperimentAsync([System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        (await PostAsync("experiments/create", new { name = $"{name} {Guid.NewGuid():N}" })).Text("experiment_id");

    /// <summary>A new run; its id.</summary>
    public async Task<string> RunAsync(
        string experiment, string? name = null, long start = 1_700_000_000_000, params (string, string)[] tags) =>
        (await PostAsync("runs/create", new
        {
            experiment_id = experiment,
            user_id = "ada",
            run_name = name ?? Guid.NewGuid().ToString("N"),
            start_time = start,
            tags = tags.Select(tag => new { key = tag.Item1, value = tag.Item2 }),
        })).Text("run.info.run_id");

    public async Task<string[]> NamesAsync(string experiment, string filter, params string[] orders)
    {
        var found = await PostAsync("runs/search", new
        {
            experiment_ids = new[] { experiment },
            filter,
            order_by = orders,
        });
        return found.Has("runs")
            ? [.. found["runs"].EnumerateArray()
                .Select(run => run.GetProperty("info").GetProperty("run_name").GetString()!)]
            : [];
    }

    public static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    private static async Task<Answer> OkAsync(Task<Answer> call)
    {
        var answer = await call;
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body.ToString());
        return answer;
    }
}
