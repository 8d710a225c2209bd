namespace Fairlead.Statistics.Hypotheses;

/// <summary>Ranks with ties shared: equal values get the mean of the places that they fill.</summary>
internal static class Ranks
{
    /// <summary>The mid-rank of each value, from 1, in the order given; values must not be NaN.</summary>
    internal static double[] Of(ReadOnlySpan<double> values) => Of(values, out _);

    /// <summary>The mid-ranks and Σ(t³ − t) over the groups of t equal values, which corrects the variance.</summary>
    internal static double[] Of(ReadOnlySpan<double> values, out double tieTerm)
    {
        var sorted = values.ToArray();
        var order = Enumerable.Range(0, sorted.Length).ToArray();
        Array.Sort(sorted, order);

        var ranks = new double[sorted.Length];
        tieTerm = 0;
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start])
                end++;
            double ties = end - start;
            tieTerm += ties * ties * ties - ties;
            for (var i = start; i < end; i++)
                ranks[order[i]] = (start + 1 + end) / 2.0;
        }

        return ranks;
    }
}
