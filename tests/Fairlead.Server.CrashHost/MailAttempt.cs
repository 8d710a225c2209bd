using Fairlead.Client.Api;
using Fairlead.Server.Alerts.Messages;
using Fairlead.Server.Alerts.Receivers;

namespace Fairlead.Server.CrashHost;

/// <summary>
/// CRASHHOST mail PORT SECURITY USER PASSWORD: one attempt to send a mail by the server on that port, in a process of
/// its own, since what a process trusts is said by its environment. Prints what became of it.
/// </summary>
internal static class MailAttempt
{
    public static async Task RunAsync(int port, string security, string user, string password)
    {
        var email = new EmailReceiver
        {
            Host = "localhost",
            Port = port,
            Security = security,
            Username = user,
            From = "Fairlead <fairlead@example.org>",
            To = ["night@example.org"],
        };
        var notice = new Notice
        {
            Receiver = "night",
            Token = "0123456789abcdef",
            GroupLabels = new Dictionary<string, string> { ["monitor"] = "drift" },
            Alerts =
            [
                new NoticeAlert
                {
                    Fingerprint = "f",
                    Labels = new Dictionary<string, string> { ["column"] = "Income" },
                    IsFiring = true,
                    Why = "Income has drifted",
                },
            ],
            Firing = 1,
        };
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var end = await EmailMessage.SendAsync(
            email, new ReceiverSecrets { Password = password }, notice, TimeProvider.System, deadline.Token);
        Console.WriteLine($"{end.Result}: {end.Why}");
    }
}
