using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Metrics;

/// <summary>
/// Errors of predicted numbers as sums that add over windows and replicas: nothing is binned, so merging costs no
/// accuracy. Pairs that are not finite are counted and left out. What needs the whole sample (median error, D²) is in
/// <see cref="Regression"/>.
/// </summary>
public sealed class RegressionTotals
{
    /// <summary>The least |y| that a percentage error divides by, 2⁻⁵², as scikit-learn does.</summary>
    public const double LeastDenominator = 2.220446049250313e-16;

    private Moments _error;
    private Moments _square;
    private Moments _absolute;
    private Moments _log;
    private Moments _percent;
    private Moments _actual;
    private CompensatedSum _y3;
    private CompensatedSum _y4;
    private CompensatedSum _e2y;
    private CompensatedSum _e2y2;
    private CompensatedSum _e3;
    private CompensatedSum _ey;
    private CompensatedSum _ey2;
    private List<double> _greatest = [];

    /// <summary>How many pairs were counted in.</summary>
    public long Count => _error.Count;

    /// <summary>How many pairs held something that is no finite number.</summary>
    public long Invalid { get; private set; }

    /// <summary>Pairs whose actual value is 0 within <see cref="LeastDenominator"/>: while there are any, a mean
    /// percentage error says nothing, and this is to be shown beside it.</summary>
    public long NearZero { get; private set; }

    /// <summary>Pairs with a value below 0, which have no logarithmic error.</summary>
    public long Negative { get; private set; }

    /// <summary>How many of the greatest errors are kept, for the interval of the greatest.</summary>
    public const int KeptGreatest = 48;

    /// <summary>The greatest |error|; 0 without pairs.</summary>
    public double Greatest => _greatest.Count == 0 ? 0 : _greatest[0];

    public void Add(double actual, double predicted)
    {
        var error = actual - predicted;
        if (!double.IsFinite(error) || !double.IsFinite(error * error))
        {
            Invalid++;
            return;
        }

        var square = CompensatedSum.Product(error, error);
        var actualSquare = CompensatedSum.Product(actual, actual);
        _error += Moments.Of(error);
        _square += Moments.Of(error * error);
        _absolute += Moments.Of(Math.Abs(error));
        _actual += Moments.Of(actual);
        _percent += Moments.Of(Math.Abs(error) / Math.Max(Math.Abs(actual), LeastDenominator));
        _y3 += actualSquare * actual;
        _y4 += actualSquare * actualSquare;
        _e2y += square * actual;
        _e2y2 += square * actualSquare;
        _e3 += square * error;
        _ey += CompensatedSum.Product(error, actual);
        _ey2 += actualSquare * error;
        Keep(Math.Abs(error));
        if (Math.Abs(actual) <= LeastDenominator)
            NearZero++;
        if (actual < 0 || predicted < 0)
        {
            Negative++;
            return;
        }

        var log = Math.Log(1 + actual) - Math.Log(1 + predicted);
        _log += Moments.Of(log * log);
    }

    /// <summary>Adds the pairs of another window or replica.</summary>
    public void Add(RegressionTotals other)
    {
        _error += other._error;
        _square += other._square;
        _absolute += other._absolute;
        _log += other._log;
        _percent += other._percent;
        _actual += other._actual;
        _y3 += other._y3;
        _y4 += other._y4;
        _e2y += other._e2y;
        _e2y2 += other._e2y2;
        _e3 += other._e3;
        _ey += other._ey;
        _ey2 += other._ey2;
        _greatest = [.. _greatest.Concat(other._greatest).OrderDescending().Take(KeptGreatest)];
        Invalid += other.Invalid;
        NearZero += other.NearZero;
        Negative += other.Negative;
    }

    /// <summary>Mean of actual − predicted: above 0 the model says too little.</summary>
    public MetricEstimate Bias(double alpha) => MetricEstimate.OfMean(_error, alpha);

    public MetricEstimate MeanAbsoluteError(double alpha) => MetricEstimate.OfMean(_absolute, alpha);

    public MetricEstimate MeanSquaredError(double alpha) => MetricEstimate.OfMean(_square, alpha);

    /// <summary>√MSE, its variance Var(MSE)/(4 MSE).</summary>
    public MetricEstimate RootMeanSquaredError(double alpha)
    {
        var square = _square.Mean;
        return MetricEstimate.OfVariance(
            Math.Sqrt(square), square > 0 ? _square.VarianceOfMean / (4 * square) : 0, alpha, 0, double.MaxValue);
    }

    /// <summary>Mean of (ln(1 + y) − ln(1 + ŷ))²; NaN where a value is below 0.</summary>
    public MetricEstimate MeanSquaredLogError(double alpha) =>
        Negative > 0 ? MetricEstimate.Bare(double.NaN) : MetricEstimate.OfMean(_log, alpha);

    /// <summary>Mean of |error|/max(|y|, 2⁻⁵²) as a share, not in percent; see <see cref="NearZero"/>.</summary>
    public MetricEstimate MeanAbsolutePercentageError(double alpha) => MetricEstimate.OfMean(_percent, alpha);

    /// <summary>
    /// 1 − Σe²/Σ(y − ȳ)², its variance from the influence of a row, (A(y − ȳ)² − B e²)/B² with A and B the two mean
    /// squares. Of a constant y it is 1 where every prediction is right and 0 otherwise, without an interval; of fewer
    /// than two rows NaN.
    /// </summary>
    public MetricEstimate RSquared(double alpha)
    {
        if (Count < 2)
            return MetricEstimate.Bare(double.NaN);
        var (a, b) = (_square.Mean, _actual.Variance * (Count - 1) / Count);
        if (b == 0)
            return MetricEstimate.Bare(a == 0 ? 1 : 0);

        var (b2, b4, ab) = CentralProducts();
        var e4 = _square.SumYY.Value / Count;
        var variance = (a * a * b4 - 2 * a * b * ab + b * b * e4) / (b * b * b * b) / Count;
        return MetricEstimate.OfVariance(1 - a / b2, Math.Max(0, variance), alpha, double.MinValue, 1);
    }

    /// <summary>
    /// 1 − Var(e)/Var(y): like R² but blind to bias. Edge cases as there. Its variance is that of the influence of a
    /// row, ((e − ē)² − R(y − ȳ)²)/Var(y) with R the ratio (delta method; F. R. Hampel, J. Am. Stat. Assoc. 69, 1974),
    /// from sums that merge.
    /// </summary>
    public MetricEstimate ExplainedVariance(double alpha)
    {
        if (Count < 2)
            return MetricEstimate.Bare(double.NaN);
        if (_actual.Variance == 0)
            return MetricEstimate.Bare(_error.Variance == 0 ? 1 : 0);
        var ratio = _error.Variance / _actual.Variance;
        var (second, fourth, ofSquares) = CentralProducts();
        double n = Count, mean = _error.Mean;
        CompensatedSum centre = mean, square = CompensatedSum.Product(mean, mean);
        var errors = _square.SumYY - centre * _e3 * 4 + square * _square.SumY * 6 - square * centre * _error.SumY * 4
            + square * square * n;

        // Σ e(y − ȳ)² and with it Σ (e − ē)²(y − ȳ)².
        CompensatedSum actual = _actual.Mean;
        var once = _ey2 - actual * _ey * 2 + CompensatedSum.Product(_actual.Mean, _actual.Mean) * _error.SumY;
        var joint = ofSquares - 2 * mean * once.Value / n + mean * mean * second;
        var variance = (Math.Max(0, errors.Value / n) - 2 * ratio * joint + ratio * ratio * fourth)
            / (second * second) / n;
        return MetricEstimate.OfVariance(1 - ratio, Math.Max(0, variance), alpha, double.MinValue, 1);
    }

    /// <summary>
    /// The greatest |error|, with what the greatest of as many further rows is going to be at least: it lies below the
    /// k-th greatest of these only if the k greatest of both together are all of these, which has the probability
    /// Π (n − i)/(2n − i). Nothing bounds it from above, whatever the rows. No resampling can say this: the bootstrap
    /// of a maximum does not converge (P. J. Bickel, D. A. Freedman, Ann. Stat. 9, 1981).
    /// <para>Source: G. J. Hahn, W. Q. Meeker, "Statistical Intervals" (1991), chapter 5, prediction intervals from
    /// order statistics.</para>
    /// </summary>
    public MetricEstimate GreatestError(double alpha)
    {
        Require.Level(alpha);
        var chance = 1.0;
        for (var k = 1; k <= _greatest.Count && k <= Count; k++)
        {
            chance *= (double)(Count - k + 1) / (2 * Count - k + 1);
            if (chance <= alpha / 2)
            {
                return new(
                    Greatest, double.NaN, new(_greatest[k - 1], double.PositiveInfinity),
                    IntervalMethod.OrderStatistics);
            }
        }

        return MetricEstimate.Bare(Count == 0 ? double.NaN : Greatest);
    }

    private void Keep(double error)
    {
        if (_greatest.Count == KeptGreatest && error <= _greatest[^1])
            return;
        var place = _greatest.FindIndex(each => each < error);
        _greatest.Insert(place < 0 ? _greatest.Count : place, error);
        if (_greatest.Count > KeptGreatest)
            _greatest.RemoveAt(KeptGreatest);
    }

    /// <summary>The means of (y − ȳ)², (y − ȳ)⁴ and e²(y − ȳ)², from sums of 31 digits.</summary>
    private (double Second, double Fourth, double Joint) CentralProducts()
    {
        double n = Count, mean = _actual.Mean;
        CompensatedSum centre = mean, square = CompensatedSum.Product(mean, mean);
        var second = _actual.SumYY - centre * _actual.SumY;
        var fourth = _y4 - centre * _y3 * 4 + square * _actual.SumYY * 6 - square * centre * _actual.SumY * 4
            + square * square * n;
        var joint = _e2y2 - centre * _e2y * 2 + square * _square.SumY;
        return (second.Value / n, Math.Max(0, fourth.Value / n), joint.Value / n);
    }
}
