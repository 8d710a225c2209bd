using Fairlead.Statistics;
using Fairlead.Statistics.Drift;

namespace Fairlead.DriftStudy;

/// <summary>
/// The counts of a feature over some rows, in which the distances of the other tools are computed: numbers in fine
/// cells for Wasserstein (its error is below a hundredth of a standard deviation) and in Doane's bins of the reference
/// for Jensen–Shannon; categories one by one.
/// </summary>
internal sealed class Tally(Bins? doane, int categories)
{
    public const int FineCells = 2048;
    public const double FineFrom = -10, FineTo = 40;

    public double[] Fine { get; } = doane is null ? new double[categories + 1] : new double[FineCells];

    public double[] Binned { get; } = doane is null ? [] : new double[doane.Count + 1];

    public double Values { get; private set; }

    public double Missing { get; private set; }

    public void Add(double value)
    {
        if (double.IsNaN(value))
        {
            Missing++;
            return;
        }

        Values++;
        if (doane is null)
        {
            Fine[(int)value]++;
            return;
        }

        Fine[(int)Math.Clamp((value - FineFrom) * (FineCells / (FineTo - FineFrom)), 0, FineCells - 1)]++;
        var place = doane.Place(value);
        Binned[place < 0 ? doane.Count : place]++;
    }

    /// <summary>Adds another tally, or takes it away again.</summary>
    public void Add(Tally other, int sign)
    {
        for (var i = 0; i < Fine.Length; i++)
            Fine[i] += sign * other.Fine[i];
        for (var i = 0; i < Binned.Length; i++)
            Binned[i] += sign * other.Binned[i];
        Values += sign * other.Values;
        Missing += sign * other.Missing;
    }
}

/// <summary>What the default rules of Evidently and NannyML make of a feature.</summary>
internal sealed class Rivals
{
    private readonly Tally _reference;
    private readonly double _deviation;
    private readonly Interval _threshold;
    private readonly Interval _missing;

    /// <summary>Learns from a reference, divided in chunks of the size of a window.</summary>
    public Rivals(Feature feature, double[] reference, int chunk)
    {
        Doane = feature.IsCategory
            ? null
            : Bins.Of(CleanSample.Of(reference).Values, BinRule.Doane);
        Categories = feature.Categories;
        _reference = Count(reference);
        var moments = Moments.Of(CleanSample.Of(reference).Values);
        _deviation = Math.Sqrt(moments.Variance);
        var chunks = reference.Chunk(chunk).Where(each => each.Length == chunk).Select(each => Count(each)).ToArray();
        _threshold = NannyRules.Threshold([.. chunks.Select(Distance)]);
        _missing = NannyRules.Threshold([.. chunks.Select(each => each.Missing / chunk)]);
    }

    public Bins? Doane { get; }

    public int Categories { get; }

    /// <summary>
    /// Above 1,000 rows of reference: Wasserstein by the deviation of the reference for numbers, the Jensen–Shannon
    /// distance for categories, drift from 0.1. As a multiple of that.
    /// </summary>
    public double Evidently(Tally window)
    {
        if (window.Values == 0)
            return 0;
        if (Doane is null)
            return Divergences.JensenShannonDistance(_reference.Fine, window.Fine, LogBase.Natural) / 0.1;
        double sum = 0, f = 0, g = 0;
        for (var i = 0; i < Tally.FineCells; i++)
        {
            f += _reference.Fine[i] / _reference.Values;
            g += window.Fine[i] / window.Values;
            sum += Math.Abs(f - g);
        }

        return sum * ((Tally.FineTo - Tally.FineFrom) / Tally.FineCells) / Math.Max(_deviation, 0.001) / 0.1;
    }

    /// <summary>
    /// Jensen–Shannon in base two, outside of mean ± 3 deviations over the chunks of the reference; likewise the share
    /// of missing values; and any value of an unseen category. As a multiple of the distance from mean to threshold.
    /// </summary>
    public double Nanny(Tally window)
    {
        if (window.Values == 0)
            return 0;
        if (Doane is null && window.Fine.Index().Any(each => each.Item > 0 && _reference.Fine[each.Index] == 0))
            return double.PositiveInfinity;
        return Math.Max(
            Multiple(Distance(window), _threshold),
            Math.Abs(Multiple(window.Missing / (window.Values + window.Missing), _missing)));
    }

    private static double Multiple(double value, Interval threshold)
    {
        var middle = (threshold.Low + threshold.High) / 2;
        return (value - middle) / Math.Max(threshold.High - middle, 1e-12);
    }

    private double Distance(Tally window) => Doane is null
        ? Divergences.JensenShannonDistance(_reference.Fine, window.Fine, LogBase.Two)
        : Divergences.JensenShannonDistance(_reference.Binned, window.Binned, LogBase.Two);

    private Tally Count(double[] values)
    {
        var tally = new Tally(Doane, Categories);
        foreach (var value in values)
            tally.Add(value);
        return tally;
    }
}
