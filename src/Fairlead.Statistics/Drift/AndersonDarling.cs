namespace Fairlead.Statistics.Drift;

/// <summary>What the k-sample Anderson–Darling test says.</summary>
/// <param name="Statistic">The statistic less its mean, in standard deviations.</param>
/// <param name="P">The p-value, between 0.001 and 0.25: the tables end there.</param>
/// <param name="Critical">What the statistic exceeds with probability 25, 10, 5, 2.5, 1, 0.5 and 0.1 %.</param>
/// <param name="Sum">A²akN itself.</param>
public readonly record struct AndersonDarlingResult(
    double Statistic, double P, IReadOnlyList<double> Critical, double Sum)
{
    /// <summary>
    /// The p-value of two samples where the tables end: below 0.001 by the tail of the limit law, √3 e^(−A²)/√(πA²),
    /// its weights being 1/j(j + 1) (T. W. Anderson, D. A. Darling, Ann. Math. Stat. 23 (1952)).
    /// </summary>
    public double TailP => P > 0.001 ? P : Math.Min(P, Math.Sqrt(3 / (Math.PI * Sum)) * Math.Exp(-Sum));
}

/// <summary>
/// The k-sample Anderson–Darling test with mid-ranks for ties: as Cramér–von Mises, with the tails weighing as much as
/// the middle.
/// <para>Source: F. W. Scholz, M. A. Stephens, J. Am. Stat. Assoc. 82 (1987), their A²akN, the interpolation of their
/// Table 2 and the quadratic in the logarithm of the level through it. Where fewer than two samples have values, or all
/// values are equal, there is nothing to compare (statistic 0, p = 1).</para>
/// </summary>
public static class AndersonDarling
{
    private static readonly double[] Levels = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];
    private static readonly double[] B0 = [0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085];
    private static readonly double[] B1 = [-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615];
    private static readonly double[] B2 = [-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154];

    /// <summary>Compares two samples.</summary>
    public static AndersonDarlingResult Test(double[] reference, double[] current) => Test([reference, current]);

    /// <summary>Compares samples of finite values.</summary>
    public static AndersonDarlingResult Test(IReadOnlyList<double[]> samples)
    {
        var sorted = samples.Where(sample => sample.Length > 0).Select(sample => sample.Order().ToArray()).ToArray();
        double[] pooled = [.. sorted.SelectMany(sample => sample).Order()];
        var k = sorted.Length;
        var critical = Critical(Math.Max(1, k - 1));
        if (k < 2 || pooled.Length < 4 || pooled[0] == pooled[^1])
            return new(0, 1, critical, 0);

        var sum = Sum(sorted, pooled);
        var statistic = (sum - (k - 1)) / Math.Sqrt(Variance(sorted, pooled.Length));
        return new(statistic, PValue(statistic, critical), critical, sum);
    }

    private static double Sum(double[][] samples, double[] pooled)
    {
        double total = pooled.Length, sum = 0;
        var passed = new int[samples.Length];
        for (int start = 0, end; start < pooled.Length; start = end)
        {
            end = start + 1;
            while (end < pooled.Length && pooled[end] == pooled[start])
                end++;
            double ties = end - start, place = start + ties / 2;
            var scale = place * (total - place) - total * ties / 4;
            for (var i = 0; i < samples.Length; i++)
            {
                var before = passed[i];
                while (passed[i] < samples[i].Length && samples[i][passed[i]] == pooled[start])
                    passed[i]++;
                var own = passed[i] - (passed[i] - before) / 2.0;
                var distance = total * own - place * samples[i].Length;
                if (scale > 0)
                    sum += ties / total * distance * distance / scale / samples[i].Length;
            }
        }

        return sum * (total - 1) / total;
    }

    private static double Variance(double[][] samples, int count)
    {
        double n = count, k = samples.Length, inverse = samples.Sum(sample => 1.0 / sample.Length);
        double h = 0, g = 0;
        for (var i = 1; i <= count - 1; i++)
            h += 1.0 / i;
        var partial = 0.0;
        for (var i = 1; i <= count - 2; i++)
        {
            partial += 1.0 / (count - i);
            g += partial / (i + 1);
        }

        var a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * inverse;
        var b = (2 * g - 4) * k * k + 8 * h * k + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
        var c = (6 * h + 2 * g - 2) * k * k + (4 * h - 4 * g + 6) * k + (2 * h - 6) * inverse + 4 * h;
        var d = (2 * h + 6) * k * k - 4 * h * k;
        return (((a * n + b) * n + c) * n + d) / ((n - 1) * (n - 2) * (n - 3));
    }

    private static double[] Critical(int m) =>
        [.. Enumerable.Range(0, Levels.Length).Select(i => B0[i] + B1[i] / Math.Sqrt(m) + B2[i] / m)];

    private static double PValue(double statistic, double[] critical)
    {
        if (statistic < critical[0])
            return Levels[0];
        if (statistic > critical[^1])
            return Levels[^1];

        // The least-squares quadratic by its normal equations, about the middle for their condition.
        var middle = critical.Average();
        double[] s = new double[5], t = new double[3];
        for (var i = 0; i < critical.Length; i++)
        {
            var power = 1.0;
            for (var j = 0; j < 5; j++, power *= critical[i] - middle)
            {
                s[j] += power;
                if (j < 3)
                    t[j] += power * Math.Log(Levels[i]);
            }
        }

        var fit = Numerics.SymmetricMatrix.Solve(
            [s[0], s[1], s[2], s[1], s[2], s[3], s[2], s[3], s[4]], t);
        var x = statistic - middle;
        return Math.Exp(fit[0] + x * (fit[1] + x * fit[2]));
    }
}
