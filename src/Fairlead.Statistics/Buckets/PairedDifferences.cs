using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Buckets;

/// <summary>
/// Paired differences counted by sign and size, for Wilcoxon's signed-rank test on sums that merge: four bins to each
/// doubling from 2⁻⁴⁰ to 2²⁴. Differences of one bin share their ranks, as equal differences do; smaller ones count as
/// 0 and are left out, as Wilcoxon did.
/// </summary>
public sealed class PairedDifferences
{
    /// <summary>Bins of each sign. Part of everything stored: it never changes.</summary>
    public const int Bins = 64 * 4;

    private readonly long[] _negative = new long[Bins];
    private readonly long[] _positive = new long[Bins];

    /// <summary>Counts of negative differences by size.</summary>
    public ReadOnlySpan<long> Negative => _negative;

    /// <summary>Counts of positive differences by size.</summary>
    public ReadOnlySpan<long> Positive => _positive;

    /// <summary>The bin of a difference by its size; −1 for what counts as 0, and for NaN.</summary>
    public static int BinOf(double difference)
    {
        var octave = Math.Log2(Math.Abs(difference));
        return octave >= -40 ? (int)Math.Min((octave + 40) * 4, Bins - 1) : -1;
    }

    /// <summary>Adds a difference challenger − champion.</summary>
    public void Add(double difference)
    {
        if (BinOf(difference) is var bin and >= 0)
            Add(difference > 0, bin, 1);
    }

    /// <summary>Adds counts of another replica.</summary>
    public void Add(bool isPositive, int bin, long count) => (isPositive ? _positive : _negative)[bin] += count;

    /// <summary>Adds those of another replica.</summary>
    public void Add(PairedDifferences other)
    {
        for (var bin = 0; bin < Bins; bin++)
        {
            _negative[bin] += other._negative[bin];
            _positive[bin] += other._positive[bin];
        }
    }

    /// <summary>
    /// The signed-rank test by the normal law with tie correction; see <see cref="WilcoxonSignedRank"/>. The exact law
    /// is not told of, because bins make ties.
    /// </summary>
    public WilcoxonResult Test()
    {
        double ranks = 0, positive = 0, ties = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            double inBin = _negative[bin] + _positive[bin];
            positive += _positive[bin] * (ranks + (inBin + 1) / 2);
            ranks += inBin;
            ties += inBin * inBin * inBin - inBin;
        }

        if (ranks == 0)
            return new WilcoxonResult(0, 0, double.NaN, double.NaN);
        var w = Math.Min(positive, ranks * (ranks + 1) / 2 - positive);
        var deviation = Math.Sqrt(ranks * (ranks + 1) * (2 * ranks + 1) / 24 - ties / 48);
        return new WilcoxonResult(
            (int)Math.Min(ranks, int.MaxValue), w, double.NaN,
            Normal.TwoSided((w - ranks * (ranks + 1) / 4) / deviation));
    }
}
