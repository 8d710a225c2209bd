namespace Fairlead.Statistics.Metrics;

/// <summary>Metrics of the probabilities of many classes: one row of probabilities for each label.</summary>
public static class Multiclass
{
    /// <summary>
    /// The mean over classes of the area of each class against the rest. A class that no row or every row is of has no
    /// area and makes the mean NaN, as it should: leave it out on purpose or not at all.
    /// </summary>
    public static double AucOneVersusRest(
        ReadOnlySpan<int> actual, IReadOnlyList<double[]> probabilities, Averaging averaging,
        ReadOnlySpan<double> weights = default)
    {
        if (averaging == Averaging.Micro)
            throw new ArgumentOutOfRangeException(nameof(averaging), averaging, "Must be macro or weighted.");
        double sum = 0, of = 0;
        for (var k = 0; k < probabilities[0].Length; k++)
        {
            var (positive, scores) = (new bool[actual.Length], new double[actual.Length]);
            double share = 0;
            for (var i = 0; i < actual.Length; i++)
            {
                positive[i] = actual[i] == k;
                scores[i] = probabilities[i][k];
                share += positive[i] ? weights.IsEmpty ? 1 : weights[i] : 0;
            }

            var weight = averaging == Averaging.Weighted ? share : 1;
            sum += weight * new ScoredRows(positive, scores, weights).RocAuc(0.05).Value;
            of += weight;
        }

        return sum / of;
    }

    /// <summary>
    /// The mean over pairs of classes of how well each is told from the other by its own probability.
    /// <para>Source: D. J. Hand, R. J. Till, Mach. Learn. 45 (2001).</para>
    /// </summary>
    public static double AucOneVersusOne(ReadOnlySpan<int> actual, IReadOnlyList<double[]> probabilities)
    {
        var classes = probabilities[0].Length;
        double sum = 0;
        for (var a = 0; a < classes; a++)
        {
            for (var b = 0; b < classes; b++)
            {
                if (a == b)
                    continue;
                List<bool> positive = [];
                List<double> scores = [];
                for (var i = 0; i < actual.Length; i++)
                {
                    if (actual[i] != a && actual[i] != b)
                        continue;
                    positive.Add(actual[i] == a);
                    scores.Add(probabilities[i][a]);
                }

                sum += new ScoredRows([.. positive], [.. scores]).RocAuc(0.05).Value;
            }
        }

        return sum / (classes * (classes - 1.0));
    }

    /// <summary>
    /// How many rows have their class among the k most probable; of equal probabilities the higher class comes first.
    /// </summary>
    public static Proportion TopK(ReadOnlySpan<int> actual, IReadOnlyList<double[]> probabilities, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        long hits = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            var row = probabilities[i];
            var before = 0;
            for (var other = 0; other < row.Length; other++)
            {
                if (row[other] > row[actual[i]] || (row[other] == row[actual[i]] && other > actual[i]))
                    before++;
            }

            if (before < k)
                hits++;
        }

        return new(hits, actual.Length);
    }
}
