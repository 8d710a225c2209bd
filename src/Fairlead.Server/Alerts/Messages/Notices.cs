using System.Security.Cryptography;
using Fairlead.Core.Alerts;

namespace Fairlead.Server.Alerts.Messages;

/// <summary>One alert in a message.</summary>
internal sealed record NoticeAlert
{
    public required string Fingerprint { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public bool IsFiring { get; init; }

    /// <summary>Where it is now: what fires no more may be resolved, or given up without data.</summary>
    public AlertPhase Phase { get; init; }

    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    public double? Value { get; init; }

    public string Why { get; init; } = "";

    /// <summary>What came of it, in a word.</summary>
    public string Status => IsFiring ? "firing" : Phase is AlertPhase.InsufficientData ? "given up, no data"
        : Phase is AlertPhase.Error ? "given up, cannot be evaluated"
        : Phase is AlertPhase.Firing ? "no longer told here"
        : "resolved";
}

/// <summary>A message about a group of alerts, as it is stored until it is delivered.</summary>
internal sealed record Notice
{
    public required string Receiver { get; init; }

    /// <summary>The id that every attempt carries.</summary>
    public required string Token { get; init; }

    public required IReadOnlyDictionary<string, string> GroupLabels { get; init; }

    /// <summary>What it is about, firing ones first; of many alerts the first ones.</summary>
    public required IReadOnlyList<NoticeAlert> Alerts { get; init; }

    /// <summary>Alerts that fire, also those that are not listed.</summary>
    public int Firing { get; init; }

    public int Resolved { get; init; }

    /// <summary>What the receiver knows once he has it.</summary>
    public GroupNotice? Tells { get; init; }

    public int LeftOut => Firing + Resolved - Alerts.Count;

    /// <summary>A line such as <c>[2 firing] drift, credit</c>.</summary>
    public string Title
    {
        get
        {
            var counts = (Firing, Resolved) switch
            {
                (0, _) => "resolved",
                (_, 0) => $"{Firing} firing",
                _ => $"{Firing} firing, {Resolved} resolved",
            };
            return $"[{counts}] {string.Join(", ", GroupLabels.Values)}";
        }
    }
}

/// <summary>Messages that are no alert's.</summary>
internal static class Notices
{
    /// <summary>The id of a new message.</summary>
    public static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>A message to try a receiver.</summary>
    public static Notice Test(string receiver, DateTimeOffset now)
    {
        var labels = new Dictionary<string, string>
        {
            ["monitor"] = "test",
            ["endpoint"] = "none",
            ["severity"] = "info",
        };
        return new Notice
        {
            Receiver = receiver,
            Token = NewToken(),
            GroupLabels = labels,
            Firing = 1,
            Alerts =
            [
                new NoticeAlert
                {
                    Fingerprint = new AlertLabels(labels).Fingerprint,
                    Labels = labels,
                    IsFiring = true,
                    Phase = AlertPhase.Firing,
                    StartsAt = now,
                    Why = $"This is a test of the receiver '{receiver}'; nothing is wrong.",
                },
            ],
        };
    }
}
