namespace Fairlead.Statistics.Metrics;

/// <summary>
/// Metrics of one ranked list: what each item is worth (its gain, 0 or more) and what it was scored. Equal scores share
/// the places that they fill, so the order in which items were given does not matter. The figure of many lists is the
/// mean of theirs (<see cref="OverLists"/>), since lists are what is independent.
/// </summary>
public static class Ranking
{
    /// <summary>
    /// Discounted cumulative gain Σ gain/log₂(place + 1) over the first k places.
    /// <para>Source: K. Järvelin, J. Kekäläinen, ACM TOIS 20 (2002); ties by F. McSherry, M. Najork, ECIR 2008.</para>
    /// </summary>
    public static double Dcg(ReadOnlySpan<double> gains, ReadOnlySpan<double> scores, int k = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var (sorted, order) = Order(gains, scores);
        var sum = 0.0;
        for (int start = 0, end; start < order.Length; start = end)
        {
            double gain = 0, discount = 0;
            for (end = start; end < order.Length && sorted[end] == sorted[start]; end++)
            {
                gain += gains[order[end]];
                discount += end < k ? 1 / Math.Log2(end + 2) : 0;
            }

            sum += gain / (end - start) * discount;
        }

        return sum;
    }

    /// <summary>DCG over that of the best order; 0 for a list in which nothing is worth anything.</summary>
    public static double Ndcg(ReadOnlySpan<double> gains, ReadOnlySpan<double> scores, int k = int.MaxValue)
    {
        var best = Dcg(gains, gains, k);
        return best > 0 ? Dcg(gains, scores, k) / best : 0;
    }

    /// <summary>1/place of the first item with a gain, the worst that ties allow; 0 without such an item.</summary>
    public static double ReciprocalRank(ReadOnlySpan<double> gains, ReadOnlySpan<double> scores)
    {
        var (sorted, order) = Order(gains, scores);
        for (int start = 0, end; start < order.Length; start = end)
        {
            var idle = 0;
            for (end = start; end < order.Length && sorted[end] == sorted[start]; end++)
                idle += gains[order[end]] > 0 ? 0 : 1;
            if (idle < end - start)
                return 1.0 / (start + idle + 1);
        }

        return 0;
    }

    /// <summary>Average precision of the list, an item with a gain being relevant; 0 without one.</summary>
    public static double AveragePrecision(ReadOnlySpan<double> gains, ReadOnlySpan<double> scores)
    {
        var relevant = new bool[gains.Length];
        for (var i = 0; i < relevant.Length; i++)
            relevant[i] = gains[i] > 0;
        if (!relevant.Contains(true))
            return 0;
        return relevant.Contains(false) ? new ScoredRows(relevant, scores).AveragePrecision(0.05, 2).Value : 1;
    }

    /// <summary>Of the items with a gain, the share among the first k; ties over the k-th place count in part. 0
    /// without such an item.</summary>
    public static double RecallAt(ReadOnlySpan<double> gains, ReadOnlySpan<double> scores, int k)
    {
        var (found, all) = FoundAt(gains, scores, k);
        return all > 0 ? found / all : 0;
    }

    /// <summary>Of the first k places, the share with a gain; ties over the k-th place count in part. A list that is
    /// shorter has nothing in the places that it lacks.</summary>
    public static double PrecisionAt(ReadOnlySpan<double> gains, ReadOnlySpan<double> scores, int k) =>
        FoundAt(gains, scores, k).Found / k;

    /// <summary>The mean of one figure a list, with Student's interval between lists.</summary>
    public static MetricEstimate OverLists(ReadOnlySpan<double> figures, double alpha) =>
        MetricEstimate.OfMean(Moments.Of(figures), alpha);

    private static (double Found, double All) FoundAt(
        ReadOnlySpan<double> gains, ReadOnlySpan<double> scores, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var (sorted, order) = Order(gains, scores);
        double found = 0, all = 0;
        for (int start = 0, end; start < order.Length; start = end)
        {
            var relevant = 0;
            for (end = start; end < order.Length && sorted[end] == sorted[start]; end++)
                relevant += gains[order[end]] > 0 ? 1 : 0;
            all += relevant;
            found += relevant * Math.Clamp((double)(k - start) / (end - start), 0, 1);
        }

        return (found, all);
    }

    private static (double[] Sorted, int[] Order) Order(ReadOnlySpan<double> gains, ReadOnlySpan<double> scores)
    {
        if (gains.Length != scores.Length)
            throw new ArgumentException($"There are {gains.Length} gains and {scores.Length} scores.", nameof(scores));
        var keys = new double[scores.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (double.IsNaN(scores[i]))
                throw new ArgumentException($"The score of item {i} is NaN.", nameof(scores));
            keys[i] = -scores[i];
        }

        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, order);
        return (keys, order);
    }
}
