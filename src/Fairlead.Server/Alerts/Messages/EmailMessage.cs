using System.Net.Sockets;
using Fairlead.Client.Api;
using Fairlead.Server.Alerts.Receivers;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Fairlead.Server.Alerts.Messages;

/// <summary>A message as a mail.</summary>
internal static class EmailMessage
{
    public static async Task<SendEnd> SendAsync(
        EmailReceiver email, ReceiverSecrets secrets, Notice notice, TimeProvider time, CancellationToken cancellation)
    {
        using var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(email.Host, email.Port, email.Security switch
            {
                "tls" => SecureSocketOptions.SslOnConnect,
                "none" => SecureSocketOptions.None,
                _ => SecureSocketOptions.StartTls,
            }, cancellation);
            if (email.Username is { } name && secrets.Password is { } password)
                await client.AuthenticateAsync(name, password, cancellation);
            using var message = Of(email, notice, time.GetUtcNow());
            await client.SendAsync(message, cancellation);
        }
        catch (SmtpCommandException failure)
        {
            // 4xx is "not now" and 5xx "never"; what else the server says may repeat what it was told.
            return new((int)failure.StatusCode is >= 400 and < 500 ? SendResult.TryLater : SendResult.Refused,
                $"The server answered {(int)failure.StatusCode} ({failure.ErrorCode}).");
        }
        catch (AuthenticationException)
        {
            return new(SendResult.Refused, "The server does not accept the user's name and password.");
        }
        catch (Exception failure) when (failure is NotSupportedException)
        {
            return new(SendResult.Refused, "The server offers no encryption by STARTTLS, or no way to sign in.");
        }
        catch (Exception failure) when (failure is SslHandshakeException or ProtocolException or IOException
            or SocketException or ServiceNotConnectedException)
        {
            return new(SendResult.TryLater, $"The server cannot be spoken with: {failure.GetType().Name}.");
        }

        await LeaveAsync(client, cancellation);
        return new(SendResult.Delivered, "The server took the mail.");
    }

    private static MimeMessage Of(EmailReceiver email, Notice notice, DateTimeOffset now)
    {
        var message = new MimeMessage
        {
            Subject = notice.Title,
            Date = now,

            // The same over all attempts: programs that read mail show one of them.
            MessageId = $"{notice.Token}@fairlead",
            Body = new TextPart("plain") { Text = NoticeText.Plain(notice) },
        };
        message.From.Add(MailboxAddress.Parse(email.From));
        message.To.AddRange(email.To.Select(MailboxAddress.Parse));
        message.Headers.Add(Messenger.DeliveryHeader, notice.Token);
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    /// <summary>The mail was taken; how the server says good-bye changes nothing.</summary>
    private static async Task LeaveAsync(SmtpClient client, CancellationToken cancellation)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellation);
        }
        catch (Exception failure) when (failure is IOException or SocketException or ProtocolException
            or SmtpCommandException or OperationCanceledException)
        {
        }
    }
}
