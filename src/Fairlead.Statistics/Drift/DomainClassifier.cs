using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Drift;

/// <summary>How well a classifier tells the current rows from the reference's.</summary>
/// <param name="Auc">The area under the ROC curve on rows that it had not seen; ½ where it cannot.</param>
/// <param name="P">The one-sided p-value of that area by the rank-sum test.</param>
/// <param name="Rows">How many rows of each side were used.</param>
public readonly record struct DomainResult(double Auc, double P, int Rows);

/// <summary>
/// Drift of all columns together by a domain classifier: a logistic regression on the columns, their squares and
/// products is trained to tell the sides apart, and scored on rows left out of its training, in five folds.
/// <para>Sources: J. H. Friedman, "On multivariate goodness-of-fit and two-sample testing" (2003); D. Lopez-Paz, M.
/// Oquab, ICLR 2017. Sides are drawn to one size. Fewer than <see cref="FewestRows"/> rows a side are too few: area ½,
/// p = 1.</para>
/// </summary>
public static class DomainClassifier
{
    /// <summary>The fewest rows a side.</summary>
    public const int FewestRows = 20;

    private const int Folds = 5;
    private const int MostColumnsForProducts = 12;

    /// <summary>Trains and scores.</summary>
    /// <param name="reference">Rows of one length; NaN is missing and takes the mean.</param>
    /// <param name="current">Likewise.</param>
    /// <param name="seed">Draws the rows and the folds.</param>
    /// <param name="mostRows">At most so many rows a side.</param>
    public static DomainResult Test(
        IReadOnlyList<double[]> reference, IReadOnlyList<double[]> current, ulong seed, int mostRows = 2_000)
    {
        var size = Math.Min(mostRows, Math.Min(reference.Count, current.Count));
        if (size < FewestRows)
            return new(0.5, 1, size);

        var random = new SplitMix64(seed);
        double[][] drawn =
        [
            .. KernelDiscrepancy.Draw(reference, size, random), .. KernelDiscrepancy.Draw(current, size, random),
        ];
        var features = Features(drawn);
        int[] order = [.. Enumerable.Range(0, features.Length)];
        KernelDiscrepancy.Shuffle(order, random);
        var folds = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
            folds[order[i]] = i % Folds;

        var scores = new double[features.Length];
        for (var fold = 0; fold < Folds; fold++)
        {
            var training = Enumerable.Range(0, features.Length).Where(i => folds[i] != fold).ToArray();
            var weights = Logistic(features, training, size);
            foreach (var i in Enumerable.Range(0, features.Length).Where(i => folds[i] == fold))
                scores[i] = Dot(weights, features[i]);
        }

        var sides = MannWhitney.Test(scores.AsSpan(0, size), scores.AsSpan(size));
        var p = MannWhitney.Sided(scores.AsSpan(0, size), scores.AsSpan(size), exact: false).Greater;
        return new(sides.CommonLanguage, double.IsNaN(p) ? 1 : p, size);
    }

    /// <summary>A constant, the scaled columns, their squares, and their products where there are not too
    /// many.</summary>
    private static double[][] Features(double[][] rows)
    {
        var width = rows[0].Length;
        var columns = new List<double[]> { Enumerable.Repeat(1.0, rows.Length).ToArray() };
        var scaled = Enumerable.Range(0, width).Select(j => Scaled([.. rows.Select(row => row[j])])).ToArray();
        columns.AddRange(scaled);
        for (var i = 0; i < width; i++)
        {
            for (var j = width <= MostColumnsForProducts ? 0 : i; j <= i; j++)
                columns.Add(Scaled([.. scaled[i].Zip(scaled[j], (a, b) => a * b)]));
        }

        return [.. Enumerable.Range(0, rows.Length).Select(i => columns.Select(column => column[i]).ToArray())];
    }

    private static double[] Scaled(double[] column)
    {
        var moments = Moments.Of([.. column.Where(double.IsFinite)]);
        var deviation = moments.Count > 1 ? Math.Sqrt(moments.Variance) : 0;
        return [.. column.Select(value =>
            deviation > 0 && double.IsFinite(value) ? Math.Clamp((value - moments.Mean) / deviation, -6, 6) : 0)];
    }

    /// <summary>Ridge-penalised logistic regression by Newton's steps; rows from <paramref name="first"/> on are the
    /// current side.</summary>
    private static double[] Logistic(double[][] features, int[] training, int first)
    {
        const double penalty = 1;
        var width = features[0].Length;
        var weights = new double[width];
        for (var step = 0; step < 8; step++)
        {
            var (gradient, hessian) = (new double[width], new double[width * width]);
            foreach (var i in training)
            {
                var row = features[i];
                var p = 1 / (1 + Math.Exp(-Math.Clamp(Dot(weights, row), -30, 30)));
                var (miss, curve) = ((i >= first ? 1 : 0) - p, Math.Max(p * (1 - p), 1e-6));
                for (var a = 0; a < width; a++)
                {
                    gradient[a] += miss * row[a];
                    for (var b = 0; b <= a; b++)
                        hessian[a * width + b] += curve * row[a] * row[b];
                }
            }

            for (var a = 0; a < width; a++)
            {
                gradient[a] -= penalty * weights[a];
                hessian[a * width + a] += penalty;
            }

            var change = SymmetricMatrix.SolveCholesky(hessian, gradient);
            for (var a = 0; a < width; a++)
                weights[a] += change[a];
            if (change.Max(Math.Abs) < 1e-6)
                break;
        }

        return weights;
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
