namespace Fairlead.Statistics.Numerics;

/// <summary>
/// Two elementary functions near 0. The framework's own <c>LogP1</c> and <c>ExpM1</c> are computed as log(1 + x) and
/// exp(x) − 1 and lose every digit there; these keep them.
/// <para>Source: W. Kahan's correction by the rounding error of 1 + x (N. J. Higham, "Accuracy and Stability of
/// Numerical Algorithms", 1.14.1).</para>
/// </summary>
public static class Elementary
{
    /// <summary>ln(1 + x) for x ≥ −1; −∞ at −1 and NaN below.</summary>
    public static double LogOnePlus(double x)
    {
        var sum = 1 + x;
        if (sum == 1)
            return x;
        return double.IsInfinity(sum) || sum <= 0 ? Math.Log(sum) : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>eˣ − 1.</summary>
    public static double ExpMinusOne(double x)
    {
        if (Math.Abs(x) > 1)
            return Math.Exp(x) - 1;
        var power = Math.Exp(x);
        return power == 1 ? x : (power - 1) * (x / Math.Log(power));
    }
}
