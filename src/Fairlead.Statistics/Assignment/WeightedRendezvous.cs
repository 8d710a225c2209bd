namespace Fairlead.Statistics.Assignment;

/// <summary>
/// Assignment of units to any number of weighted arms by weighted rendezvous hashing: every arm draws
/// u = H(salt, arm, unit) in (0, 1) and the arm with the greatest score −w / ln(u) answers.
/// <para>
/// The share of an arm is its weight over the sum of the weights, and assignment is monotone: raising the weight of
/// one arm moves units to that arm only, and moves nobody back. Arms are known by a permanent key, so their order in
/// a list means nothing.
/// </para>
/// <para>Source: C. Schindelhauer, G. Schomaker, "Weighted distributed hash tables", SPAA 2005 (logarithmic
/// method).</para>
/// </summary>
public static class WeightedRendezvous
{
    /// <summary>The permanent key and the present weight of one arm. A weight of 0 or less never wins.</summary>
    public readonly record struct Arm(ulong Key, double Weight);

    /// <summary>
    /// Chooses the arm of a unit.
    /// </summary>
    /// <param name="salt">Separates one experiment's draws from another's; kept for as long as its units shall
    /// stay.</param>
    /// <param name="unit">The hash of the unit, from <see cref="UnitHash"/>.</param>
    /// <param name="arms">The arms; keys must differ.</param>
    /// <returns>The index of the chosen arm in <paramref name="arms"/>, or −1 when no arm has a positive
    /// weight.</returns>
    public static int Choose(ulong salt, ulong unit, ReadOnlySpan<Arm> arms)
    {
        var best = -1;
        var bestScore = double.NegativeInfinity;
        for (var i = 0; i < arms.Length; i++)
        {
            if (!(arms[i].Weight > 0))
                continue;

            var score = Score(arms[i].Weight, Draw(salt, arms[i].Key, unit));
            if (score > bestScore)
            {
                best = i;
                bestScore = score;
            }
        }

        return best;
    }

    /// <summary>
    /// The score of one arm: −w / ln(u). ln(u) is negative, so a greater weight and a greater draw both raise it. The
    /// arm with the greatest score wins with the chance w / Σw; a score linear in the weight, w·u, would give a small
    /// arm too little (a tenth of the weight 5.6 % of the units).
    /// </summary>
    /// <param name="weight">The weight, above 0.</param>
    /// <param name="draw">A uniform draw of this arm for this unit, strictly between 0 and 1.</param>
    public static double Score(double weight, double draw) => -weight / Math.Log(draw);

    /// <summary>The uniform draw of one arm for one unit, strictly between 0 and 1, with 53 random bits.</summary>
    public static double Draw(ulong salt, ulong arm, ulong unit)
    {
        var bits = Mix(unit ^ Mix(arm ^ Mix(salt)));
        return ((bits >> 11) + 0.5) * (1.0 / (1UL << 53));
    }

    /// <summary>
    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which every bit reaches every bit.
    /// </summary>
    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
