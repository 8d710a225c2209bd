using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>
/// How a champion and a challenger did on the same requests: right or wrong each. Mirrored traffic is paired, and a
/// test that forgets it throws most of its power away.
/// </summary>
public readonly record struct PairedOutcomes
{
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public PairedOutcomes(long bothRight, long onlyChampion, long onlyChallenger, long bothWrong)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bothRight);
        ArgumentOutOfRangeException.ThrowIfNegative(onlyChampion);
        ArgumentOutOfRangeException.ThrowIfNegative(onlyChallenger);
        ArgumentOutOfRangeException.ThrowIfNegative(bothWrong);
        BothRight = bothRight;
        OnlyChampion = onlyChampion;
        OnlyChallenger = onlyChallenger;
        BothWrong = bothWrong;
    }

    public long BothRight { get; }

    public long OnlyChampion { get; }

    public long OnlyChallenger { get; }

    public long BothWrong { get; }

    public long Count => BothRight + OnlyChampion + OnlyChallenger + BothWrong;
}

/// <summary>What McNemar's test says of a challenger.</summary>
/// <param name="Difference">Accuracy of the challenger − accuracy of the champion; NaN without requests.</param>
/// <param name="PExact">Two-sided exact p-value; 1 when they never disagree.</param>
/// <param name="ChiSquare">(|b − c| − 1)²/(b + c) with continuity correction; NaN when they never disagree.</param>
/// <param name="PCorrected">Its p-value.</param>
/// <param name="Kappa">Cohen's kappa of the two; see <see cref="Agreement.Kappa"/>.</param>
public readonly record struct McNemarResult(
    double Difference, double PExact, double ChiSquare, double PCorrected, double Kappa);

/// <summary>
/// McNemar's test: of the requests on which exactly one is right, half should fall to each.
/// <para>Source: Q. McNemar, Psychometrika 12 (1947); exact by the binomial law with p = ½.</para>
/// </summary>
public static class McNemar
{
    public static McNemarResult Test(PairedOutcomes pairs)
    {
        long b = pairs.OnlyChampion, c = pairs.OnlyChallenger, discordant = b + c;
        var excess = Math.Max(0, Math.Abs(b - c) - 1);
        var statistic = discordant == 0 ? double.NaN : (double)excess * excess / discordant;
        return new(
            (double)(c - b) / pairs.Count,
            Math.Min(1, 2 * Binomial.Cdf(Math.Min(b, c), discordant, 0.5)),
            statistic,
            ChiSquare.UpperTail(statistic, 1),
            Agreement.Kappa([[pairs.BothRight, b], [c, pairs.BothWrong]]));
    }
}
