using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Client.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Cli.Tests.Wire;

/// <summary>One request as it came over the wire.</summary>
public sealed record SeenRequest(string Line, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>
/// A real HTTP server that answers what a test prepared and remembers what it was asked. Requests are known by their
/// first line, such as <c>GET /api/v1/models/credit</c>, without the query.
/// </summary>
public sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly Dictionary<string, Func<HttpContext, string, Task>> _answers = [];
    private readonly ConcurrentQueue<SeenRequest> _seen = [];

    private FakeServer(WebApplication host) => _host = host;

    public string Address => _host.Urls.Single();

    /// <summary>Every request so far, with its query: <c>GET /api/v1/models?limit=1000</c>.</summary>
    public IReadOnlyList<SeenRequest> Seen => [.. _seen];

    public static async Task<FakeServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var host = builder.Build();
        var server = new FakeServer(host);
        host.Run(server.AnswerAsync);
        await host.StartAsync();
        return server;
    }

    /// <summary>Prepares an answer that looks at the body.</summary>
    public FakeServer On(string line, Func<HttpContext, string, Task> answer)
    {
        _answers[line] = answer;
        return this;
    }

    /// <summary>Prepares an answer with a document as it is.</summary>
    public FakeServer Text(string line, string json, int status = 200) => On(line, async (context, _) =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = status < 400 ? "application/json" : "application/problem+json";
        await context.Response.WriteAsync(json);
    });

    /// <summary>Prepares an answer with a record of the wire.</summary>
    public FakeServer On<T>(string line, T answer) => Text(line, Json(answer));

    /// <summary>Prepares a refusal.</summary>
    public FakeServer Refuse(string line, int status, string code, string detail) =>
        Text(line, Json(new Problem { Status = status, Code = code, Detail = detail }), status);

    public static string Json<T>(T value) => System.Text.Json.JsonSerializer.Serialize(
        value, (JsonTypeInfo<T>)ApiJson.Lenient.GetTypeInfo(typeof(T)));

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        var path = Uri.UnescapeDataString(request.Path.Value!);
        var headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
        var query = Uri.UnescapeDataString(request.QueryString.Value!);
        _seen.Enqueue(new SeenRequest($"{request.Method} {path}{query}", body, headers));
        if (_answers.TryGetValue($"{request.Method} {path}", out var answer))
        {
            await answer(context, body);
            return;
        }

        context.Response.StatusCode = 404;
        context.Response.ContentType = "application/problem+json";
        if (request.Method != "HEAD")
            await context.Response.WriteAsync($$"""{"code":"not_found","detail":"There is no {{path}}."}""");
    }
}
