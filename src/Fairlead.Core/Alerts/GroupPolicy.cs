using Fairlead.Core.Refusals;

namespace Fairlead.Core.Alerts;

/// <summary>When a receiver is told of the alerts that belong together.</summary>
public sealed record GroupPolicy
{
    /// <summary>The shortest <see cref="GroupInterval"/> and <see cref="RepeatInterval"/>: less is a storm.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    /// <summary>The longest <see cref="GroupWait"/>.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>The longest <see cref="GroupInterval"/>.</summary>
    public static readonly TimeSpan LongestInterval = TimeSpan.FromHours(12);

    /// <summary>The longest <see cref="RepeatInterval"/>.</summary>
    public static readonly TimeSpan LongestRepeat = TimeSpan.FromDays(30);

    /// <summary>How long a change waits for others to go with it.</summary>
    public TimeSpan GroupWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The least time between two messages about the group.</summary>
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// After how long without a change it is said again that something fires. A resolved alert is remembered for
    /// twice as long: when it comes back within that time it flaps, and each return but the first waits twice as long
    /// as the one before, up to this.
    /// </summary>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Whether the end of an alert is told too.</summary>
    public bool SendResolved { get; init; } = true;

    /// <summary>What is wrong with the policy; empty when nothing is.</summary>
    public IReadOnlyList<Refusal> Problems() =>
    [
        .. new[]
        {
            Outside("groupWait", GroupWait, TimeSpan.Zero, LongestWait),
            Outside("groupInterval", GroupInterval, Shortest, LongestInterval),
            Outside("repeatInterval", RepeatInterval, GroupInterval, LongestRepeat),
        }.OfType<Refusal>(),
    ];

    private static Refusal? Outside(string field, TimeSpan value, TimeSpan least, TimeSpan most) =>
        value >= least && value <= most
            ? null
            : new Refusal(
                RefusalKind.Invalid, "receiver_time_invalid",
                $"The time {value} lies outside {least} to {most}. Choose one inside.")
            {
                Field = field,
            };
}
