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
    /// <see cref="AucOneVersusRest(ReadOnlySpan{int}, IReadOnlyList{double[]}, Averaging, ReadOnlySpan{double})"/> of
    /// rows that count once, with its interval: a row's influence is the sum of its structural components in every
    /// class's area, and where classes weigh by their share also of what it adds to those.
    /// <para>Source: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988), section 3, linear
    /// combinations of areas.</para>
    /// </summary>
    public static MetricEstimate AucOneVersusRest(
        ReadOnlySpan<int> actual, IReadOnlyList<double[]> probabilities, Averaging averaging, double alpha)
    {
        var value = AucOneVersusRest(actual, probabilities, averaging);
        if (double.IsNaN(value))
            return MetricEstimate.Bare(value);
        var classes = probabilities[0].Length;
        var influence = new double[actual.Length];
        var all = Enumerable.Range(0, actual.Length).ToArray();
        for (var k = 0; k < classes; k++)
        {
            var positive = new bool[actual.Length];
            for (var i = 0; i < positive.Length; i++)
                positive[i] = actual[i] == k;
            var share = averaging == Averaging.Weighted
                ? (double)positive.Count(each => each) / positive.Length
                : 1.0 / classes;
            var area = AddInfluence(positive, [.. probabilities.Select(row => row[k])], all, share, influence);
            for (var i = 0; averaging == Averaging.Weighted && i < influence.Length; i++)
                influence[i] += ((positive[i] ? 1 : 0) - share) * area / influence.Length;
        }

        return Estimate(value, influence, alpha);
    }

    /// <summary>
    /// <see cref="AucOneVersusOne(ReadOnlySpan{int}, IReadOnlyList{double[]})"/> with its interval, from the structural
    /// components of a row in the areas of all pairs that its class is in.
    /// <para>Source: as for the areas against the rest.</para>
    /// </summary>
    public static MetricEstimate AucOneVersusOne(
        ReadOnlySpan<int> actual, IReadOnlyList<double[]> probabilities, double alpha)
    {
        var value = AucOneVersusOne(actual, probabilities);
        if (double.IsNaN(value))
            return MetricEstimate.Bare(value);
        var classes = probabilities[0].Length;
        var influence = new double[actual.Length];
        for (var a = 0; a < classes; a++)
        {
            for (var b = 0; b < classes; b++)
            {
                if (a == b)
                    continue;
                var rows = new List<int>();
                for (var i = 0; i < actual.Length; i++)
                {
                    if (actual[i] == a || actual[i] == b)
                        rows.Add(i);
                }

                var positive = new bool[rows.Count];
                for (var i = 0; i < positive.Length; i++)
                    positive[i] = actual[rows[i]] == a;
                AddInfluence(
                    positive, [.. rows.Select(row => probabilities[row][a])], rows, 1.0 / (classes * (classes - 1)),
                    influence);
            }
        }

        return Estimate(value, influence, alpha);
    }

    private static MetricEstimate Estimate(double value, double[] influence, double alpha) =>
        MetricEstimate.OfVariance(
            value, influence.Sum(each => each * each), alpha, 0, 1, IntervalMethod.DeLong);

    /// <summary>
    /// Adds to each row what it moves an area by, times a share: (F − A)/P of a positive, (S − A)/N of a negative, with
    /// F the share of negatives below it and S that of positives above it, equal ones counting half.
    /// </summary>
    private static double AddInfluence(
        bool[] positive, double[] scores, IReadOnlyList<int> rows, double share, double[] influence)
    {
        var order = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort([.. scores], order);
        double p = positive.Count(each => each), n = positive.Length - p, area = 0, positives = 0, negatives = 0;
        var component = new double[scores.Length];
        for (int start = 0, end; start < order.Length; start = end)
        {
            double up = 0, down = 0;
            for (end = start; end < order.Length && scores[order[end]] == scores[order[start]]; end++)
                _ = positive[order[end]] ? up++ : down++;
            for (var i = start; i < end; i++)
            {
                component[order[i]] = positive[order[i]]
                    ? (negatives + down / 2) / n
                    : (p - positives - up + up / 2) / p;
            }

            area += up * (negatives + down / 2) / p / n;
            (positives, negatives) = (positives + up, negatives + down);
        }

        for (var i = 0; i < component.Length; i++)
            influence[rows[i]] += share * (component[i] - area) / (positive[i] ? p : n);
        return area;
    }

    /// <summary>The mean loss of the probability that was given to the class that it was, in nats, with its interval
    /// over rows.</summary>
    public static MetricEstimate LogLossOf(
        ReadOnlySpan<int> actual, IReadOnlyList<double[]> probabilities, double alpha)
    {
        var losses = new double[actual.Length];
        for (var i = 0; i < losses.Length; i++)
            losses[i] = LogLoss.Of(probabilities[i][actual[i]], happened: true);
        return MetricEstimate.OfMean(Moments.Of(losses), alpha);
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
