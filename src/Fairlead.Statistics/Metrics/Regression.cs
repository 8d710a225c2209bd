using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Statistics.Metrics;

/// <summary>Metrics of predicted numbers that need the sample itself; of an empty one they are NaN.</summary>
public static class Regression
{
    /// <summary>The median of |y − ŷ| with Woodruff's interval.</summary>
    public static MetricEstimate MedianAbsoluteError(
        ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted, double alpha)
    {
        var errors = Errors(actual, predicted);
        for (var i = 0; i < errors.Length; i++)
            errors[i] = Math.Abs(errors[i]);
        Array.Sort(errors);
        if (errors.Length < 2)
            return MetricEstimate.Bare(errors.Length == 0 ? double.NaN : errors[0]);
        var median = Quantiles.Woodruff(errors, 0.5, alpha);
        return new(median.Value, median.StandardError, median.Interval, IntervalMethod.Delta);
    }

    /// <summary>
    /// The mean quantile loss max(q(y − ŷ), (q − 1)(y − ŷ)), which is least where ŷ is the q-quantile of y.
    /// <para>Source: R. Koenker, G. Bassett, Econometrica 46 (1978).</para>
    /// </summary>
    public static MetricEstimate QuantileLoss(
        ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted, double q, double alpha)
    {
        Require.Level(q);
        var errors = Errors(actual, predicted);
        for (var i = 0; i < errors.Length; i++)
            errors[i] = Math.Max(q * errors[i], (q - 1) * errors[i]);
        return MetricEstimate.OfMean(Moments.Of(errors), alpha);
    }

    /// <summary>
    /// D² of the absolute error: 1 − mean|y − ŷ| / mean|y − median(y)|. Of a constant y it is 1 where every prediction
    /// is right and 0 otherwise.
    /// </summary>
    public static double AbsoluteD2(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted)
    {
        if (actual.Length < 2)
            return double.NaN;
        var errors = Errors(actual, predicted);
        var median = Quantiles.Of(actual, 0.5);
        double left = 0, around = 0;
        for (var i = 0; i < errors.Length; i++)
        {
            left += Math.Abs(errors[i]);
            around += Math.Abs(actual[i] - median);
        }

        return around > 0 ? 1 - left / around : left == 0 ? 1 : 0;
    }

    /// <summary>
    /// The same with its interval by the delta method: a row's influence on the ratio R of the two means is
    /// (|y − ŷ| − R|y − m|)/mean|y − m|, m being the median, whose own error has no part in it to the first order
    /// because the mean distance is least there.
    /// <para>Source: R. Koenker, J. A. F. Machado, J. Am. Stat. Assoc. 94 (1999) for the figure; F. R. Hampel, J. Am.
    /// Stat. Assoc. 69 (1974) for the method.</para>
    /// </summary>
    public static MetricEstimate AbsoluteD2(
        ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted, double alpha)
    {
        var value = AbsoluteD2(actual, predicted);
        var median = actual.Length < 2 ? double.NaN : Quantiles.Of(actual, 0.5);
        var (influence, around) = (new double[actual.Length], 0.0);
        for (var i = 0; i < actual.Length; i++)
        {
            var apart = Math.Abs(actual[i] - median);
            influence[i] = Math.Abs(actual[i] - predicted[i]) - (1 - value) * apart;
            around += apart / actual.Length;
        }

        return around > 0
            ? MetricEstimate.OfVariance(
                value, Moments.Of(influence).VarianceOfMean / (around * around), alpha, double.MinValue, 1)
            : MetricEstimate.Bare(value);
    }

    private static double[] Errors(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted)
    {
        if (actual.Length != predicted.Length)
        {
            throw new ArgumentException(
                $"There are {actual.Length} actual values and {predicted.Length} predictions.", nameof(predicted));
        }

        var errors = new double[actual.Length];
        for (var i = 0; i < errors.Length; i++)
            errors[i] = actual[i] - predicted[i];
        return errors;
    }
}
