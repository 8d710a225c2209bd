namespace Fairlead.Statistics.Hypotheses;

/// <summary>Agreement of two raters.</summary>
public static class Agreement
{
    /// <summary>
    /// Cohen's kappa (p_o − p_e)/(1 − p_e) of a square table, rows by the one and columns by the other. NaN for an
    /// empty table and when both always say the same one thing.
    /// <para>Source: J. Cohen, Educ. Psychol. Meas. 20 (1960).</para>
    /// </summary>
    /// <exception cref="ArgumentException">The table is not square or a count is negative.</exception>
    public static double Kappa(IReadOnlyList<IReadOnlyList<long>> table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Any(row => row.Count != table.Count || row.Any(count => count < 0)))
            throw new ArgumentException("The table must be square, without negative counts.", nameof(table));

        double total = table.Sum(row => row.Sum());
        double agreed = 0, byChance = 0;
        for (var i = 0; i < table.Count; i++)
        {
            agreed += table[i][i] / total;
            byChance += table[i].Sum() / total * (table.Sum(row => row[i]) / total);
        }

        return byChance == 1 ? double.NaN : (agreed - byChance) / (1 - byChance);
    }
}
