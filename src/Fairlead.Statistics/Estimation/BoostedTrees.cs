using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Statistics.Estimation;

/// <summary>
/// A small gradient-boosted regressor of squared loss: trees of depth 3 on features cut at quantiles into at most 32
/// bins, a bin of its own for NaN. The same rows give the same trees; there is no chance in it. Fitting takes about
/// rounds · depth · rows · features steps.
/// <para>Source: J. H. Friedman, "Greedy function approximation", Ann. Stat. 29 (2001).</para>
/// </summary>
public sealed class BoostedTrees
{
    private const int Depth = 3;
    private const int Bins = 32;
    private const int Branches = (1 << Depth) - 1;

    private readonly double[][] _edges;
    private readonly List<Tree> _trees = [];
    private double _base;

    private BoostedTrees(double[][] edges) => _edges = edges;

    /// <summary>Fits a regressor.</summary>
    /// <param name="rows">Features of each row, all of one length; NaN is a missing value.</param>
    /// <param name="target">What is to be predicted, finite.</param>
    /// <param name="rounds">Number of trees, 1 to 1 000.</param>
    /// <param name="rate">Share of each tree that is added, above 0 and at most 1.</param>
    /// <param name="leastLeaf">The least rows in a leaf, 1 or more.</param>
    /// <exception cref="ArgumentException">There is no row, or lengths differ.</exception>
    public static BoostedTrees Fit(
        IReadOnlyList<double[]> rows, ReadOnlySpan<double> target, int rounds = 80, double rate = 0.1,
        int leastLeaf = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rounds, 1_000);
        Require.Positive(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(leastLeaf, 1);
        if (rows.Count == 0 || rows.Count != target.Length)
            throw new ArgumentException("There must be rows, and a target of each.", nameof(rows));

        var features = rows[0].Length;
        var model = new BoostedTrees([.. Enumerable.Range(0, features).Select(f => Edges(rows, f))]);
        var binned = new byte[rows.Count * features];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var f = 0; f < features; f++)
                binned[i * features + f] = model.BinOf(f, rows[i][f]);
        }

        model._base = Moments.Of(target).Mean;
        var residual = target.ToArray();
        for (var i = 0; i < residual.Length; i++)
            residual[i] -= model._base;
        for (var round = 0; round < rounds; round++)
        {
            var tree = new Tree();
            tree.Grow(0, [.. Enumerable.Range(0, rows.Count)], binned, features, residual, rate, leastLeaf);
            for (var i = 0; i < residual.Length; i++)
                residual[i] -= tree.At(binned.AsSpan(i * features, features));
            model._trees.Add(tree);
        }

        return model;
    }

    /// <summary>The prediction for a row.</summary>
    public double At(ReadOnlySpan<double> row)
    {
        Span<byte> binned = stackalloc byte[Math.Min(row.Length, 1_024)];
        if (row.Length > binned.Length)
            binned = new byte[row.Length];
        for (var f = 0; f < row.Length; f++)
            binned[f] = BinOf(f, row[f]);
        var sum = _base;
        foreach (var tree in _trees)
            sum += tree.At(binned);
        return sum;
    }

    private static double[] Edges(IReadOnlyList<double[]> rows, int feature)
    {
        double[] sorted = [.. rows.Select(row => row[feature]).Where(double.IsFinite).Order()];
        return sorted.Length == 0
            ? []
            : [.. Enumerable.Range(1, Bins - 1).Select(k => Quantiles.OfSorted(sorted, (double)k / Bins)).Distinct()];
    }

    /// <summary>0 is missing; 1 is up to the first edge.</summary>
    private byte BinOf(int feature, double value)
    {
        if (double.IsNaN(value))
            return 0;
        var place = Array.BinarySearch(_edges[feature], value);
        return (byte)((place < 0 ? ~place : place) + 1);
    }

    /// <summary>A full binary tree in an array: node i branches to 2i + 1 (bins up to the cut) and 2i + 2.</summary>
    private sealed class Tree
    {
        private readonly int[] _feature = [.. Enumerable.Repeat(-1, Branches)];
        private readonly byte[] _cut = new byte[Branches];
        private readonly double[] _leaf = new double[2 * Branches + 1];

        internal double At(ReadOnlySpan<byte> row)
        {
            var node = 0;
            while (node < Branches && _feature[node] >= 0)
                node = 2 * node + (row[_feature[node]] <= _cut[node] ? 1 : 2);
            return _leaf[node];
        }

        internal void Grow(
            int node, int[] rows, byte[] binned, int features, double[] residual, double rate, int leastLeaf)
        {
            var sum = rows.Sum(row => residual[row]);
            _leaf[node] = rate * sum / rows.Length;
            if (node >= Branches || BestCut(rows, binned, features, residual, sum, leastLeaf) is not { } best)
                return;

            (_feature[node], _cut[node]) = best;
            var side = rows.ToLookup(row => binned[row * features + best.Feature] <= best.Cut);
            Grow(2 * node + 1, [.. side[true]], binned, features, residual, rate, leastLeaf);
            Grow(2 * node + 2, [.. side[false]], binned, features, residual, rate, leastLeaf);
        }

        private static (int Feature, byte Cut)? BestCut(
            int[] rows, byte[] binned, int features, double[] residual, double sum, int leastLeaf)
        {
            (int, byte)? best = null;
            var gain = sum * sum / rows.Length * (1 + 1e-9) + 1e-12;
            var (sums, counts) = (new double[Bins + 1], new int[Bins + 1]);
            for (var f = 0; f < features; f++)
            {
                Array.Clear(sums);
                Array.Clear(counts);
                foreach (var row in rows)
                {
                    var bin = binned[row * features + f];
                    sums[bin] += residual[row];
                    counts[bin]++;
                }

                var (left, count) = (0.0, 0);
                for (byte bin = 0; bin < Bins; bin++)
                {
                    left += sums[bin];
                    count += counts[bin];
                    if (count < leastLeaf || rows.Length - count < leastLeaf)
                        continue;
                    var parted = left * left / count + (sum - left) * (sum - left) / (rows.Length - count);
                    if (parted > gain)
                        (gain, best) = (parted, (f, bin));
                }
            }

            return best;
        }
    }
}
