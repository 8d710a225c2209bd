using System.Collections.Immutable;
using System.Globalization;
using Fairlead.Core.Checks;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.Core.Rollouts;

/// <summary>What an endpoint is asked at present.</summary>
/// <param name="PerSecond">Requests a second, 0 or more.</param>
/// <param name="Requests">Requests that <paramref name="Failed"/> is out of.</param>
/// <param name="Failed">Those that failed by the server's or the model's fault.</param>
public readonly record struct PresentTraffic(double PerSecond, long Requests, long Failed);

/// <summary>What a check of a plan will be able to tell.</summary>
/// <param name="Check">Its name.</param>
/// <param name="Step">The step that it belongs to, from 0; null: a guard.</param>
/// <param name="Share">Share of the requests that the candidate gets while the check collects, 0 to 1.</param>
/// <param name="Units">Units of the candidate that the check plans with.</param>
/// <param name="Takes">Time until they are there at the present traffic; null: nothing is asked.</param>
/// <param name="Deviations">
/// The distance from the margin that is told with <see cref="RolloutOutlook.Power"/>, in standard deviations of a
/// single unit; null: the check compares nothing.
/// </param>
/// <param name="Difference">The same in the metric's unit; null where the present spread is not known.</param>
public sealed record CheckOutlook(
    string Check, int? Step, double Share, long Units, TimeSpan? Takes, double? Deviations, double? Difference);

/// <summary>
/// How long the checks of a plan have to collect at the present traffic, and how small a difference they then tell.
/// Every request counts as a unit: where units ask several times, it takes longer. Pure.
/// </summary>
/// <remarks>
/// A comparison of n units of the candidate with m of stable tells, with power 1 − β, a distance of
/// (c + z_β) σ √(1/n + 1/m) from its margin, where c is the critical value that it has at its planned number of units:
/// the last O'Brien–Fleming bound of planned looks, or the width of the confidence sequence. Looks before the last one
/// only add to the power.
/// </remarks>
public static class RolloutOutlook
{
    /// <summary>The chance with which a difference of the told size is found.</summary>
    public const double Power = 0.8;

    /// <summary>Every check, gates in the order of their steps, then guards.</summary>
    public static ImmutableArray<CheckOutlook> Of(RolloutPlan plan, PresentTraffic traffic)
    {
        var told = ImmutableArray.CreateBuilder<CheckOutlook>();
        (double Candidate, double Stable) shares = (0, 1), first = (0, 1);
        foreach (var (number, step) in plan.Steps.Index())
        {
            shares = After(step, plan, shares);
            if (first.Candidate <= 0)
                first = shares;
            if (step is AnalyseStep analyse)
                told.AddRange(analyse.Checks.Select(check => Of(check, number, shares, traffic)));
        }

        told.AddRange(plan.Guards.Select(check => Of(check, null, first, traffic)));
        return told.ToImmutable();
    }

    /// <summary>An outlook in words.</summary>
    public static string Sentence(CheckOutlook outlook)
    {
        var takes = outlook.Takes is { } time
            ? string.Create(CultureInfo.InvariantCulture,
                $"{outlook.Units:N0} units of the candidate take about {Length(time)} at {outlook.Share:P0} of traffic")
            : outlook.Share > 0
                ? string.Create(CultureInfo.InvariantCulture,
                    $"{outlook.Units:N0} units of the candidate are needed, and nothing is asked at present")
                : "the candidate gets no requests while it collects";
        if (outlook.Deviations is not { } deviations)
            return string.Create(CultureInfo.InvariantCulture, $"{outlook.Check}: {takes}, then it may speak");
        var size = outlook.Difference is { } difference
            ? string.Create(CultureInfo.InvariantCulture, $"{difference:0.####}")
            : string.Create(CultureInfo.InvariantCulture, $"{deviations:0.###} standard deviations");
        return string.Create(CultureInfo.InvariantCulture,
            $"{outlook.Check}: {takes}; a distance of {size} from its margin is then told with {Power:P0} power");
    }

    /// <summary>Shares of one candidate and of what it is compared with, once a step is done.</summary>
    private static (double Candidate, double Stable) After(
        RolloutStep step, RolloutPlan plan, (double Candidate, double Stable) before)
    {
        var candidates = Math.Max(1, plan.Candidates.Length);
        return step switch
        {
            MirrorStep mirror => (mirror.Share, mirror.Share),
            WeightStep { Control: true } weight => (weight.Weight, weight.Weight),
            WeightStep weight => (weight.Weight, 1 - candidates * weight.Weight),
            AdaptStep => (1.0 / (candidates + 1), 1.0 / (candidates + 1)),
            SwitchStep => (1, 0),
            _ => before,
        };
    }

    private static CheckOutlook Of(
        Check check, int? step, (double Candidate, double Stable) shares, PresentTraffic traffic)
    {
        var rule = check.Rule as CompareRule;
        var units = Math.Max(check.MinimumSamples, rule?.PlannedSamples ?? 0);
        var perSecond = traffic.PerSecond * shares.Candidate;
        TimeSpan? takes = perSecond > 0
            ? Longest(units / perSecond, check.MinimumDuration) + check.LabelDelay
            : null;
        double? deviations = rule is not null && shares is { Candidate: > 0, Stable: > 0 }
            ? (Critical(rule) + Normal.UpperQuantile(1 - Power))
                * Math.Sqrt((1 + shares.Candidate / shares.Stable) / units)
            : null;
        return new CheckOutlook(
            check.Name, step, shares.Candidate, units, takes, deviations,
            deviations * Deviation(check.Metric, traffic));
    }

    /// <summary>Standard errors that the estimate must lie from the margin when the planned units are there.</summary>
    private static double Critical(CompareRule rule)
    {
        if (rule.Horizon == Horizon.Anytime)
        {
            var units = Math.Max(2, rule.PlannedSamples);
            return -AsymptoticSequence.Interval(0, 1, units, units, rule.Alpha, Sides.One).Low;
        }

        var looks = rule.Horizon == Horizon.Fixed ? 1 : rule.Looks;
        return GroupSequential.Bounds(
            SpendingFunction.ObrienFleming, rule.Alpha / 2, Sides.One,
            [.. Enumerable.Range(1, looks).Select(look => (double)look / looks)])[^1].Z;
    }

    /// <summary>Of single units, where the present traffic tells it; with Jeffreys' correction for none that failed.
    /// </summary>
    private static double? Deviation(Metric metric, PresentTraffic traffic)
    {
        if (metric.Kind != MetricKind.ErrorRate || traffic.Requests <= 0)
            return null;
        var rate = (traffic.Failed + 0.5) / (traffic.Requests + 1.0);
        return Math.Sqrt(rate * (1 - rate));
    }

    private static TimeSpan Longest(double seconds, TimeSpan least)
    {
        var time = seconds < TimeSpan.MaxValue.TotalSeconds / 4
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.MaxValue / 4;
        return time > least ? time : least;
    }

    private static string Length(TimeSpan time) => time switch
    {
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} days"),
    };
}
