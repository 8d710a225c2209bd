namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The law of the Kolmogorov–Smirnov statistic of one sample of n against a known continuous distribution.
/// <para>Sources: R. Simard, P. L'Ecuyer, "Computing the two-sided Kolmogorov–Smirnov distribution", J. Stat. Softw. 39
/// (2011), which says where each way is right: J. Durbin's matrix (G. Marsaglia, W. W. Tsang, J. Wang, J. Stat. Softw.
/// 8 (2003)), exact; twice the one-sided law in the tail (N. V. Smirnov 1944; L. H. Miller 1956), within 5e-8; W. Pelz,
/// I. J. Good, J. R. Stat. Soc. B 38 (1976), within 1/n² of the rest.</para>
/// </summary>
public static class KolmogorovLaw
{
    private const double Scale = 1e140;

    /// <summary>The probability that the statistic of n values is d or above; n of 1 or more.</summary>
    public static double UpperTail(long n, double d)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        if (double.IsNaN(d))
            return double.NaN;
        if (d * n <= 0.5)
            return 1;
        if (d >= 1)
            return 0;

        // For half and above no path leaves on both sides.
        var square = n * d * d;
        if (d >= 0.5 || square >= (n <= 140 ? 4 : 2.2))
            return square >= 370 ? 0 : Math.Min(1, 2 * OneSided(n, d));
        return n <= 140 || (n <= 100_000 && n * d * Math.Sqrt(d) <= 1.4)
            ? Math.Clamp(1 - Durbin((int)n, d), 0, 1)
            : Math.Clamp(1 - PelzGood(n, d), 0, 1);
    }

    /// <summary>
    /// <see cref="UpperTail"/> in constant time, for decisions that are taken often: above 1,000 values Pelz and Good's
    /// form, and in the tail 2 exp(−(6nd + 1)²/18n), right to a hundredth of itself down to 10⁻³⁰.
    /// </summary>
    public static double QuickUpperTail(long n, double d)
    {
        if (n <= 1000 || !(d < 0.5) || d * n <= 0.5)
            return UpperTail(n, d);
        return n * d * d >= 2.2
            ? Math.Min(1, 2 * Math.Exp(-(6.0 * n * d + 1) * (6.0 * n * d + 1) / (18.0 * n)))
            : Math.Clamp(1 - PelzGood(n, d), 0, 1);
    }

    /// <summary>
    /// The probability that the one-sided statistic is d or above: d Σ C(n, j)(d + j/n)^(j−1)(1 − d − j/n)^(n−j) over j
    /// up to n(1 − d). Above 100,000 values exp(−(6nd + 1)²/18n), right to 1/n.
    /// </summary>
    public static double OneSided(long n, double d)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        if (d <= 0)
            return 1;
        if (d >= 1)
            return 0;
        if (n > 100_000)
            return Math.Exp(-(6.0 * n * d + 1) * (6.0 * n * d + 1) / (18.0 * n));

        var sum = new CompensatedSum(0);
        var logFactorial = Gamma.Log(n + 1.0);
        for (long j = 0; j <= (long)Math.Floor(n * (1 - d)); j++)
        {
            var up = d + (double)j / n;
            var rest = 1 - up;
            if (rest <= 0 && j < n)
                continue;
            var choose = logFactorial - Gamma.Log(j + 1.0) - Gamma.Log(n - j + 1.0);
            sum += Math.Exp(choose + (j - 1) * Math.Log(up) + (n - j) * Elementary.LogOnePlus(-up));
        }

        return Math.Clamp(d * sum.Value, 0, 1);
    }

    /// <summary>P(D &lt; d) as an entry of the n-th power of a matrix of side 2⌈nd⌉ − 1.</summary>
    private static double Durbin(int n, double d)
    {
        var k = (int)Math.Floor(n * d) + 1;
        var m = 2 * k - 1;
        var h = k - n * d;
        var matrix = new double[m * m];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < m; j++)
                matrix[i * m + j] = i - j + 1 < 0 ? 0 : 1;
        }

        for (var i = 0; i < m; i++)
        {
            matrix[i * m] -= Math.Pow(h, i + 1);
            matrix[(m - 1) * m + i] -= Math.Pow(h, m - i);
        }

        matrix[(m - 1) * m] += 2 * h - 1 > 0 ? Math.Pow(2 * h - 1, m) : 0;
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < m; j++)
            {
                for (var g = 2; g <= i - j + 1; g++)
                    matrix[i * m + j] /= g;
            }
        }

        var (power, exponent) = Power(matrix, m, n);
        var result = power[(k - 1) * m + k - 1];
        for (var i = 1; i <= n; i++)
        {
            result *= (double)i / n;
            if (result < 1 / Scale)
            {
                result *= Scale;
                exponent--;
            }
        }

        return result * Math.Pow(Scale, exponent);
    }

    /// <summary>A power of a matrix, with the power of the scale that was taken out of it.</summary>
    private static (double[] Matrix, int Exponent) Power(double[] matrix, int m, int n)
    {
        if (n == 1)
            return (matrix, 0);
        var (half, exponent) = Power(matrix, m, n / 2);
        var square = Multiply(half, half, m);
        exponent *= 2;
        if (n % 2 == 1)
            square = Multiply(matrix, square, m);
        if (square[m / 2 * m + m / 2] > Scale)
        {
            for (var i = 0; i < square.Length; i++)
                square[i] /= Scale;
            exponent++;
        }

        return (square, exponent);
    }

    private static double[] Multiply(double[] a, double[] b, int m)
    {
        var product = new double[m * m];
        for (var i = 0; i < m; i++)
        {
            for (var k = 0; k < m; k++)
            {
                var factor = a[i * m + k];
                for (var j = 0; j < m; j++)
                    product[i * m + j] += factor * b[k * m + j];
            }
        }

        return product;
    }

    /// <summary>P(D &lt; d) by the limit law and three corrections in powers of 1/√n, with z = √n d.</summary>
    private static double PelzGood(double n, double d)
    {
        const double pi2 = Math.PI * Math.PI;
        var z = Math.Sqrt(n) * d;
        var (z2, z4, z6) = (z * z, z * z * z * z, z * z * z * z * z * z);
        double k0 = 0, k1 = 0, k2 = 0, k3 = 0, k2Whole = 0, k3Whole = 0;
        for (var i = (int)Math.Ceiling(16 * z / Math.PI) + 1; i >= 1; i--)
        {
            // The odd halves (2i − 1)/2, then the whole numbers.
            var square = (2.0 * i - 1) * (2 * i - 1) / 4;
            var weight = Math.Exp(-pi2 * square / (2 * z2));
            var a = pi2 * square;
            k0 += weight;
            k1 += (a - z2) * weight;
            k2 += (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * a + (1 - 2 * z2) * a * a) * weight;
            k3 += (-30 * z6 - 90 * z6 * z2 + (135 * z4 - 96 * z6) * a + (212 * z4 - 60 * z2) * a * a
                + (5 - 30 * z2) * a * a * a) * weight;

            var whole = (double)i * i;
            weight = Math.Exp(-pi2 * whole / (2 * z2));
            k2Whole += whole * pi2 * weight;
            k3Whole += (3 * z2 - pi2 * whole) * pi2 * whole * weight;
        }

        var root = Math.Sqrt(2 * Math.PI);
        return root / z * k0
            + root / (6 * z4) * k1 / Math.Sqrt(n)
            + (root / (72 * z6 * z) * k2 - root / (36 * z2 * z) * k2Whole) / n
            + (root / (6480 * z6 * z4) * k3 + root / (216 * z6) * k3Whole) / (n * Math.Sqrt(n));
    }
}
