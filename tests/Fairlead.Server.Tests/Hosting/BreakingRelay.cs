using System.Net;
using System.Net.Sockets;

namespace Fairlead.Server.Tests.Hosting;

/// <summary>A way to a server that breaks every connection once so many bytes went over it.</summary>
internal sealed class BreakingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private long _most;
    private long _brought;

    public BreakingRelay(Uri server, long afterBytes)
    {
        (_server, _most) = (server, afterBytes);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Bytes that went to the server.</summary>
    public long Brought => Interlocked.Read(ref _brought);

    public void BreaksNoMore() => Interlocked.Exchange(ref _most, long.MaxValue);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_ended.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task CarryAsync(TcpClient caller)
    {
        using (caller)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(_server.Host, _server.Port, _ended.Token);
                await Task.WhenAny(
                    CopyAsync(caller.GetStream(), server.GetStream(), isCounted: true),
                    CopyAsync(server.GetStream(), caller.GetStream(), isCounted: false));
            }
            catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
            {
                // Both ends are closed below.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool isCounted)
    {
        var buffer = new byte[16 << 10];
        while (await from.ReadAsync(buffer, _ended.Token) is > 0 and var read)
        {
            if (isCounted && Interlocked.Add(ref _brought, read) > Interlocked.Read(ref _most))
                return;
            await to.WriteAsync(buffer.AsMemory(0, read), _ended.Token);
        }
    }
}
