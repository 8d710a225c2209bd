using System.Net;
using System.Net.Sockets;
using Fairlead.Core.Webhooks;

namespace Fairlead.Server.Alerts.Messages;

/// <summary>
/// Connects to public addresses only. The name is looked up here and the connection goes to the address that was looked
/// at, so that a name which answers differently the second time leads nowhere else.
/// </summary>
internal static class PublicConnection
{
    public static async ValueTask<Stream> OpenAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        IPAddress[] found = IPAddress.TryParse(host, out var written)
            ? [written]
            : await Dns.GetHostAddressesAsync(host, cancellation);
        IPAddress[] allowed = [.. found.Where(PublicAddress.IsPublic)];
        if (allowed.Length == 0)
            throw new NotPublicException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A target is at no public address.</summary>
internal sealed class NotPublicException() : IOException(
    "It is at an address of this machine or of a private network, to which this server does not send "
    + "(--webhook-targets public).");
