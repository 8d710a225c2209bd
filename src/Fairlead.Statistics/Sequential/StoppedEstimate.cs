using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Sequential;

/// <summary>
/// What to report once a group-sequential test has stopped. The plain estimate exaggerates, and the more so the earlier
/// the stop: only great deviations stop early. Ordering the outcomes by the look of the stop (sooner is more extreme)
/// gives an estimate that is too high exactly as often as too low, and an interval of exact coverage.
/// <para>Source: A. Tsiatis, G. Rosner, C. Mehta, Biometrics 40 (1984); Jennison and Turnbull 2000, chapter 8.</para>
/// </summary>
/// <param name="Naive">The plain estimate.</param>
/// <param name="MedianUnbiased">The estimate whose median is the true effect.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
public readonly record struct StoppedEstimate(double Naive, double MedianUnbiased, double Low, double High)
{
    /// <summary>The estimate and interval after a stop, or after the last look.</summary>
    /// <param name="information">Information times of the looks taken, up to the last one.</param>
    /// <param name="z">Their critical values; that of the last look does not matter.</param>
    /// <param name="sides">The directions in which the test could stop.</param>
    /// <param name="estimate">The plain estimate at the last look.</param>
    /// <param name="standardError">Its standard error, above 0.</param>
    /// <param name="alpha">1 − the coverage of the interval.</param>
    public static StoppedEstimate At(
        IReadOnlyList<double> information, IReadOnlyList<double> z, Sides sides, double estimate, double standardError,
        double alpha)
    {
        GroupSequential.Validate(information);
        if (!(standardError > 0))
            throw new ArgumentOutOfRangeException(nameof(standardError), standardError, "Must be above 0.");

        // In units of W: its drift is the effect over the standard error at information 1.
        var t = information[^1];
        var unit = standardError * Math.Sqrt(t);
        var observed = estimate / standardError;
        var naive = observed / Math.Sqrt(t);
        var reach = 12 / Math.Sqrt(information[0]);

        double Solve(double probability) => RootFinding.Brent(
            drift => MoreExtreme(information, z, sides, observed, drift) - probability,
            naive - reach, naive + reach, 1e-9);

        return new StoppedEstimate(estimate, unit * Solve(0.5), unit * Solve(alpha / 2), unit * Solve(1 - alpha / 2));
    }

    /// <summary>
    /// P(an outcome at least as high as the observed one): a stop at the upper bound at an earlier look, or a Z at the
    /// last look that is at least as great. It rises with the drift.
    /// </summary>
    private static double MoreExtreme(
        IReadOnlyList<double> information, IReadOnlyList<double> z, Sides sides, double observed, double drift)
    {
        var recursion = new BrownianExit(sides, drift);
        var probability = 0.0;
        for (var k = 0; k < information.Count - 1; k++)
        {
            probability += Math.Exp(recursion.LogExitAbove(information[k], z[k]));
            recursion.Advance(information[k], z[k]);
        }

        return probability + Math.Exp(recursion.LogExitAbove(information[^1], observed));
    }
}
