using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>What Fisher's exact test says of two arms.</summary>
/// <param name="OddsRatio">The sample odds ratio of the first arm over the second, a·d/(b·c); ∞ when only b·c is 0, NaN
/// when both products are.</param>
/// <param name="P">Exact p-values; "greater" means that the first arm has the higher odds. Tables as likely as the
/// observed one (within a factor 1 + 1e-7) count as no likelier.</param>
public readonly record struct FisherResult(double OddsRatio, PValues P);

/// <summary>
/// Fisher's exact test of a two-by-two table with both margins fixed: the count of successes in the first arm is
/// hypergeometric. For rare events, below about ten an arm, where a z test is wrong.
/// <para>Source: R. A. Fisher, "The logic of inductive inference", J. R. Stat. Soc. 98 (1935). The mass is the ratio of
/// three binomial masses (C. Loader 2000), accurate to about 1e-13; a tail is summed outward until it no longer
/// changes.</para>
/// </summary>
public static class FisherExact
{
    /// <summary>Compares the odds of two arms. An arm without trials gives p-values of 1.</summary>
    public static FisherResult Test(Proportion first, Proportion second)
    {
        var odds = (double)first.Successes * second.Failures / ((double)first.Failures * second.Successes);
        var table = new Margins(first.Trials, second.Trials, first.Successes + second.Successes);
        var x = first.Successes;
        return new(odds, new(TwoSided(table, x), table.Tail(x, 1), table.Tail(x, -1)));
    }

    private static double TwoSided(Margins table, long x)
    {
        var limit = table.Mass(x) * (1 + 1e-7);
        var mode = table.Mode;
        if (table.Mass(mode) <= limit)
            return 1;

        // On the far side of the mode, the first count from which on every table is no likelier than the observed.
        var outward = x < mode ? 1 : -1;
        long inside = 0, outside = outward > 0 ? table.Most - mode + 1 : mode - table.Least + 1;
        while (outside - inside > 1)
        {
            var middle = inside + (outside - inside) / 2;
            if (table.Mass(mode + outward * middle) <= limit)
                outside = middle;
            else
                inside = middle;
        }

        return Math.Min(1, table.Tail(x, -outward) + table.Tail(mode + outward * outside, outward));
    }

    /// <summary>The hypergeometric law of the successes in the first arm.</summary>
    private readonly record struct Margins(long First, long Second, long Successes)
    {
        internal long Least => Math.Max(0, Successes - Second);

        internal long Most => Math.Min(First, Successes);

        internal long Mode => Math.Clamp(
            (long)Math.Floor((Successes + 1.0) * (First + 1.0) / (First + Second + 2.0)), Least, Most);

        internal double Mass(long x)
        {
            var total = First + Second;
            if (Successes == 0 || Successes == total)
                return 1;
            var p = (double)Successes / total;
            var together = Binomial.Pmf(x, First, p) * Binomial.Pmf(Successes - x, Second, p);
            return together / Binomial.Pmf(Successes, total, p);
        }

        /// <summary>The mass of x and all counts beyond it in a direction.</summary>
        internal double Tail(long x, int direction)
        {
            // Seen from beyond the mode the other tail is the short one.
            var mode = Mode;
            if (direction > 0 ? x < mode : x > mode)
                return 1 - Tail(x - direction, -direction);

            var sum = 0.0;
            for (; x >= Least && x <= Most; x += direction)
            {
                var mass = Mass(x);
                sum += mass;

                // Away from the mode the masses fall faster than a geometric series.
                if (mass < sum * 1e-18)
                    break;
            }

            return Math.Min(1, sum);
        }
    }
}
