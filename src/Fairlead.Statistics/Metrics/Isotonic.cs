namespace Fairlead.Statistics.Metrics;

/// <summary>
/// Isotonic regression: the rising function nearest to the points in squares, found by pooling adjacent violators, and
/// linear between what it was fitted to. Outside that range it is the value at the nearer end. Points with one x are
/// one point with their mean.
/// <para>Source: M. Ayer et al., Ann. Math. Stat. 26 (1955); interpolation as in scikit-learn's
/// <c>IsotonicRegression</c> with <c>out_of_bounds="clip"</c>.</para>
/// </summary>
public sealed class Isotonic
{
    private readonly double[] _x;
    private readonly double[] _y;

    private Isotonic(double[] x, double[] y) => (_x, _y) = (x, y);

    /// <summary>The points between which it is linear, rising.</summary>
    public ReadOnlySpan<double> X => _x;

    /// <summary>Its values there.</summary>
    public ReadOnlySpan<double> Y => _y;

    /// <summary>Fits points with weights; empty weights count every point once.</summary>
    /// <exception cref="ArgumentException">There is no point, lengths differ, or a number is not finite.</exception>
    public static Isotonic Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        if (x.IsEmpty || x.Length != y.Length || (!weights.IsEmpty && weights.Length != x.Length))
            throw new ArgumentException("There must be points, and an x, a y and a weight of each.", nameof(x));

        var order = Enumerable.Range(0, x.Length).ToArray();
        var sorted = x.ToArray();
        Array.Sort(sorted, order);
        List<double> places = [], sums = [], masses = [];
        for (var i = 0; i < order.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[order[i]];
            var value = y[order[i]];
            if (!double.IsFinite(sorted[i]) || !double.IsFinite(value) || !(weight >= 0))
                throw new ArgumentException("A point or a weight is not finite.", nameof(x));
            if (weight == 0)
                continue;
            if (places.Count == 0 || places[^1] != sorted[i])
            {
                places.Add(sorted[i]);
                sums.Add(0);
                masses.Add(0);
            }

            sums[^1] += value * weight;
            masses[^1] += weight;
        }

        return Thresholds(places, Pool(sums, masses));
    }

    /// <summary>The fitted value at x; NaN for NaN.</summary>
    public double At(double x)
    {
        if (double.IsNaN(x))
            return double.NaN;
        var place = Array.BinarySearch(_x, x);
        if (place >= 0)
            return _y[place];
        var above = ~place;
        if (above == 0 || above == _x.Length)
            return _y[Math.Clamp(above, 0, _x.Length - 1)];
        var slope = (_y[above] - _y[above - 1]) / (_x[above] - _x[above - 1]);
        return _y[above - 1] + slope * (x - _x[above - 1]);
    }

    private static double[] Pool(List<double> sums, List<double> masses)
    {
        // Blocks of points with one value each; a block below the one before it is joined with it.
        List<(double Sum, double Mass, int Points)> blocks = [];
        for (var i = 0; i < sums.Count; i++)
        {
            blocks.Add((sums[i], masses[i], 1));
            while (blocks.Count > 1 && blocks[^2].Sum / blocks[^2].Mass >= blocks[^1].Sum / blocks[^1].Mass)
            {
                var joined = (blocks[^2].Sum + blocks[^1].Sum, blocks[^2].Mass + blocks[^1].Mass,
                    blocks[^2].Points + blocks[^1].Points);
                blocks.RemoveRange(blocks.Count - 2, 2);
                blocks.Add(joined);
            }
        }

        return [.. blocks.SelectMany(block => Enumerable.Repeat(block.Sum / block.Mass, block.Points))];
    }

    /// <summary>Points inside a flat piece say nothing; only its ends are kept.</summary>
    private static Isotonic Thresholds(List<double> x, double[] y)
    {
        List<double> keptX = [], keptY = [];
        for (var i = 0; i < y.Length; i++)
        {
            if (i > 0 && i < y.Length - 1 && y[i] == y[i - 1] && y[i] == y[i + 1])
                continue;
            keptX.Add(x[i]);
            keptY.Add(y[i]);
        }

        return new([.. keptX], [.. keptY]);
    }
}
