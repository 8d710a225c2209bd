using System.Runtime.InteropServices;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Metrics;

/// <summary>How probabilities are cut into bins. Variants differ in the number, so a figure names its own.</summary>
public enum CalibrationBinning
{
    /// <summary>Equal widths over 0 to 1, each bin closed above: (l, r].</summary>
    Uniform,

    /// <summary>Edges at the quantiles of the probabilities, each bin closed above; equal probabilities stay
    /// together.</summary>
    Quantile,

    /// <summary>
    /// Runs of ⌊n/bins⌋ rows in order of probability, the last one longer, as NannyML does: 10 bins of 25 rows are 12
    /// runs; of at most 2·bins rows, n/2 bins are taken. Equal probabilities may be parted.
    /// </summary>
    EqualCount,
}

/// <summary>The rows of one bin.</summary>
/// <param name="Predicted">Mean predicted probability.</param>
/// <param name="Observed">Share that happened.</param>
/// <param name="Count">Number of rows.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CalibrationBin(double Predicted, double Observed, long Count)
{
    /// <summary>Wilson's interval of what was observed.</summary>
    public Interval Interval(double alpha) =>
        OneProportion.Wilson(new Proportion((long)Math.Round(Observed * Count), Count), alpha);
}

/// <summary>
/// A reliability curve: what was predicted against what happened, by bins of the prediction, empty bins left out. Its
/// calibration errors depend on the binning and are biased upwards, by about Σ √(p(1 − p)·n_b)/n of pure chance:
/// <see cref="ErrorByChance"/> says how much of the expected error a perfectly calibrated model would show too.
/// <para>Source: M. P. Naeini, G. F. Cooper, M. Hauskrecht, AAAI 2015 (ECE, MCE).</para>
/// </summary>
public sealed class CalibrationCurve
{
    private readonly CalibrationBin[] _bins;
    private readonly double _rows;

    private CalibrationCurve(IEnumerable<CalibrationBin> bins)
    {
        _bins = [.. bins.Where(bin => bin.Count > 0)];
        _rows = _bins.Sum(bin => bin.Count);
    }

    public IReadOnlyList<CalibrationBin> Bins => _bins;

    /// <summary>Σ n_b/n · |predicted − observed|; NaN without rows.</summary>
    public double ExpectedError => _rows > 0 ? _bins.Sum(bin => bin.Count / _rows * Gap(bin)) : double.NaN;

    /// <summary>
    /// The expected error with bounds of what it is without chance, Σ n_b/n · |gap of the expectations|, given what was
    /// predicted. The figure T is never below that on average (Jensen), by at most <see cref="ErrorByChance"/> with
    /// what was observed in place of p, and its variance is at most V = Σ (n_b/n)² o(1 − o)/n_b, since |·| changes by
    /// no more than what is in it. So the bounds are T − bias − z√V and T + z√V: they hold whatever the model is off
    /// by, and are wider than they need be. A share o that was never or always seen counts as (k + 1)/(n_b + 2).
    /// <para>That a percentile bootstrap does not do: it adds the bias once more (A. Kumar, P. Liang, T. Ma, NeurIPS
    /// 2019, on the bias).</para>
    /// </summary>
    public MetricEstimate ExpectedErrorWithin(double alpha)
    {
        Require.Level(alpha);
        if (!(_rows > 0))
            return MetricEstimate.Bare(double.NaN);
        double bias = 0, variance = 0;
        foreach (var bin in _bins)
        {
            var share = bin.Count / _rows;
            var observed = (bin.Observed * bin.Count + 1) / (bin.Count + 2);
            var spread = observed * (1 - observed) / bin.Count;
            bias += share * Math.Sqrt(2 / Math.PI * spread);
            variance += share * share * spread;
        }

        var error = Math.Sqrt(variance);
        var margin = Normal.UpperQuantile(alpha / 2) * error;
        return new(
            ExpectedError, error,
            new Interval(ExpectedError - bias - margin, ExpectedError + margin).Within(0, 1), IntervalMethod.Bounds);
    }

    /// <summary>
    /// The greatest error of a bin with bounds from Wilson's intervals of all of them, at level alpha over the number
    /// of bins each (Bonferroni): the least that some bin is off by, and the most that any is.
    /// </summary>
    public MetricEstimate GreatestErrorWithin(double alpha)
    {
        Require.Level(alpha);
        if (!(_rows > 0))
            return MetricEstimate.Bare(double.NaN);
        double low = 0, high = 0;
        foreach (var bin in _bins)
        {
            var observed = bin.Interval(alpha / _bins.Length);
            low = Math.Max(low, Math.Max(observed.Low - bin.Predicted, bin.Predicted - observed.High));
            high = Math.Max(high, Math.Max(observed.High - bin.Predicted, bin.Predicted - observed.Low));
        }

        return new(GreatestError, double.NaN, new(low, high), IntervalMethod.Bounds);
    }

    /// <summary>The greatest |predicted − observed|; NaN without rows.</summary>
    public double GreatestError => _rows > 0 ? _bins.Max(Gap) : double.NaN;

    /// <summary>√Σ n_b/n · (predicted − observed)²; NaN without rows.</summary>
    public double RootMeanSquaredError =>
        _rows > 0 ? Math.Sqrt(_bins.Sum(bin => bin.Count / _rows * Gap(bin) * Gap(bin))) : double.NaN;

    /// <summary>The expected error that chance alone makes of a calibrated model: Σ n_b/n · √(2p(1 − p)/(π n_b)), the
    /// mean distance of a normal from its centre.</summary>
    public double ErrorByChance => _rows > 0
        ? _bins.Sum(bin => Math.Sqrt(2 / Math.PI * bin.Predicted * (1 - bin.Predicted) * bin.Count)) / _rows
        : double.NaN;

    /// <summary>The curve of rows.</summary>
    /// <param name="probabilities">Predicted probabilities, 0 to 1.</param>
    /// <param name="happened">What happened; a share between 0 and 1 where rows stand for several.</param>
    /// <param name="binning">How they are cut.</param>
    /// <param name="bins">Number of bins asked for, 2 or more.</param>
    /// <exception cref="ArgumentException">Lengths differ or a probability is none.</exception>
    public static CalibrationCurve Of(
        ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> happened, CalibrationBinning binning, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        if (probabilities.Length != happened.Length)
            throw new ArgumentException("There must be a probability and an outcome for each row.", nameof(happened));
        foreach (var probability in probabilities)
        {
            if (!(probability is >= 0 and <= 1))
                throw new ArgumentException($"{probability} is no probability.", nameof(probabilities));
        }

        var order = Enumerable.Range(0, probabilities.Length).ToArray();
        var sorted = probabilities.ToArray();
        Array.Sort(sorted, order);
        var outcomes = new bool[sorted.Length];
        for (var i = 0; i < order.Length; i++)
            outcomes[i] = happened[order[i]];

        return new(Runs(sorted, binning, bins).Select(run => Bin(sorted, outcomes, run.Start, run.End)));
    }

    /// <summary>The runs [start, end) of rows that <see cref="CalibrationBinning.EqualCount"/> takes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than four rows, too few for two runs.</exception>
    public static IReadOnlyList<(int Start, int End)> EqualCountRuns(int rows, int bins)
    {
        if (rows <= 2 * bins)
            bins = rows / 2;
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2, nameof(rows));
        var width = rows / bins;
        var runs = rows / width;
        return [.. Enumerable.Range(0, runs).Select(i => (i * width, i == runs - 1 ? rows : (i + 1) * width))];
    }

    internal static CalibrationCurve Of(IEnumerable<CalibrationBin> bins) => new(bins);

    private static IReadOnlyList<(int Start, int End)> Runs(double[] sorted, CalibrationBinning binning, int bins)
    {
        if (binning == CalibrationBinning.EqualCount)
            return EqualCountRuns(sorted.Length, bins);

        List<(int, int)> runs = [];
        var start = 0;
        for (var k = 1; k <= bins; k++)
        {
            var share = k * (1.0 / bins);
            var edge = binning == CalibrationBinning.Uniform ? share : Quantiles.OfSorted(sorted, Math.Min(1, share));
            var end = start;
            while (end < sorted.Length && (k == bins || sorted[end] <= edge))
                end++;
            runs.Add((start, end));
            start = end;
        }

        return runs;
    }

    private static CalibrationBin Bin(double[] sorted, bool[] happened, int start, int end)
    {
        double predicted = 0, observed = 0;
        for (var i = start; i < end; i++)
        {
            predicted += sorted[i];
            observed += happened[i] ? 1 : 0;
        }

        return new(predicted / (end - start), observed / (end - start), end - start);
    }

    private static double Gap(CalibrationBin bin) => Math.Abs(bin.Predicted - bin.Observed);
}
