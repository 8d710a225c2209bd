using System.Globalization;
using Fairlead.Statistics.Buckets;
using Fairlead.Statistics.Sequential;

namespace Fairlead.Core.Controls;

/// <summary>The sums of one group.</summary>
/// <param name="Units">Units that were answered.</param>
/// <param name="Sum">Sum of the outcome's values.</param>
/// <param name="Per">What it is divided by: the units, or the sum of another outcome.</param>
public readonly record struct GroupSums(double Units, double Sum, double Per)
{
    /// <summary>The value: per unit, or the ratio; NaN when there is nothing to divide by.</summary>
    public double Value => Per == 0 ? double.NaN : Sum / Per;
}

/// <summary>A time in which every unit stayed in its group.</summary>
/// <param name="Control">Sums of the control group by buckets of units: records are its units.</param>
/// <param name="Treated">Sums of the others.</param>
/// <param name="Sample">Share of the units that these sums are of, the same in both groups.</param>
public sealed record ValuePhase(BucketTotals Control, BucketTotals Treated, double Sample = 1);

/// <summary>An estimate with an interval that holds whenever and however often one looks.</summary>
public readonly record struct ValueEstimate(double Value, double Low, double High);

/// <summary>What an endpoint is worth beside its control group.</summary>
public sealed record EndpointWorth
{
    /// <summary>The control group.</summary>
    public GroupSums Control { get; init; }

    /// <summary>The units that were answered as usual.</summary>
    public GroupSums Treated { get; init; }

    /// <summary>The difference per unit (of a ratio: of the ratios); null when there is not enough data.</summary>
    public ValueEstimate? PerUnit { get; init; }

    /// <summary>The difference over everything that was answered as usual; null when there is not enough.</summary>
    public ValueEstimate? Total { get; init; }

    /// <summary>Why nothing can be said yet, in a sentence; null when something can.</summary>
    public string? NotEnough { get; init; }
}

/// <summary>Tells the value of an endpoint from the sums of its groups. Pure.</summary>
public static class ValueEvaluation
{
    /// <summary>Error rate of the interval over all looks.</summary>
    public const double Alpha = 0.05;

    /// <summary>Units of a group below which nothing is said.</summary>
    public const double FewestUnits = 100;

    /// <summary>Units of both groups at which the interval is tightest; fixed, so that it stays valid.</summary>
    private const double TuneAt = 10_000;

    /// <summary>
    /// The worth over some phases. Within each phase d = R_treated − R_control with R = Σy/Σx, whose variance is taken
    /// between buckets of units; the total is Σ d·X with X = Σx of the treated, its variance Σ X²·Var d, and the value
    /// per unit the total over ΣX. Phases are never pooled before the difference is taken (Simpson's paradox). Of a
    /// sample of the units d is unbiased as it is, since both groups are sampled alike; X counts by the inverse share
    /// (D. G. Horvitz, D. J. Thompson, JASA 1952), so the total rests on an estimate of how many units there are.
    /// </summary>
    public static EndpointWorth Evaluate(IReadOnlyCollection<ValuePhase> phases)
    {
        var worth = new EndpointWorth
        {
            Control = Sum(phases.Select(phase => phase.Control)),
            Treated = Sum(phases.Select(phase => phase.Treated)),
        };
        double total = 0, variance = 0, weight = 0, control = 0, treated = 0;
        foreach (var phase in phases)
        {
            var difference = phase.Treated.Ratio().Minus(phase.Control.Ratio());
            var sums = Of(phase.Treated);
            if (!(difference.Variance > 0) || !double.IsFinite(difference.Value))
                continue;
            var all = sums.Per / phase.Sample;
            total += difference.Value * all;
            variance += all * all * difference.Variance;
            weight += all;
            control += Of(phase.Control).Units;
            treated += sums.Units;
        }

        if (WhyNot(worth, Math.Min(control, treated), weight) is { } why)
            return worth with { NotEnough = why };

        var interval = AsymptoticSequence.Interval(
            total / weight, Math.Sqrt(variance) / weight, control + treated, TuneAt, Alpha);
        return worth with
        {
            PerUnit = new ValueEstimate(interval.Estimate, interval.Low, interval.High),
            Total = new ValueEstimate(total, interval.Low * weight, interval.High * weight),
        };
    }

    private static string? WhyNot(EndpointWorth worth, double units, double weight)
    {
        if (Math.Min(worth.Control.Units, worth.Treated.Units) < FewestUnits)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"not enough data: {worth.Control.Units:N0} units in the control group and {worth.Treated.Units:N0} "
                + $"beside it, of at least {FewestUnits:N0} each");
        }

        if (worth.Control.Sum == 0 && worth.Treated.Sum == 0)
            return "not enough data: no outcome has a value yet";
        return units < FewestUnits || weight == 0
            ? "not enough data: the groups show no spread, so the uncertainty cannot be told"
            : null;
    }

    private static GroupSums Sum(IEnumerable<BucketTotals> groups) => groups.Select(Of).Aggregate(
        default(GroupSums),
        (sum, each) => new GroupSums(sum.Units + each.Units, sum.Sum + each.Sum, sum.Per + each.Per));

    private static GroupSums Of(BucketTotals totals)
    {
        double units = 0, sum = 0, per = 0;
        for (var bucket = 0; bucket < BucketTotals.Count; bucket++)
        {
            units += totals.Records[bucket];
            sum += totals.Y[bucket];
            per += totals.X[bucket];
        }

        return new GroupSums(units, sum, per);
    }
}
