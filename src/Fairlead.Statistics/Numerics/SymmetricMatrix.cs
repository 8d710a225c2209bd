namespace Fairlead.Statistics.Numerics;

/// <summary>Symmetric matrices of moderate size, row by row in one array.</summary>
public static class SymmetricMatrix
{
    /// <summary>
    /// All eigenvalues, the greatest first, with their vectors as rows, by Jacobi's rotations (1846; in cycles, G.
    /// Golub, C. Van Loan, "Matrix Computations", 8.5): exact to rounding, O(n³) a cycle, for n up to a few hundred.
    /// </summary>
    public static (double[] Values, double[][] Vectors) Eigen(ReadOnlySpan<double> matrix)
    {
        var n = (int)Math.Round(Math.Sqrt(matrix.Length));
        var a = matrix.ToArray();
        var vectors = new double[n][];
        for (var i = 0; i < n; i++)
        {
            vectors[i] = new double[n];
            vectors[i][i] = 1;
        }

        for (var cycle = 0; cycle < 60; cycle++)
        {
            double off = 0, all = 0;
            for (var i = 0; i < n * n; i++)
            {
                all += a[i] * a[i];
                off += i / n == i % n ? 0 : a[i] * a[i];
            }

            if (off <= 1e-32 * all)
                break;
            for (var p = 0; p < n - 1; p++)
            {
                for (var q = p + 1; q < n; q++)
                    Rotate(a, vectors, n, p, q);
            }
        }

        var order = Enumerable.Range(0, n).OrderByDescending(i => a[i * n + i]).ToArray();
        return ([.. order.Select(i => a[i * n + i])], [.. order.Select(i => vectors[i])]);
    }

    /// <summary>
    /// x with A x = b for a positive semidefinite A by its eigenvalues: directions below the greatest eigenvalue times
    /// <paramref name="tolerance"/> are left out, so that a singular A gives the shortest solution.
    /// </summary>
    public static double[] Solve(ReadOnlySpan<double> matrix, ReadOnlySpan<double> b, double tolerance = 1e-15)
    {
        var (values, vectors) = Eigen(matrix);
        var x = new double[b.Length];
        for (var k = 0; k < values.Length && values[k] > values[0] * tolerance; k++)
        {
            var along = 0.0;
            for (var i = 0; i < b.Length; i++)
                along += vectors[k][i] * b[i];
            for (var i = 0; i < b.Length; i++)
                x[i] += along / values[k] * vectors[k][i];
        }

        return x;
    }

    /// <summary>
    /// x with A x = b for a positive definite A, of which the lower half is read, by A.-L. Cholesky's factors: O(n³/3).
    /// </summary>
    /// <exception cref="ArgumentException">A is not positive definite.</exception>
    public static double[] SolveCholesky(ReadOnlySpan<double> matrix, ReadOnlySpan<double> b)
    {
        var n = b.Length;
        var factor = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i * n + j];
                for (var k = 0; k < j; k++)
                    sum -= factor[i * n + k] * factor[j * n + k];
                if (i == j && !(sum > 0))
                    throw new ArgumentException("The matrix is not positive definite.", nameof(matrix));
                factor[i * n + j] = i == j ? Math.Sqrt(sum) : sum / factor[j * n + j];
            }
        }

        var x = b.ToArray();
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++)
                x[i] -= factor[i * n + k] * x[k];
            x[i] /= factor[i * n + i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
                x[i] -= factor[k * n + i] * x[k];
            x[i] /= factor[i * n + i];
        }

        return x;
    }

    private static void Rotate(double[] a, double[][] vectors, int n, int p, int q)
    {
        var off = a[p * n + q];
        if (off == 0)
            return;
        var theta = (a[q * n + q] - a[p * n + p]) / (2 * off);
        var t = 1 / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        t = theta < 0 ? -t : t;
        var c = 1 / Math.Sqrt(t * t + 1);
        var s = t * c;
        for (var k = 0; k < n; k++)
            (a[k * n + p], a[k * n + q]) = (c * a[k * n + p] - s * a[k * n + q], s * a[k * n + p] + c * a[k * n + q]);
        for (var k = 0; k < n; k++)
        {
            (a[p * n + k], a[q * n + k]) = (c * a[p * n + k] - s * a[q * n + k], s * a[p * n + k] + c * a[q * n + k]);
            var (u, v) = (vectors[p][k], vectors[q][k]);
            (vectors[p][k], vectors[q][k]) = (c * u - s * v, s * u + c * v);
        }
    }
}
