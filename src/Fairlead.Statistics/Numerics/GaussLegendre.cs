namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The Gauss–Legendre rule of n points on [−1, 1], exact for polynomials up to degree 2n − 1.
/// <para>Nodes are the roots of the Legendre polynomial by Newton's method from Tricomi's approximation; weights are
/// 2 / ((1 − x²) P′ₙ(x)²). Source: NIST DLMF 3.5(v).</para>
/// </summary>
public sealed class GaussLegendre
{
    private readonly double[] nodes;
    private readonly double[] weights;

    /// <param name="points">Number of points, 1 to 10 000; outside it <see
    /// cref="ArgumentOutOfRangeException"/>.</param>
    public GaussLegendre(int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(points, 10_000);
        nodes = new double[points];
        weights = new double[points];
        for (var i = 0; i < (points + 1) / 2; i++)
        {
            var (x, weight) = Root(points, i);
            nodes[i] = -x;
            nodes[points - 1 - i] = x;
            weights[i] = weights[points - 1 - i] = weight;
        }
    }

    /// <summary>The nodes in rising order, inside (−1, 1).</summary>
    public ReadOnlySpan<double> Nodes => nodes;

    /// <summary>The weight of each node; they sum to 2.</summary>
    public ReadOnlySpan<double> Weights => weights;

    /// <summary>The integral of a function from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public double Integrate(Func<double, double> f, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(f);
        var centre = 0.5 * (low + high);
        var half = 0.5 * (high - low);
        var sum = 0.0;
        for (var i = 0; i < nodes.Length; i++)
            sum += weights[i] * f(centre + half * nodes[i]);
        return half * sum;
    }

    private static (double X, double Weight) Root(int n, int index)
    {
        var x = Math.Cos(Math.PI * (index + 0.75) / (n + 0.5)) * (1 - (n - 1.0) / (8.0 * n * n * n));
        double slope = 1;
        for (var step = 0; step < 100; step++)
        {
            var (value, derivative) = Legendre(n, x);
            slope = derivative;
            var next = x - value / derivative;
            var moved = Math.Abs(next - x);
            x = next;
            if (moved < 1e-15)
                break;
        }

        // The middle node of an odd rule is 0 by symmetry; Newton only comes near.
        if (n % 2 == 1 && index == n / 2)
            x = 0;
        slope = Legendre(n, x).Derivative;
        return (x, 2 / ((1 - x * x) * slope * slope));
    }

    private static (double Value, double Derivative) Legendre(int n, double x)
    {
        double before = 1, value = x;
        for (var k = 2; k <= n; k++)
            (before, value) = (value, ((2 * k - 1) * x * value - (k - 1) * before) / k);
        return (value, n * (x * value - before) / (x * x - 1));
    }
}
