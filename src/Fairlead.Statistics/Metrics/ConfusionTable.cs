namespace Fairlead.Statistics.Metrics;

/// <summary>How figures of single classes become one figure of all.</summary>
public enum Averaging
{
    /// <summary>Every class that occurs or is predicted counts the same.</summary>
    Macro,

    /// <summary>Every row counts the same: hits of all classes over rows of all classes.</summary>
    Micro,

    /// <summary>Every class counts by how often it occurs.</summary>
    Weighted,
}

/// <summary>
/// Counts by actual and predicted class: the whole of what labels leave behind, so that windows, replicas and segments
/// can be added and corrections subtracted without an error of any kind. Memory is 16 bytes · classes².
/// <para>
/// Figures are those of scikit-learn: 0/0 is 0, macro averages run over the classes that occur or are predicted,
/// balanced accuracy over those that occur. Shares of unweighted rows have Wilson's interval; everything else has the
/// delta method's, Var g = Σ over cells of Σw² · (∂g/∂cell)², which is right where every class has a few dozen rows
/// (Y. Bishop, S. Fienberg, P. Holland, "Discrete Multivariate Analysis", 14.6). An empty table gives NaN.
/// </para>
/// </summary>
public sealed class ConfusionTable
{
    /// <summary>The most classes that a table takes; a table of that many is 16 MB.</summary>
    public const int MostClasses = 1_000;

    private const double Nudge = 1e-4;

    private readonly double[] _weights;
    private readonly double[] _squares;

    /// <param name="classes">Number of classes, 2 to <see cref="MostClasses"/>.</param>
    public ConfusionTable(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, MostClasses);
        Classes = classes;
        _weights = new double[classes * classes];
        _squares = new double[classes * classes];
    }

    public int Classes { get; }

    /// <summary>Sum of the weights of all rows.</summary>
    public double Total => _weights.Sum();

    /// <summary>The weight of the rows that are of class <paramref name="actual"/> and were given
    /// <paramref name="predicted"/>.</summary>
    public double this[int actual, int predicted] => _weights[Cell(actual, predicted)];

    /// <summary>Adds a row; a weight of −1 takes an unweighted row back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A class outside the table, or a weight that is no finite
    /// number.</exception>
    public void Add(int actual, int predicted, double weight = 1)
    {
        if (!double.IsFinite(weight))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "Must be a finite number.");
        var cell = Cell(actual, predicted);
        _weights[cell] += weight;
        _squares[cell] += Math.Sign(weight) * weight * weight;
    }

    /// <summary>Adds the rows of another window or replica.</summary>
    /// <exception cref="ArgumentException">The tables have different numbers of classes.</exception>
    public void Add(ConfusionTable other)
    {
        if (other.Classes != Classes)
            throw new ArgumentException($"A table of {other.Classes} classes does not add to one of {Classes}.",
                nameof(other));
        for (var i = 0; i < _weights.Length; i++)
        {
            _weights[i] += other._weights[i];
            _squares[i] += other._squares[i];
        }
    }

    public MetricEstimate Accuracy(double alpha) => Share(Correct(), Total, alpha)
        ?? Delta(table => table.Accuracy(), alpha, 0);

    /// <summary>The mean recall of the classes that occur.</summary>
    public MetricEstimate BalancedAccuracy(double alpha) => Delta(table => table.BalancedAccuracy(), alpha, 0);

    /// <summary>Of the rows given this class, the share that are of it; 0 when none was given it.</summary>
    public MetricEstimate Precision(int of, double alpha) =>
        Share(this[of, of], Sum(of, byActual: false), alpha) ?? Delta(table => table.Precision(of), alpha, 0);

    /// <summary>Of the rows of this class, the share that were given it; 0 when there is none.</summary>
    public MetricEstimate Recall(int of, double alpha) =>
        Share(this[of, of], Sum(of, byActual: true), alpha) ?? Delta(table => table.Recall(of), alpha, 0);

    /// <summary>Of the rows of other classes, the share that were given another; 0 when there is none.</summary>
    public MetricEstimate Specificity(int of, double alpha)
    {
        var others = Total - Sum(of, byActual: true);
        return Share(others - (Sum(of, byActual: false) - this[of, of]), others, alpha)
            ?? Delta(table => table.Specificity(of), alpha, 0);
    }

    /// <summary>(1 + β²) · precision · recall / (β² · precision + recall).</summary>
    public MetricEstimate FBeta(int of, double beta, double alpha) =>
        Delta(table => table.FBeta(of, beta), alpha, 0);

    /// <summary>Rows of this class given it, over rows of this class or given it.</summary>
    public MetricEstimate Jaccard(int of, double alpha) => Delta(table => table.Jaccard(of), alpha, 0);

    public MetricEstimate Precision(Averaging averaging, double alpha) =>
        Averaged(averaging, (table, of) => table.Precision(of), alpha);

    public MetricEstimate Recall(Averaging averaging, double alpha) =>
        Averaged(averaging, (table, of) => table.Recall(of), alpha);

    public MetricEstimate FBeta(Averaging averaging, double beta, double alpha) =>
        Averaged(averaging, (table, of) => table.FBeta(of, beta), alpha);

    /// <summary>Matthews' correlation, of many classes by Gorodkin; 0 when one side is always the same.</summary>
    public MetricEstimate Mcc(double alpha) => Delta(table => table.Mcc(), alpha, -1);

    /// <summary>Cohen's kappa; NaN when both sides always say the same one class.</summary>
    public MetricEstimate Kappa(double alpha) => Delta(table => table.Kappa(), alpha, -1);

    /// <summary>Cohen's kappa with quadratic weights; classes are places on a scale in their order.</summary>
    public MetricEstimate QuadraticKappa(double alpha) => Delta(table => table.QuadraticKappa(), alpha, -1);

    private MetricEstimate Averaged(Averaging averaging, Func<ConfusionMargins, int, double> metric, double alpha) =>
        averaging == Averaging.Micro
            ? Accuracy(alpha)
            : Delta(table => table.Average(averaging, of => metric(table, of)), alpha, 0);

    /// <summary>Wilson's interval where rows were counted; null where they carry weights or nothing is there.</summary>
    private MetricEstimate? Share(double hits, double rows, double alpha) =>
        rows > 0 && _weights.AsSpan().SequenceEqual(_squares) && Math.Floor(rows) == rows
            ? MetricEstimate.OfShare(new Proportion((long)hits, (long)rows), alpha)
            : null;

    private MetricEstimate Delta(Func<ConfusionMargins, double> metric, double alpha, double low)
    {
        if (!(Total > 0))
            return MetricEstimate.Bare(double.NaN);

        var margins = ConfusionMargins.Of(_weights, Classes);
        var value = metric(margins);
        var variance = 0.0;
        for (var i = 0; i < Classes; i++)
        {
            for (var j = 0; j < Classes; j++)
            {
                var cell = _weights[Cell(i, j)];
                if (!(cell > 0))
                    continue;
                var step = cell * Nudge;
                margins.Nudge(i, j, step);
                var above = metric(margins);
                margins.Nudge(i, j, -2 * step);
                var slope = (above - metric(margins)) / (2 * step);
                margins.Nudge(i, j, step);
                variance += _squares[Cell(i, j)] * slope * slope;
            }
        }

        return MetricEstimate.OfVariance(value, variance, alpha, low, 1);
    }

    private double Correct()
    {
        var sum = 0.0;
        for (var k = 0; k < Classes; k++)
            sum += this[k, k];
        return sum;
    }

    private double Sum(int of, bool byActual)
    {
        var sum = 0.0;
        for (var k = 0; k < Classes; k++)
            sum += byActual ? this[of, k] : this[k, of];
        return sum;
    }

    private int Cell(int actual, int predicted)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(actual);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(actual, Classes);
        ArgumentOutOfRangeException.ThrowIfNegative(predicted);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(predicted, Classes);
        return actual * Classes + predicted;
    }
}
