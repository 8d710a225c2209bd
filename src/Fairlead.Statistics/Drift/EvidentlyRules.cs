using System.Globalization;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Drift;

/// <summary>What Evidently would show for a column.</summary>
/// <param name="Score">A p-value or a distance, by the test; NaN where it computes none.</param>
/// <param name="Drifted">Whether it would call the column drifted.</param>
/// <param name="Threshold">What the score is compared with.</param>
public readonly record struct EvidentlyScore(double Score, bool Drifted, double Threshold);

/// <summary>
/// The rules of Evidently (its statistical tests as of 2024), for those who come from it and to compare with: which
/// test is taken, how values are binned, what counts as drift. The tests by permutations are left out, since their
/// figures hang on the generator. Its quirks are kept: one category gives NaN, new categories an infinite statistic,
/// the rank test sees one direction only.
/// </summary>
public static class EvidentlyRules
{
    private const int MostDistinctForCells = 20;

    /// <summary>The test that is taken unless one is chosen, by its name there.</summary>
    /// <param name="referenceRows">Rows of the reference; those of the current sample are not looked at.</param>
    /// <param name="distinct">Distinct values of both together, missing ones left out.</param>
    /// <param name="kind"><c>num</c>, <c>cat</c> or <c>text</c>.</param>
    /// <exception cref="ArgumentException">Another kind.</exception>
    public static string Select(long referenceRows, long distinct, string kind) => (kind, referenceRows <= 1000) switch
    {
        ("num", true) => distinct > 5 ? "ks" : distinct > 2 ? "chisquare" : "z",
        ("num", false) => distinct > 5 ? "wasserstein" : "jensenshannon",
        ("cat", true) => distinct > 2 ? "chisquare" : "z",
        ("cat", false) => "jensenshannon",
        ("text", true) => "perc_text_content_drift",
        ("text", false) => "abs_text_content_drift",
        _ => throw new ArgumentException($"A column is num, cat or text, not '{kind}'.", nameof(kind)),
    };

    /// <summary>The score of a numeric column.</summary>
    /// <param name="test">The name of a test there.</param>
    /// <param name="reference">Values; what is not finite is left out.</param>
    /// <param name="current">Likewise.</param>
    /// <exception cref="ArgumentException">A side has no values, or the test has another name.</exception>
    public static EvidentlyScore Numeric(string test, ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var (x, y) = (CleanSample.Of(reference).Values, CleanSample.Of(current).Values);
        if (x.Length == 0 || y.Length == 0)
            throw new ArgumentException("A column without values cannot be scored.");
        return test switch
        {
            "ks" => ByP(KolmogorovSmirnov.Test(x, y).P, 0.05, orEqual: true),
            "wasserstein" => ByDistance(Transport.NormalizedWasserstein(x, y)),
            "ed" => ByDistance(Transport.Energy(x, y)),
            "t_test" => ByP(MeanDifference.Student(Moments.Of(y), Moments.Of(x), 0.05).P.TwoSided, 0.05),
            "mannw" => ByP(MannWhitney.Sided(y, x, HasExactRanks(x, y)).Less, 0.05),
            "cramer_von_mises" => ByP(CramerVonMises.Test(x, y).P, 0.1),
            "anderson" => ByP(AndersonDarling.Test(x, y).P, 0.1),
            "es" => ByP(EppsSingleton.Test(x, y).P, 0.05),
            "hellinger" => ByDistance(UniqueHellinger(x, y)),
            "psi" or "kl_div" or "jensenshannon" when x.Distinct().Count() > MostDistinctForCells => Binned(test, x, y),
            _ => Category(test, x.Select(Name), y.Select(Name)),
        };
    }

    /// <summary>The score of a column of categories.</summary>
    /// <param name="test">The name of a test there.</param>
    /// <param name="reference">Values, none missing.</param>
    /// <param name="current">Likewise.</param>
    /// <exception cref="ArgumentException">A side has no values, or the test has another name.</exception>
    public static EvidentlyScore Category(string test, IEnumerable<string> reference, IEnumerable<string> current)
    {
        var cells = AlignedCategories.Of(reference, current);
        var (p, q) = (cells.Reference, cells.Current);
        if (p.Sum() == 0 || q.Sum() == 0)
            throw new ArgumentException("A column without values cannot be scored.");
        return test switch
        {
            "chisquare" => ByP(p.Length < 2 ? double.NaN : Contingency.Goodness(q, p).P, 0.05),
            "g_test" => ByP(GTest(p, q), 0.1),
            "z" => ByP(ZTest(p, q), 0.05),
            "fisher_exact" => ByP(Fisher(p, q), 0.1),
            "hellinger" => ByDistance(Divergences.Hellinger(p, q)),
            _ => Cells(test, p, q),
        };
    }

    private static EvidentlyScore Binned(string test, double[] x, double[] y)
    {
        var bins = Bins.Of([.. x, .. y], BinRule.Sturges);
        return Cells(test, bins.CountsOf(x), bins.CountsOf(y));
    }

    private static EvidentlyScore Cells(string test, double[] p, double[] q)
    {
        if (test == "jensenshannon")
            return ByDistance(Divergences.JensenShannonDistance(p, q, LogBase.Natural));
        var (a, b) = (Filled(p), Filled(q));
        return test switch
        {
            "kl_div" => ByDistance(Divergences.KullbackLeibler(a, b)),
            "psi" => ByDistance(a.Zip(b, (x, y) => (x - y) * Math.Log(x / y)).Sum()),
            _ => throw new ArgumentException($"There is no test '{test}' for this column.", nameof(test)),
        };
    }

    /// <summary>Shares, where a cell without anything counts as 0.0001, or far below the least share.</summary>
    private static double[] Filled(double[] counts)
    {
        var total = counts.Sum();
        var least = counts.Where(count => count > 0).Min() / total;
        var empty = least > 0.0001 ? 0.0001 : least / 1_000_000;
        return [.. counts.Select(count => count > 0 ? count / total : empty)];
    }

    /// <summary>Bins by how many distinct values there are.</summary>
    private static double UniqueHellinger(double[] x, double[] y)
    {
        var bins = Bins.Of(x.Concat(y).Distinct().ToArray(), BinRule.Sturges);
        return Divergences.Hellinger(bins.CountsOf(x), bins.CountsOf(y));
    }

    /// <summary>Expected counts are the reference's own, so the samples must be of one size.</summary>
    private static double GTest(double[] p, double[] q)
    {
        if (Math.Abs(p.Sum() - q.Sum()) > 1e-8 * p.Sum())
            throw new ArgumentException("The G test there needs two samples of one size.");
        return p.Length < 2 ? double.NaN : Contingency.G(q, p).P;
    }

    private static double ZTest(double[] p, double[] q)
    {
        if (p.Length > 2)
            throw new ArgumentException("The z test needs at most two categories.");
        if (p.Length == 1)
            return 1;
        var (n, m) = (p.Sum(), q.Sum());
        var pooled = (p[0] + q[0]) / (n + m);
        var z = (p[0] / n - q[0] / m) / Math.Sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
        return Normal.TwoSided(z);
    }

    private static double Fisher(double[] p, double[] q)
    {
        if (p.Length > 2)
            throw new ArgumentException("Fisher's test needs at most two categories.");
        return p.Length == 1 ? 1 : FisherExact.Test(
            new((long)p[0], (long)(p[0] + p[1])), new((long)q[0], (long)(q[0] + q[1]))).P.TwoSided;
    }

    private static bool HasExactRanks(double[] x, double[] y) =>
        Math.Min(x.Length, y.Length) <= 8 && x.Concat(y).Distinct().Count() == x.Length + y.Length;

    private static string Name(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static EvidentlyScore ByP(double p, double threshold, bool orEqual = false) =>
        new(p, orEqual ? p <= threshold : p < threshold, threshold);

    private static EvidentlyScore ByDistance(double distance) => new(distance, distance >= 0.1, 0.1);
}
