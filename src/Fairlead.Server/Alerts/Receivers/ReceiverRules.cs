using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using MimeKit;

namespace Fairlead.Server.Alerts.Receivers;

/// <summary>What a receiver may look like, and which of it is secret.</summary>
internal static class ReceiverRules
{
    /// <summary>Most labels to group by.</summary>
    public const int MostGroupLabels = 20;

    /// <summary>Most people that one message is mailed to.</summary>
    public const int MostAddresses = 50;

    /// <summary>The longest address, secret or name.</summary>
    public const int MostCharacters = 2000;

    /// <summary>Everything that is wrong with a request.</summary>
    public static IEnumerable<Refusal> Problems(ReceiverRequest request, ReceiverSecrets secrets)
    {
        if (new object?[] { request.Webhook, request.Slack, request.Email }.Count(each => each is not null) != 1)
            yield return Fault("webhook", "A receiver has exactly one of 'webhook', 'slack' and 'email'.");
        if (request.GroupBy.Count > MostGroupLabels)
            yield return Fault("groupBy", $"At most {MostGroupLabels} labels are grouped by.");
        if (request.GroupBy.Any(label => label is not { Length: > 0 and <= TextRules.MaxTagName }))
            yield return Fault("groupBy", $"A label has 1 to {TextRules.MaxTagName} characters.");
        foreach (var problem in new Receiver("", request, secrets).Policy.Problems())
            yield return problem;
        if (request.Webhook is not null && WhyNotUrl("webhook.url", secrets.Url) is { } webhook)
            yield return webhook;
        if (request.Slack is not null && WhyNotUrl("slack.url", secrets.Url) is { } slack)
            yield return slack;
        if (secrets.Secret?.Length > MostCharacters)
            yield return Fault("webhook.secret", $"A secret has at most {MostCharacters} characters.");
        foreach (var problem in request.Email is { } email ? EmailProblems(email, secrets) : [])
            yield return problem;
    }

    /// <summary>A request without what is secret.</summary>
    public static ReceiverRequest Shown(ReceiverRequest request, ReceiverSecrets secrets) => request with
    {
        Webhook = request.Webhook is null ? null : new WebhookReceiver { Url = HostOf(secrets.Url) },
        Slack = request.Slack is null ? null : new SlackReceiver { Url = HostOf(secrets.Url) },
        Email = request.Email is { } email ? email with { Password = null } : null,
        Reason = null,
    };

    /// <summary>What is secret of a request; what it leaves out stays, and an empty text removes it.</summary>
    public static ReceiverSecrets SecretsOf(ReceiverRequest request, Receiver? before)
    {
        var kept = before is not null && SameTarget(before.Settings, request) ? before.Secrets : new ReceiverSecrets();
        return new ReceiverSecrets
        {
            Url = Address(request.Webhook?.Url ?? request.Slack?.Url, kept.Url),
            Secret = request.Webhook is null ? null : Chosen(request.Webhook.Secret, kept.Secret),
            Password = request.Email is null ? null : Chosen(request.Email.Password, kept.Password),
        };
    }

    /// <summary>
    /// A password is kept for the server that it was given for only: who may change receivers must not be able to
    /// have it sent to a server of his own.
    /// </summary>
    private static bool SameTarget(ReceiverRequest before, ReceiverRequest after) =>
        (before.Webhook is null, before.Slack is null) == (after.Webhook is null, after.Slack is null)
        && (before.Email?.Host, before.Email?.Port, before.Email?.Security)
            == (after.Email?.Host, after.Email?.Port, after.Email?.Security);

    /// <summary>What was answered for an address may be sent back and means the one that is known.</summary>
    private static string? Address(string? given, string? kept) =>
        given is null || (kept is not null && given == HostOf(kept)) ? kept : given;

    private static string? Chosen(string? given, string? kept) =>
        given is null ? kept : given.Length == 0 ? null : given;

    internal static string? HostOf(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? $"{address.Scheme}://{address.Authority}/…"
            : null;

    internal static Refusal? WhyNotUrl(string field, string? url)
    {
        if (string.IsNullOrEmpty(url))
            return Fault(field, "An address is needed, such as https://alerts.example.org/hook.");
        if (url.Length > MostCharacters)
            return Fault(field, $"An address has at most {MostCharacters} characters.");
        return Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            && address.UserInfo.Length == 0
            ? null
            : Fault(field, "This is no address of a web service: http:// or https://, without a user's name in it.");
    }

    private static IEnumerable<Refusal> EmailProblems(EmailReceiver email, ReceiverSecrets secrets)
    {
        if (Uri.CheckHostName(email.Host) == UriHostNameType.Unknown)
            yield return Fault("email.host", $"'{email.Host}' is no name of a server.");
        if (email.Port is < 1 or > 65535)
            yield return Fault("email.port", "A port is 1 to 65535.");
        if (email.Security is not ("starttls" or "tls" or "none"))
            yield return Fault("email.security", "Write 'starttls', 'tls' or 'none'.");
        if (!MailboxAddress.TryParse(email.From, out _))
            yield return Fault("email.from", "This is no address of a person.");
        if (email.To.Count is 0 or > MostAddresses)
            yield return Fault("email.to", $"1 to {MostAddresses} addresses are needed.");
        if (email.To.Any(to => !MailboxAddress.TryParse(to, out _)))
            yield return Fault("email.to", "One of these is no address of a person.");
        if (email.Username?.Length > MostCharacters || secrets.Password?.Length > MostCharacters)
            yield return Fault("email.username", $"A name or password has at most {MostCharacters} characters.");
        if (secrets.Password is not null && email.Username is null)
            yield return Fault("email.username", "A password needs the name that it belongs to.");
        if (secrets.Password is not null && email.Security == "none")
            yield return Fault("email.security", "A password is not sent without encryption: 'starttls' or 'tls'.");
    }

    private static Refusal Fault(string field, string message) =>
        new(RefusalKind.Invalid, "receiver_invalid", message) { Field = field };
}
