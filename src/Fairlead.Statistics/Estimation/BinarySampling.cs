namespace Fairlead.Statistics.Estimation;

/// <summary>
/// How much the metrics of n rows scatter by chance, learnt from labelled reference rows: the deviation of what one row
/// contributes over √(n · share of the rows that contribute). Formulas of NannyML's sampling error (0.13); its AUROC
/// turns the classes around when positives are the majority, and leaves out a positive in the lowest place.
/// </summary>
public sealed class BinarySampling
{
    private readonly Spread _accuracy;
    private readonly Spread _precision;
    private readonly Spread _recall;
    private readonly Spread _specificity;
    private readonly Spread _f1;
    private readonly Spread _auc;

    /// <exception cref="ArgumentException">Lengths differ or there is no row.</exception>
    public BinarySampling(ReadOnlySpan<bool> actual, ReadOnlySpan<bool> predicted, ReadOnlySpan<double> scores)
    {
        if (actual.IsEmpty || actual.Length != predicted.Length || actual.Length != scores.Length)
            throw new ArgumentException("There must be rows, and one of each for every row.", nameof(actual));

        double tp = 0, fp = 0, fn = 0, tn = 0, n = actual.Length;
        for (var i = 0; i < actual.Length; i++)
        {
            if (actual[i])
                (tp, fn) = predicted[i] ? (tp + 1, fn) : (tp, fn + 1);
            else
                (fp, tn) = predicted[i] ? (fp + 1, tn) : (fp, tn + 1);
        }

        _accuracy = Spread.OfShare(tp + tn, n, n);
        _precision = Spread.OfShare(tp, tp + fp, n);
        _recall = Spread.OfShare(tp, tp + fn, n);
        _specificity = Spread.OfShare(tn, tn + fp, n);
        var relevant = Spread.OfShare(tp, tp + fp + fn, n);
        _f1 = relevant with { Deviation = relevant.Deviation * (tp + fp + fn) / (tp + (fp + fn) / 2) };
        _auc = OfRanks(actual, scores);
    }

    public double AccuracyError(long rows) => _accuracy.Over(rows);

    public double PrecisionError(long rows) => _precision.Over(rows);

    public double RecallError(long rows) => _recall.Over(rows);

    public double SpecificityError(long rows) => _specificity.Over(rows);

    public double F1Error(long rows) => _f1.Over(rows);

    public double RocAucError(long rows) => _auc.Over(rows);

    private static Spread OfRanks(ReadOnlySpan<bool> actual, ReadOnlySpan<double> scores)
    {
        var isTurned = 2 * actual.Count(true) > actual.Length;
        var keys = new double[scores.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = isTurned ? 1 - scores[i] : scores[i];
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, order);

        List<double> below = [];
        double positives = 0;
        for (var place = 0; place < order.Length; place++)
        {
            if (actual[order[place]] == isTurned)
                continue;
            positives++;
            if (place > 0)
                below.Add(place - below.Count);
        }

        var negatives = order.Length - positives;
        if (below.Count == 0 || negatives == 0)
            return new(double.NaN, double.NaN);
        var mean = below.Average();
        var variance = below.Sum(each => (each - mean) * (each - mean)) / below.Count;
        return new(Math.Sqrt(variance) / negatives, positives / order.Length);
    }

    /// <summary>The deviation of a row's contribution and the share of rows that contribute.</summary>
    private readonly record struct Spread(double Deviation, double Share)
    {
        internal static Spread OfShare(double hits, double of, double rows) =>
            new(Math.Sqrt(hits / of * (1 - hits / of)), of / rows);

        internal double Over(long rows) => Deviation / Math.Sqrt(rows * Share);
    }
}
