using System.Diagnostics;
using System.Globalization;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>Mail through a real server: by STARTTLS and a password, or not at all.</summary>
public sealed class MailTests
{
    [Fact]
    public async Task Mail_GoesBySTARTTLS_SignedIn()
    {
        await using var server = new MailServer();

        (await SendAsync(server, "starttls", MailServer.Password)).ShouldBe("Delivered: The server took the mail.");

        var (user, isSecure, mail) = server.Mails.ShouldHaveSingleItem();
        (user, isSecure).ShouldBe((MailServer.User, true));
        mail.ShouldContain("To: night@example.org");
        mail.ShouldContain("Message-Id: <0123456789abcdef@fairlead>");
        mail.ShouldContain("Income has drifted");
    }

    [Fact]
    public async Task Mail_WithAWrongPassword_OrAServerThatIsNotTrusted_OrWithoutEncryption_IsNotSent()
    {
        await using (var server = new MailServer())
        {
            (await SendAsync(server, "starttls", "wrong-password")).ShouldStartWith("Refused: ");
            (await SendAsync(server, "starttls", MailServer.Password, isTrusted: false))
                .ShouldBe("TryLater: The server cannot be spoken with: SslHandshakeException.");
            server.Mails.ShouldBeEmpty();
        }

        await using var open = new MailServer(isSecure: false);
        (await SendAsync(open, "starttls", MailServer.Password)).ShouldBe(
            "Refused: The server offers no encryption by STARTTLS, or no way to sign in.");
        open.Mails.ShouldBeEmpty();
    }

    private static async Task<string> SendAsync(
        MailServer server, string security, string password, bool isTrusted = true)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true }.With([
            Path.Combine(AppContext.BaseDirectory, "Fairlead.Server.CrashHost.dll"), "mail",
            server.Port.ToString(CultureInfo.InvariantCulture), security, MailServer.User, password]);
        if (isTrusted)
            start.Environment["SSL_CERT_FILE"] = server.Trust;
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said.Trim();
    }
}
