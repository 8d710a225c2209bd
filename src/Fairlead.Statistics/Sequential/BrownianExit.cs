using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Sequential;

/// <summary>
/// Brownian motion W(t) with a drift, watched at a rising sequence of times and ended when it leaves a region: the
/// recursion of Armitage, McPherson and Rowe. The density of W at a look, over the paths that are still inside, is the
/// density at the look before, cut off at its bounds and spread by a normal kernel. W(t) = Z·√t is the score at the
/// information time t.
/// <para>
/// Densities are kept as logarithms on Gauss–Legendre points, in panels narrower than the narrower of the kernels
/// before and after, so that probabilities of 1e-55 and far below keep their digits.
/// </para>
/// <para>
/// Source: P. Armitage, C. McPherson, B. Rowe, J. R. Stat. Soc. A 132 (1969); C. Jennison, B. Turnbull, "Group
/// Sequential Methods", 2000, chapter 19.
/// </para>
/// </summary>
internal sealed class BrownianExit(Sides sides, double drift = 0)
{
    /// <summary>Panel width in standard deviations of the narrower kernel.</summary>
    private const double PanelWidth = 5;

    /// <summary>Deviations from its mean beyond which a path without a bound is left out: a share of 1e-33.</summary>
    private const double Reach = 12;

    /// <summary>
    /// Panels of one look. More are asked for only where a bound lies hundreds of deviations away and the next look
    /// follows at once; then the region is cut down to <see cref="Reach"/>.
    /// </summary>
    private const int MaxPanels = 300;

    private static readonly GaussLegendre Panel = new(20);

    /// <summary>Points at the look before the present one, and the logarithm of the probability at each.</summary>
    private double[] points = [0];

    private double[] logMasses = [0];

    private double time;

    /// <summary>The newest look, whose density is laid out once the time of the next one is known.</summary>
    private (double Time, double Bound)? pending;

    /// <summary>
    /// ln P(still inside before, and W(t) above z√t, or with two sides also below −z√t).
    /// </summary>
    public double LogExit(double t, double z)
    {
        var upper = LogExitAbove(t, z);
        if (sides == Sides.One)
            return upper;
        return drift == 0 ? upper + Math.Log(2) : LogDomain.Sum(upper, LogExitBelow(t, -z));
    }

    /// <summary>ln P(still inside before, and W(t) ≥ z√t).</summary>
    public double LogExitAbove(double t, double z)
    {
        LayOutFor(t);
        var deviation = Math.Sqrt(t - time);
        var bound = z * Math.Sqrt(t) - drift * (t - time);
        var terms = new double[points.Length];
        for (var i = 0; i < terms.Length; i++)
            terms[i] = logMasses[i] + Normal.LogUpperTail((bound - points[i]) / deviation);
        return LogDomain.Sum(terms);
    }

    /// <summary>ln P(still inside before, and W(t) ≤ z√t).</summary>
    public double LogExitBelow(double t, double z)
    {
        LayOutFor(t);
        var deviation = Math.Sqrt(t - time);
        var bound = z * Math.Sqrt(t) - drift * (t - time);
        var terms = new double[points.Length];
        for (var i = 0; i < terms.Length; i++)
            terms[i] = logMasses[i] + Normal.LogUpperTail((points[i] - bound) / deviation);
        return LogDomain.Sum(terms);
    }

    /// <summary>The z whose exit at time t has the given log-probability; +∞ for none.</summary>
    public double BoundFor(double t, double logProbability)
    {
        if (double.IsNegativeInfinity(logProbability))
            return double.PositiveInfinity;

        // No path makes the exit likelier than one that was never watched: ln P(|Z| > z) ≤ ln 2 − z²/2.
        var high = Math.Sqrt(2 * Math.Max(0, Math.Log(2) - logProbability)) + 1;
        var low = sides == Sides.Two ? 0 : -Reach;
        return LogExit(t, low) <= logProbability
            ? low
            : RootFinding.Brent(z => LogExit(t, z) - logProbability, low, high, 1e-11);
    }

    /// <summary>Takes the look at time t with the bound z: paths outside end.</summary>
    public void Advance(double t, double z)
    {
        LayOutFor(t);
        pending = (t, z);
    }

    private void LayOutFor(double next)
    {
        if (pending is not { } look)
        {
            if (!(next > time))
                throw new ArgumentOutOfRangeException(nameof(next), next, "Information times must rise from above 0.");
            return;
        }

        if (!(next > look.Time))
            throw new ArgumentOutOfRangeException(nameof(next), next, "Information times must rise.");
        var before = Math.Sqrt(look.Time - time);
        var grid = Grid(look.Time, look.Bound, Math.Min(before, Math.Sqrt(next - look.Time)));
        logMasses = Spread(grid, look.Time - time, before);
        points = grid.Points;
        time = look.Time;
        pending = null;
    }

    private (double[] Points, double[] Weights) Grid(double t, double z, double kernel)
    {
        var deviation = Math.Sqrt(t);
        var mean = drift * t;
        var reach = Math.Max(Reach, double.IsFinite(z) ? z : 0) * deviation;
        var high = Math.Min(z * deviation, mean + reach);
        var low = sides == Sides.Two ? Math.Max(-z * deviation, mean - reach) : mean - Reach * deviation;
        low = Math.Min(low, high);

        var panels = Math.Ceiling((high - low) / (PanelWidth * kernel));
        if (panels > MaxPanels)
        {
            high = Math.Min(high, mean + Reach * deviation);
            low = Math.Min(high, Math.Max(low, mean - Reach * deviation));
            panels = Math.Min(MaxPanels, Math.Ceiling((high - low) / (PanelWidth * kernel)));
        }

        var count = Math.Max(1, (int)panels);
        var nodes = Panel.Nodes;
        var weights = Panel.Weights;
        var gridPoints = new double[count * nodes.Length];
        var gridWeights = new double[gridPoints.Length];
        var half = (high - low) / (2 * count);
        for (var panel = 0; panel < count; panel++)
        {
            var centre = low + (2 * panel + 1) * half;
            for (var i = 0; i < nodes.Length; i++)
            {
                gridPoints[panel * nodes.Length + i] = centre + half * nodes[i];
                gridWeights[panel * nodes.Length + i] = half * weights[i];
            }
        }

        return (gridPoints, gridWeights);
    }

    private double[] Spread((double[] Points, double[] Weights) grid, double step, double deviation)
    {
        var masses = new double[grid.Points.Length];
        var terms = new double[points.Length];
        var constant = -Math.Log(deviation) - 0.5 * Math.Log(2 * Math.PI);
        for (var j = 0; j < masses.Length; j++)
        {
            var at = grid.Points[j] - drift * step;
            for (var i = 0; i < terms.Length; i++)
            {
                var distance = at - points[i];
                terms[i] = logMasses[i] - 0.5 * distance * distance / step;
            }

            masses[j] = LogDomain.Sum(terms) + Math.Log(grid.Weights[j]) + constant;
        }

        return masses;
    }
}
