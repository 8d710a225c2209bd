using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>A request that the server took.</summary>
internal sealed record Hook(IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public string Id => Headers["X-Fairlead-Delivery"];
}

/// <summary>A web service as receivers name one, on a port of its own.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Action<HttpResponse>> _answers = new();
    private readonly ConcurrentQueue<Hook> _hooks = new();

    private WebhookServer(WebApplication app) => _app = app;

    public string Url => $"{_app.Urls.First()}/hook?token=very-secret-token";

    public IReadOnlyList<Hook> Hooks => [.. _hooks];

    /// <summary>Runs when a message has come, before it is answered.</summary>
    public Func<Task> BeforeAnswer { get; set; } = () => Task.CompletedTask;

    public static async Task<WebhookServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new WebhookServer(app);
        app.Run(server.TakeAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Answers the next message so; after that each with 200.</summary>
    public void Next(HttpStatusCode status, string? retryAfter = null) => _answers.Enqueue(response =>
    {
        response.StatusCode = (int)status;
        if (retryAfter is not null)
            response.Headers.RetryAfter = retryAfter;
        if (status == HttpStatusCode.Found)
            response.Headers.Location = "/elsewhere";
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _hooks.Enqueue(new Hook(
            context.Request.Headers.ToDictionary(each => each.Key, each => each.Value.ToString()), body.ToArray()));
        await BeforeAnswer();
        if (_answers.TryDequeue(out var answer))
            answer(context.Response);
    }
}
