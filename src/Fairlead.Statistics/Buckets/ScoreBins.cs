namespace Fairlead.Statistics.Buckets;

/// <summary>
/// Fixed bins of scores, so that rankings can be added up over replicas in memory that does not grow. Finest where
/// models put their scores: probabilities are told apart by their log-odds, 16 bins to each unit from −16 to 16, which
/// is 1.6 percentage points in the middle and as fine as the probability itself near 0 and 1. Margins outside 0 to 1
/// have eight bins to each doubling of their distance from there. The order of scores is kept everywhere; scores of one
/// bin count as equal.
/// </summary>
public static class ScoreBins
{
    /// <summary>Number of bins. Part of everything stored: it never changes.</summary>
    public const int Count = Outside + Inside + Outside;

    private const int Inside = 512;
    private const int Outside = 128;
    private const double PerLogit = 16;
    private const double Octaves = 16;

    /// <summary>The bin of a score, rising with it; −1 for NaN.</summary>
    public static int Of(double score) => score switch
    {
        double.NaN => -1,
        < 0 => Outside - 1 - Beyond(-score),
        > 1 => Outside + Inside + Beyond(score - 1),
        _ => Outside + (int)Math.Clamp(
            Math.Floor(Math.Log(score / (1 - score)) * PerLogit) + Inside / 2, 0, Inside - 1),
    };

    private static int Beyond(double distance) =>
        (int)Math.Clamp(Math.Floor((Math.Log2(distance) + Octaves / 2) * (Outside / Octaves)), 0, Outside - 1);
}
