using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>What the rank-sum test says of two samples.</summary>
/// <param name="U">Pairs in which the treatment is the greater, ties counted half.</param>
/// <param name="PAsymptotic">Two-sided p-value by the normal law with tie and continuity correction; NaN when all
/// values are equal or an arm is empty.</param>
/// <param name="PExact">Two-sided p-value by the exact law; NaN with ties or where n_t·n_c is above
/// <see cref="MannWhitney.LargestExact"/>.</param>
/// <param name="CommonLanguage">U/(n_t n_c): the probability that a treatment value is the greater of a random
/// pair.</param>
/// <param name="Shift">Hodges–Lehmann estimate: the median of all differences treatment − control.</param>
public readonly record struct MannWhitneyResult(
    double U, double PAsymptotic, double PExact, double CommonLanguage, double Shift);

/// <summary>
/// The Mann–Whitney–Wilcoxon rank-sum test. Asks whether one arm tends to larger values, whatever their distribution.
/// <para>Sources: H. B. Mann, D. R. Whitney, Ann. Math. Stat. 18 (1947); J. L. Hodges, E. L. Lehmann, Ann. Math. Stat.
/// 34 (1963); A. Vargha, H. D. Delaney, J. Educ. Behav. Stat. 25 (2000). NaN values are the caller's to remove: one of
/// them throws <see cref="ArgumentException"/>.</para>
/// </summary>
public static class MannWhitney
{
    /// <summary>Greatest n_t·n_c for which the exact law is computed.</summary>
    public const long LargestExact = 2_500;

    /// <summary>Compares treatment with control.</summary>
    public static MannWhitneyResult Test(ReadOnlySpan<double> control, ReadOnlySpan<double> treatment)
    {
        RejectNaN(control, nameof(control));
        RejectNaN(treatment, nameof(treatment));
        if (control.IsEmpty || treatment.IsEmpty)
            return new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

        double n = treatment.Length, m = control.Length;
        var ranks = Ranks.Of([.. treatment, .. control], out var tieTerm);
        var u = CompensatedSum.Sum(ranks.AsSpan(0, treatment.Length)).Value - n * (n + 1) / 2;
        var distance = Math.Max(Math.Abs(u - n * m / 2) - 0.5, 0);
        var deviation = Deviation(n, m, tieTerm);
        return new(
            u,
            deviation > 0 ? Normal.TwoSided(distance / deviation) : double.NaN,
            tieTerm == 0 && n * m <= LargestExact ? ExactTwoSided(treatment.Length, control.Length, u) : double.NaN,
            u / (n * m),
            HodgesLehmann(control, treatment));
    }

    /// <summary>
    /// The p-values against each alternative; "greater" means that treatment values are the greater. All 1 where all
    /// values are equal, NaN where an arm is empty.
    /// </summary>
    /// <param name="control">Values without NaN.</param>
    /// <param name="treatment">Likewise.</param>
    /// <param name="exact">By the exact law, which knows no ties, instead of the normal one with tie and continuity
    /// correction.</param>
    public static PValues Sided(ReadOnlySpan<double> control, ReadOnlySpan<double> treatment, bool exact)
    {
        RejectNaN(control, nameof(control));
        RejectNaN(treatment, nameof(treatment));
        if (control.IsEmpty || treatment.IsEmpty)
            return PValues.Undefined;

        double n = treatment.Length, m = control.Length;
        var ranks = Ranks.Of([.. treatment, .. control], out var tieTerm);
        var u = CompensatedSum.Sum(ranks.AsSpan(0, treatment.Length)).Value - n * (n + 1) / 2;
        var (greater, less) = (0.0, 0.0);
        if (exact)
        {
            var ways = Ways(treatment.Length, control.Length);
            var all = ways.Sum();
            (greater, less) = (Tail(ways, n * m - u) / all, Tail(ways, u) / all);
        }
        else
        {
            var deviation = Deviation(n, m, tieTerm);
            if (!(deviation > 0))
                return new(1, 1, 1);
            greater = Normal.UpperTail((u - n * m / 2 - 0.5) / deviation);
            less = Normal.UpperTail((n * m / 2 - u - 0.5) / deviation);
        }

        return new(Math.Min(1, 2 * Math.Min(greater, less)), greater, less);
    }

    /// <summary>
    /// The median of all n_t·n_c differences treatment − control, to the last bit in O((n_t + n_c) log) time and
    /// without storing them.
    /// </summary>
    public static double HodgesLehmann(ReadOnlySpan<double> control, ReadOnlySpan<double> treatment)
    {
        RejectNaN(control, nameof(control));
        RejectNaN(treatment, nameof(treatment));
        if (control.IsEmpty || treatment.IsEmpty)
            return double.NaN;

        double[] c = [.. control], t = [.. treatment];
        Array.Sort(c);
        Array.Sort(t);
        var pairs = (long)c.Length * t.Length;
        var upper = Difference(c, t, pairs / 2 + 1);
        return pairs % 2 == 1 ? upper : 0.5 * (Difference(c, t, pairs / 2) + upper);
    }

    /// <summary>Standard deviation of U, √(nm/12 · (N + 1 − Σ(t³ − t)/(N(N − 1)))).</summary>
    internal static double Deviation(double n, double m, double tieTerm)
    {
        var total = n + m;
        return Math.Sqrt(Math.Max(0, n * m / 12 * (total + 1 - tieTerm / (total * (total - 1)))));
    }

    private static void RejectNaN(ReadOnlySpan<double> values, string name)
    {
        foreach (var value in values)
        {
            if (double.IsNaN(value))
                throw new ArgumentException("A value is NaN; remove it or give it a value first.", name);
        }
    }

    private static double ExactTwoSided(int n, int m, double u)
    {
        var ways = Ways(n, m);
        return Math.Min(1, 2 * Tail(ways, Math.Min(u, (double)n * m - u)) / ways.Sum());
    }

    /// <summary>The ways to reach a U of at most <paramref name="u"/>; the law is symmetric.</summary>
    private static double Tail(double[] ways, double u)
    {
        var tail = 0.0;
        for (var k = 0; k < ways.Length && k <= u; k++)
            tail += ways[k];
        return tail;
    }

    /// <summary>Ways to reach each U by the recursion on the greatest value: it is of one arm or of the
    /// other.</summary>
    private static double[] Ways(int n, int m)
    {
        var ways = new double[n + 1][];
        for (var i = 0; i <= n; i++)
            ways[i] = new double[n * m + 1];
        for (var i = 0; i <= n; i++)
            ways[i][0] = 1;
        for (var j = 1; j <= m; j++)
        {
            for (var i = 1; i <= n; i++)
            {
                for (var k = 0; k <= i * j; k++)
                    ways[i][k] = (k >= j ? ways[i - 1][k - j] : 0) + (k <= i * (j - 1) ? ways[i][k] : 0);
            }
        }

        return ways[n];
    }

    /// <summary>The k-th smallest difference t − c, from 1, by bisection over the order of the doubles.</summary>
    private static double Difference(double[] c, double[] t, long k)
    {
        var low = Order(t[0] - c[^1]);
        var high = Order(t[^1] - c[0]);
        while (low < high)
        {
            var middle = low + (long)((ulong)(high - low) / 2);
            if (CountAtMost(c, t, FromOrder(middle)) >= k)
                high = middle;
            else
                low = middle + 1;
        }

        return FromOrder(low);
    }

    private static long CountAtMost(double[] c, double[] t, double value)
    {
        long count = 0;
        var i = 0;
        foreach (var from in c)
        {
            while (i < t.Length && t[i] - from <= value)
                i++;
            count += i;
        }

        return count;
    }

    /// <summary>A whole number that rises with the double; −0 and 0 are both 0.</summary>
    private static long Order(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits >= 0 ? bits : -(bits & long.MaxValue);
    }

    private static double FromOrder(long order) =>
        order >= 0 ? BitConverter.Int64BitsToDouble(order) : -BitConverter.Int64BitsToDouble(-order);
}
