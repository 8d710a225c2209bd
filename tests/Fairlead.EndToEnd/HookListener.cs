using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Fairlead.EndToEnd;

/// <summary>A web service that takes messages of alerts, as the people behind a receiver have one.</summary>
internal sealed class HookListener : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly TaskCompletionSource<JsonElement> _first = new();

    public HookListener()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>The first message, as soon as it comes.</summary>
    public Task<JsonElement> FirstAsync(TimeSpan limit) => _first.Task.WaitAsync(limit);

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var message = await JsonDocument.ParseAsync(context.Request.InputStream);
                _first.TrySetResult(message.RootElement.Clone());
                context.Response.Close();
            }
        }
        catch (Exception over) when (over is HttpListenerException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }
}
