using Fairlead.Client.Api;
using Fairlead.Web.Charts;
using Fairlead.Web.Components;

namespace Fairlead.Web.Monitoring;

/// <summary>
/// Two distributions of a column as bars, from what sketches tell of them: shares between common edges by linear
/// interpolation of their quantiles for numbers, shares of the frequent values for the rest. Pure.
/// </summary>
public static class Distributions
{
    private const int Bins = 24;
    private const int MostValues = 12;

    /// <summary>Empty where one of the two has no values.</summary>
    public static IReadOnlyList<DistributionBin> Of(ColumnInfo? reference, ColumnInfo? current)
    {
        if (reference is null || current is null)
            return [];
        if (reference.Numbers is { } before && current.Numbers is { } now)
            return OfNumbers(before, now);
        return reference.Frequent.Count > 0 && current.Frequent.Count > 0 ? OfValues(reference, current) : [];
    }

    private static List<DistributionBin> OfNumbers(NumbersInfo reference, NumbersInfo current)
    {
        // Single far values would leave everything else in one bar.
        var (low, high) = (Math.Min(reference.P01, current.P01), Math.Max(reference.P99, current.P99));
        if (!(high > low))
            (low, high) = (low - 0.5, low + 0.5);
        var width = (high - low) / Bins;
        List<DistributionBin> bins = [];
        for (var i = 0; i < Bins; i++)
        {
            var (from, to) = (low + i * width, low + (i + 1) * width);
            var first = i == 0 ? double.NegativeInfinity : from;
            var last = i == Bins - 1 ? double.PositiveInfinity : to;
            bins.Add(new DistributionBin($"{Words.Number(Math.Round(from, 6))}",
                Below(reference, last) - Below(reference, first), Below(current, last) - Below(current, first)));
        }

        return bins;
    }

    /// <summary>The share of the values below one.</summary>
    private static double Below(NumbersInfo numbers, double value)
    {
        (double At, double Share)[] known =
        [
            (numbers.Min, 0), (numbers.P01, 0.01), (numbers.P05, 0.05), (numbers.P25, 0.25), (numbers.P50, 0.5),
            (numbers.P75, 0.75), (numbers.P95, 0.95), (numbers.P99, 0.99), (numbers.Max, 1),
        ];
        if (value < known[0].At)
            return 0;
        for (var i = known.Length - 1; i >= 0; i--)
        {
            if (value < known[i].At)
                continue;
            if (i == known.Length - 1)
                return 1;
            var span = known[i + 1].At - known[i].At;
            return known[i].Share + (known[i + 1].Share - known[i].Share) * (value - known[i].At) / span;
        }

        return 0;
    }

    private static List<DistributionBin> OfValues(ColumnInfo reference, ColumnInfo current)
    {
        var (before, now) = (Shares(reference), Shares(current));
        var values = before.Keys.Union(now.Keys)
            .OrderByDescending(value => Math.Max(before.GetValueOrDefault(value), now.GetValueOrDefault(value)))
            .ThenBy(value => value, StringComparer.Ordinal).ToList();
        List<DistributionBin> bins =
        [
            .. values.Take(MostValues).Select(value => new DistributionBin(
                value, before.GetValueOrDefault(value), now.GetValueOrDefault(value))),
        ];
        var (restBefore, restNow) = (1 - bins.Sum(bin => bin.Reference), 1 - bins.Sum(bin => bin.Current));
        if (restBefore > 0.001 || restNow > 0.001)
            bins.Add(new DistributionBin("others", Math.Max(0, restBefore), Math.Max(0, restNow)));
        return bins;
    }

    private static Dictionary<string, double> Shares(ColumnInfo column)
    {
        double present = Math.Max(1, column.Rows - column.Missing);
        return column.Frequent.GroupBy(each => each.Value, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Sum(each => each.Count) / present, StringComparer.Ordinal);
    }
}
