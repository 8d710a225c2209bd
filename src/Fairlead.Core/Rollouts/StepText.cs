using System.Globalization;

namespace Fairlead.Core.Rollouts;

/// <summary>Steps in words, for events, plans and people.</summary>
public static class StepText
{
    /// <summary>One line that says what a step does.</summary>
    public static string Of(RolloutStep step) => step switch
    {
        MirrorStep mirror => $"mirror {Percent(mirror.Share)} of the requests",
        WeightStep { Control: true } weight =>
            $"weight {Percent(weight.Weight)}, and a control cohort of the same size",
        WeightStep weight => $"weight {Percent(weight.Weight)}",
        AdaptStep adapt => $"adapt by {adapt.Policy} on {adapt.Metric}, at least {Percent(adapt.Floor)} each, every "
            + $"{Duration(adapt.Interval)}{For(adapt.For)}",
        PreviewStep => "preview",
        PauseStep { For: null } => "pause until somebody continues",
        PauseStep pause => $"pause{For(pause.For)}",
        ApproveStep approve => (approve.Proposes ? "propose the winner and " : "")
            + $"wait for {approve.Count} approval{(approve.Count == 1 ? "" : "s")}"
            + $"{(approve.NotByAuthor ? ", not by the author" : "")}{Within(approve.Within)}",
        AnalyseStep analyse => $"analyse {string.Join(", ", analyse.Checks.Select(check => check.Name))}"
            + $"{For(analyse.For == TimeSpan.Zero ? null : analyse.For)}{Within(analyse.Within)}",
        SwitchStep => "switch everything",
        HoldOutStep hold => $"hold {Percent(hold.Share)} of the units out for good, answered by {hold.Answer}",
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "An unknown step."),
    };

    /// <summary>A share of 1 as per cent.</summary>
    public static string Percent(double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.###} %");

    /// <summary>A duration in the largest unit that leaves a whole number of it.</summary>
    public static string Duration(TimeSpan time)
    {
        (long Ticks, string Unit)[] units =
        [
            (TimeSpan.TicksPerDay, "d"), (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "min"),
            (TimeSpan.TicksPerSecond, "s"), (TimeSpan.TicksPerMillisecond, "ms"),
        ];
        foreach (var (ticks, unit) in units)
        {
            if (time.Ticks != 0 && time.Ticks % ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / ticks} {unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
    }

    private static string For(TimeSpan? time) => time is { } given ? $" for {Duration(given)}" : "";

    private static string Within(TimeSpan? time) => time is { } given ? $", within {Duration(given)}" : "";
}
