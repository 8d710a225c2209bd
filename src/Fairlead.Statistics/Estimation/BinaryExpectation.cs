namespace Fairlead.Statistics.Estimation;

/// <summary>
/// What the metrics of a binary classifier are expected to be where its probabilities are calibrated: a row with
/// probability p counts as p positives and 1 − p negatives. 0/0 is 0.
/// <para>The areas run over rows in falling order of the raw score, one step a row, with cumulative sums rounded to
/// five decimals: NannyML's CBPE (0.13), so that the figures can be compared.</para>
/// </summary>
public sealed class BinaryExpectation
{
    private const int Decimals = 5;

    private BinaryExpectation()
    {
    }

    public double TruePositives { get; private init; }

    public double FalsePositives { get; private init; }

    public double TrueNegatives { get; private init; }

    public double FalseNegatives { get; private init; }

    /// <summary>Expected area under the ROC curve; NaN where nothing of one class is expected.</summary>
    public double RocAuc { get; private init; }

    /// <summary>Expected average precision; NaN where no positive is expected.</summary>
    public double AveragePrecision { get; private init; }

    public double Accuracy => Share(
        TruePositives + TrueNegatives, TruePositives + TrueNegatives + FalsePositives + FalseNegatives);

    public double Precision => Share(TruePositives, TruePositives + FalsePositives);

    public double Recall => Share(TruePositives, TruePositives + FalseNegatives);

    public double Specificity => Share(TrueNegatives, TrueNegatives + FalsePositives);

    public double F1 => Share(2 * TruePositives, 2 * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>The expectation over rows.</summary>
    /// <param name="calibrated">Calibrated probabilities of the positive class.</param>
    /// <param name="predicted">Whether the positive class was predicted.</param>
    /// <param name="raw">The scores that the model gave, by which rows are ranked.</param>
    /// <exception cref="ArgumentException">Lengths differ or a probability is none.</exception>
    public static BinaryExpectation Of(
        ReadOnlySpan<double> calibrated, ReadOnlySpan<bool> predicted, ReadOnlySpan<double> raw)
    {
        if (calibrated.Length != predicted.Length || calibrated.Length != raw.Length)
            throw new ArgumentException("There must be one of each for every row.", nameof(predicted));

        double hits = 0, alarms = 0, misses = 0, rest = 0;
        for (var i = 0; i < calibrated.Length; i++)
        {
            var p = calibrated[i];
            if (!(p is >= 0 and <= 1))
                throw new ArgumentException($"The probability of row {i} is {p}.", nameof(calibrated));
            if (predicted[i])
                (hits, alarms) = (hits + p, alarms + 1 - p);
            else
                (misses, rest) = (misses + p, rest + 1 - p);
        }

        var (area, precision) = Curves(calibrated, raw);
        return new()
        {
            TruePositives = hits,
            FalsePositives = alarms,
            FalseNegatives = misses,
            TrueNegatives = rest,
            RocAuc = area,
            AveragePrecision = precision,
        };
    }

    private static (double Area, double Precision) Curves(ReadOnlySpan<double> calibrated, ReadOnlySpan<double> raw)
    {
        var order = Enumerable.Range(0, raw.Length).ToArray();
        Array.Sort(raw.ToArray(), order);
        double up = 0, down = 0, lastUp = 0, lastDown = 0, area = 0, precision = 0;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            up += calibrated[order[i]];
            down += 1 - calibrated[order[i]];
            var (hits, alarms) = (Math.Round(up, Decimals), Math.Round(down, Decimals));
            area += (alarms - lastDown) * (hits + lastUp) / 2;
            if (hits + alarms > 0)
                precision += (hits - lastUp) * hits / (hits + alarms);
            (lastUp, lastDown) = (hits, alarms);
        }

        return (lastUp > 0 && lastDown > 0 ? area / lastUp / lastDown : double.NaN,
            lastUp > 0 ? precision / lastUp : double.NaN);
    }

    private static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;
}
