using Fairlead.Client.Api;
using Fairlead.Core.Alerts;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Alerts.Receivers;

/// <summary>What is secret of a receiver. It is in the database and in no answer, log line or audit row.</summary>
internal sealed record ReceiverSecrets
{
    /// <summary>The whole address of a webhook.</summary>
    public string? Url { get; init; }

    /// <summary>What a webhook is signed with.</summary>
    public string? Secret { get; init; }

    /// <summary>The password of a mail server.</summary>
    public string? Password { get; init; }
}

/// <summary>A receiver as it is used.</summary>
internal sealed record Receiver(string Name, ReceiverRequest Settings, ReceiverSecrets Secrets)
{
    public GroupPolicy Policy => new()
    {
        GroupWait = Settings.GroupWait,
        GroupInterval = Settings.GroupInterval,
        RepeatInterval = Settings.RepeatInterval,
        SendResolved = Settings.SendResolved,
    };

    public string Type => Settings.Webhook is not null ? "webhook" : Settings.Slack is not null ? "slack" : "email";

    public static Receiver Of(ReceiverRow row) => new(
        row.Name, StoredJson.Read<ReceiverRequest>(row.Spec), StoredJson.Read<ReceiverSecrets>(row.Secrets));
}

/// <summary>Receivers as the API shows them.</summary>
internal static class ReceiverViews
{
    public static ReceiverInfo Of(ReceiverRow row)
    {
        var receiver = Receiver.Of(row);
        return new ReceiverInfo
        {
            Name = row.Name,
            Type = receiver.Type,
            Target = receiver.Settings.Email is { } email
                ? $"{string.Join(", ", email.To)} by {email.Host}"
                : receiver.Settings.Webhook?.Url ?? receiver.Settings.Slack?.Url ?? "",
            HasSecret = receiver.Secrets.Secret is not null || receiver.Secrets.Password is not null,
            Settings = receiver.Settings,
            ChangedAt = Instants.FromMicroseconds(row.ChangedAt),
            ChangedBy = row.ChangedBy,
        };
    }
}
