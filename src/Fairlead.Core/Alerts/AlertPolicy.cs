using Fairlead.Core.Refusals;

namespace Fairlead.Core.Alerts;

/// <summary>The times of an alert.</summary>
public sealed record AlertPolicy
{
    /// <summary>The longest of any of the times.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>How long the condition must hold before it fires; 0 fires at once.</summary>
    public TimeSpan For { get; init; }

    /// <summary>How long the condition must be gone before it is resolved: what flaps stays one alert.</summary>
    public TimeSpan KeepFiringFor { get; init; }

    /// <summary>
    /// The most that the time between two evaluations counts for. A pause of the evaluator, or a clock that jumps
    /// ahead, is no time in which the condition was seen to hold.
    /// </summary>
    public TimeSpan LongestGap { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a firing alert without data goes on firing before it is given up as "insufficient
    /// data".</summary>
    public TimeSpan BlindFor { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long a resolved alert is shown as such, above 0.</summary>
    public TimeSpan ShowResolvedFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>What is wrong with the policy; empty when nothing is.</summary>
    public IReadOnlyList<Refusal> Problems() =>
    [
        .. new[]
        {
            Outside("for", For, TimeSpan.Zero), Outside("keepFiringFor", KeepFiringFor, TimeSpan.Zero),
            Outside("longestGap", LongestGap, TimeSpan.FromSeconds(1)),
            Outside("blindFor", BlindFor, TimeSpan.FromSeconds(1)),
            Outside("showResolvedFor", ShowResolvedFor, TimeSpan.FromSeconds(1)),
        }.OfType<Refusal>(),
    ];

    private static Refusal? Outside(string field, TimeSpan value, TimeSpan least) =>
        value >= least && value <= Longest
            ? null
            : new Refusal(
                RefusalKind.Invalid, "alert_time_invalid",
                $"The time {value} lies outside {least} to {Longest}. Choose one inside.")
            {
                Field = field,
            };
}
