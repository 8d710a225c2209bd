using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fairlead.EndToEnd.Program;

/// <summary>A span as it arrived on the wire.</summary>
public sealed record ReceivedSpan(string Name, string TraceId, string SpanId, string ParentId);

/// <summary>Takes what an OTLP exporter sends over HTTP as protobuf, and keeps it.</summary>
public sealed class Collector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<ReceivedSpan> _spans = [];
    private readonly ConcurrentDictionary<string, bool> _metrics = [];

    public Collector()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    public IReadOnlyCollection<ReceivedSpan> Spans => _spans;

    /// <summary>The names of the metrics that arrived.</summary>
    public IReadOnlyCollection<string> Metrics => [.. _metrics.Keys];

    /// <summary>Waits until what arrived is enough; a minute at most.</summary>
    public async Task UntilAsync(Func<Collector, bool> enough)
    {
        for (var left = 600; left > 0 && !enough(this); left--)
            await Task.Delay(100);
        enough(this).ShouldBeTrue(
            $"{string.Join('\n', _spans)}\n{string.Join(", ", _metrics.Keys.Order())} is all that arrived");
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                Take(context.Request.Url!.AbsolutePath, ProtobufFields.Of(body.ToArray()));
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>Field numbers of opentelemetry/proto: resources, then scopes, then spans or metrics.</summary>
    private void Take(string path, ProtobufFields message)
    {
        var items = message.At(1, 2, 2);
        if (path == "/v1/traces")
        {
            foreach (var span in items)
                _spans.Enqueue(new ReceivedSpan(span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4)));
        }
        else if (path == "/v1/metrics")
        {
            foreach (var metric in items)
                _metrics.TryAdd(metric.Text(1), true);
        }
    }
}
