using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Drift;

/// <summary>How far rows lie from the plane that the reference lies near.</summary>
/// <param name="Mean">The mean distance of the rows.</param>
/// <param name="SamplingError">The standard error of that mean, s/√n; NaN below two rows.</param>
/// <param name="Rows">The distance of each row, in standard deviations of the columns.</param>
public readonly record struct ReconstructionError(double Mean, double SamplingError, IReadOnlyList<double> Rows);

/// <summary>
/// Drift of all columns together by principal components: columns are scaled to mean 0 and deviation 1 of the
/// reference, the components that carry a share of its variance are kept, and a row's error is its distance from what
/// they can say of it. A change of correlation raises it though no column moves.
/// <para>Sources: K. Pearson 1901; the share and the error are those of NannyML's reconstruction. Missing values take
/// the reference's mean; columns that do not vary in the reference are left out.</para>
/// </summary>
public sealed class PcaReconstruction
{
    private readonly double[] _means;
    private readonly double[] _scales;
    private readonly double[][] _components;

    private PcaReconstruction(double[] means, double[] scales, double[][] components, double[] explained)
    {
        (_means, _scales, _components, Explained) = (means, scales, components, explained);
    }

    /// <summary>The share of the variance that each kept component explains.</summary>
    public IReadOnlyList<double> Explained { get; }

    /// <summary>How many components are kept.</summary>
    public int Components => _components.Length;

    /// <summary>The errors of the reference itself.</summary>
    public ReconstructionError Reference { get; private set; }

    /// <summary>Learns from a reference.</summary>
    /// <param name="reference">Rows of one length; NaN is missing.</param>
    /// <param name="share">The fewest components are kept that explain more than this share of the variance.</param>
    public static PcaReconstruction Fit(IReadOnlyList<double[]> reference, double share = 0.65)
    {
        Require.Level(share);
        ArgumentOutOfRangeException.ThrowIfLessThan(reference.Count, 2);
        var width = reference[0].Length;
        var (means, scales) = (new double[width], new double[width]);
        for (var j = 0; j < width; j++)
        {
            var known = Moments.Of([.. reference.Select(row => row[j]).Where(double.IsFinite)]);
            means[j] = known.Count > 0 ? known.Mean : 0;
        }

        for (var j = 0; j < width; j++)
        {
            var sum = reference.Sum(row => double.IsFinite(row[j]) ? (row[j] - means[j]) * (row[j] - means[j]) : 0);
            scales[j] = Math.Sqrt(sum / reference.Count);
        }

        var rows = reference.Select(row => Scale(row, means, scales)).ToArray();
        var covariance = new double[width * width];
        foreach (var row in rows)
        {
            for (var i = 0; i < width * width; i++)
                covariance[i] += row[i / width] * row[i % width] / rows.Length;
        }

        var (values, vectors) = SymmetricMatrix.Eigen(covariance);
        var total = values.Sum(value => Math.Max(0, value));
        var kept = 0;
        for (var sum = 0.0; kept < width && total > 0 && sum <= share * total; kept++)
            sum += values[kept];
        var fitted = new PcaReconstruction(
            means, scales, vectors[..kept], [.. values[..kept].Select(value => value / total)]);
        fitted.Reference = Summary([.. rows.Select(fitted.Distance)]);
        return fitted;
    }

    /// <summary>The errors of other rows; a mean of NaN without any.</summary>
    public ReconstructionError Of(IReadOnlyList<double[]> rows) =>
        Summary([.. rows.Select(row => Distance(Scale(row, _means, _scales)))]);

    private static ReconstructionError Summary(double[] errors)
    {
        var moments = Moments.Of(errors);
        return new(moments.Mean, Math.Sqrt(moments.VarianceOfMean), errors);
    }

    private static double[] Scale(double[] row, double[] means, double[] scales)
    {
        var scaled = new double[row.Length];
        for (var j = 0; j < row.Length; j++)
            scaled[j] = double.IsFinite(row[j]) && scales[j] > 0 ? (row[j] - means[j]) / scales[j] : 0;
        return scaled;
    }

    private double Distance(double[] scaled)
    {
        var rest = (double[])scaled.Clone();
        foreach (var component in _components)
        {
            var along = 0.0;
            for (var j = 0; j < scaled.Length; j++)
                along += component[j] * scaled[j];
            for (var j = 0; j < rest.Length; j++)
                rest[j] -= along * component[j];
        }

        return Math.Sqrt(rest.Sum(x => x * x));
    }
}
