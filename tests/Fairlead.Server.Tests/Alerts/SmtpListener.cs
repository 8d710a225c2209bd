using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>A mail server on the wire, as far as one mail needs it.</summary>
internal sealed class SmtpListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _lines = [];
    private readonly Task _serving;

    /// <param name="recipientAnswer">What it says to each recipient.</param>
    public SmtpListener(string recipientAnswer = "250 fine")
    {
        _listener.Start();
        _serving = ServeAsync(recipientAnswer);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Every line that came.</summary>
    public string Heard
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    public void Dispose()
    {
        _listener.Stop();
        _serving.Wait(TimeSpan.FromSeconds(10));
        _listener.Dispose();
    }

    private async Task ServeAsync(string recipientAnswer)
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await TalkAsync(client, recipientAnswer);
            }
            catch (Exception over) when (over is SocketException or IOException or ObjectDisposedException)
            {
                if (!_listener.Server.IsBound)
                    return;
            }
        }
    }

    private async Task TalkAsync(TcpClient client, string recipientAnswer)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false));
        writer.NewLine = "\r\n";
        writer.AutoFlush = true;
        await writer.WriteLineAsync("220 mail.example.org ESMTP");
        var inData = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lines)
                _lines.Add(line);
            if (inData)
            {
                inData = line != ".";
                if (!inData)
                    await writer.WriteLineAsync("250 taken");
                continue;
            }

            var verb = line.Split(' ')[0].ToUpperInvariant();
            inData = verb == "DATA";
            await writer.WriteLineAsync(verb switch
            {
                "EHLO" => "250-mail.example.org\r\n250 8BITMIME",
                "DATA" => "354 go on",
                "RCPT" => recipientAnswer,
                "QUIT" => "221 bye",
                _ => "250 fine",
            });
            if (verb == "QUIT")
                return;
        }
    }
}
