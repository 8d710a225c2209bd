namespace Fairlead.Statistics.Sequential;

/// <summary>Arithmetic on logarithms of probabilities, for values that a double cannot hold.</summary>
internal static class LogDomain
{
    /// <summary>Terms this far below the greatest change no digit of a sum.</summary>
    private const double Negligible = 45;

    /// <summary>ln Σ exp(terms); −∞ for none.</summary>
    public static double Sum(ReadOnlySpan<double> terms)
    {
        var greatest = double.NegativeInfinity;
        foreach (var term in terms)
            greatest = Math.Max(greatest, term);
        if (!double.IsFinite(greatest))
            return greatest;

        var sum = 0.0;
        foreach (var term in terms)
        {
            if (term > greatest - Negligible)
                sum += Math.Exp(term - greatest);
        }

        return greatest + Math.Log(sum);
    }

    /// <summary>ln(exp(a) + exp(b)).</summary>
    public static double Sum(double a, double b) => Sum([a, b]);

    /// <summary>ln(exp(a) − exp(b)); −∞ where a does not exceed b.</summary>
    public static double Difference(double a, double b) =>
        !(a > b) ? double.NegativeInfinity
        : double.IsNegativeInfinity(b) ? a
        : a + Math.Log(-Numerics.Elementary.ExpMinusOne(b - a));
}
