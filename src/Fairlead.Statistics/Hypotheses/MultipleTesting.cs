namespace Fairlead.Statistics.Hypotheses;

/// <summary>How the p-values of a family are corrected for their number.</summary>
public enum Correction
{
    /// <summary>m·p. Family-wise, whatever the dependence. C. E. Bonferroni 1936.</summary>
    Bonferroni,

    /// <summary>1 − (1 − p)^m. Family-wise, for independent tests. Z. Šidák 1967.</summary>
    Sidak,

    /// <summary>
    /// Step-down Bonferroni: family-wise, whatever the dependence, never weaker than it. S. Holm 1979.
    /// </summary>
    Holm,

    /// <summary>Step-up: family-wise, for independent or positively dependent tests. Y. Hochberg 1988.</summary>
    Hochberg,

    /// <summary>False discovery rate, for independent or positively dependent tests. Y. Benjamini, Y. Hochberg
    /// 1995.</summary>
    BenjaminiHochberg,

    /// <summary>False discovery rate, whatever the dependence. Y. Benjamini, D. Yekutieli 2001.</summary>
    BenjaminiYekutieli,
}

/// <summary>Corrected p-values: compare each with the level of the whole family.</summary>
public static class MultipleTesting
{
    /// <summary>
    /// The corrected p-values in the order given. A NaN (a test that had no data) stays NaN and never sorts before a
    /// real one, but it counts as a member of the family: a metric that may still speak has to be paid for.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A p-value lies outside [0, 1].</exception>
    public static double[] Adjust(ReadOnlySpan<double> pValues, Correction correction)
    {
        foreach (var p in pValues)
        {
            if (p is < 0 or > 1)
                throw new ArgumentOutOfRangeException(nameof(pValues), p, "A p-value lies between 0 and 1.");
        }

        var family = pValues.Length;
        var values = pValues.ToArray();
        var order = Enumerable.Range(0, family).Where(i => !double.IsNaN(values[i])).OrderBy(i => values[i]).ToArray();
        var adjusted = new double[family];
        Array.Fill(adjusted, double.NaN);
        for (var rank = 0; rank < order.Length; rank++)
            adjusted[order[rank]] = Math.Min(1, Scale(values[order[rank]], rank + 1, family, correction));

        if (correction is Correction.Holm)
        {
            for (var rank = 1; rank < order.Length; rank++)
                adjusted[order[rank]] = Math.Max(adjusted[order[rank]], adjusted[order[rank - 1]]);
        }
        else if (correction is not (Correction.Bonferroni or Correction.Sidak))
        {
            for (var rank = order.Length - 2; rank >= 0; rank--)
                adjusted[order[rank]] = Math.Min(adjusted[order[rank]], adjusted[order[rank + 1]]);
        }

        return adjusted;
    }

    /// <summary>
    /// The same for a family whose members have parts of the level of their own: each p-value is divided by its weight
    /// over their average before it is corrected, so a weight of twice the average is a level of twice as much. Holm's
    /// procedure sums the weights of what is left (S. Holm 1979); the others hold for any weights that are set before
    /// the data are seen (C. R. Genovese, K. Roeder, L. Wasserman, Biometrika 93 (2006)).
    /// </summary>
    /// <exception cref="ArgumentException">There is not one weight above 0 for each p-value.</exception>
    public static double[] Adjust(ReadOnlySpan<double> pValues, ReadOnlySpan<double> weights, Correction correction)
    {
        if (weights.Length != pValues.Length || weights.ContainsAnyExceptInRange(double.Epsilon, double.MaxValue))
            throw new ArgumentException("Each p-value needs a weight above 0.", nameof(weights));
        double sum = 0;
        foreach (var weight in weights)
            sum += weight;
        var weighted = new double[pValues.Length];
        for (var i = 0; i < weighted.Length; i++)
            weighted[i] = Math.Min(pValues[i] * (sum / weights.Length / weights[i]), double.MaxValue);
        if (correction != Correction.Holm)
            return Adjust([.. weighted.Select(p => Math.Min(1, p))], correction);

        var adjusted = new double[weighted.Length];
        Array.Fill(adjusted, double.NaN);
        var (left, least) = (1.0, 0.0);
        foreach (var i in Enumerable.Range(0, weighted.Length).Where(i => !double.IsNaN(weighted[i]))
            .OrderBy(i => weighted[i]).ToArray())
        {
            least = Math.Min(1, Math.Max(least, weighted[i] * weights.Length * left));
            adjusted[i] = least;
            left = Math.Max(0, left - weights[i] / sum);
        }

        return adjusted;
    }

    /// <summary>
    /// The step-up procedure of Benjamini and Hochberg as a count: all p-values up to the last, in rising order, that
    /// is below q·i/m are discoveries. NaN ones are none, but count as members.
    /// </summary>
    /// <param name="pValues">The family.</param>
    /// <param name="q">The rate of false discoveries that is allowed.</param>
    /// <returns>How many are discoveries, and the q·i/m that the last of them is below; with none, q/m.</returns>
    public static (int Rejected, double Threshold) Discoveries(ReadOnlySpan<double> pValues, double q)
    {
        Require.Level(q);
        var sorted = pValues.ToArray();
        sorted.AsSpan().Replace(double.NaN, double.PositiveInfinity);
        Array.Sort(sorted);
        for (var i = sorted.Length; i >= 1; i--)
        {
            if (sorted[i - 1] < q * i / sorted.Length)
                return (i, q * i / sorted.Length);
        }

        return (0, q / Math.Max(1, sorted.Length));
    }

    private static double Scale(double p, int rank, int family, Correction correction) => correction switch
    {
        Correction.Bonferroni => family * p,
        Correction.Sidak => -Numerics.Elementary.ExpMinusOne(family * Numerics.Elementary.LogOnePlus(-p)),
        Correction.Holm or Correction.Hochberg => (family - rank + 1) * p,
        Correction.BenjaminiHochberg => p * family / rank,
        Correction.BenjaminiYekutieli => p * family / rank * Harmonic(family),
        _ => throw new ArgumentOutOfRangeException(nameof(correction), correction, "Not a correction."),
    };

    private static double Harmonic(int n)
    {
        var sum = 0.0;
        for (var i = n; i >= 1; i--)
            sum += 1.0 / i;
        return sum;
    }
}
