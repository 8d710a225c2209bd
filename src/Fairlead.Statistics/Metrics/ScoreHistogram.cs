using Fairlead.Statistics.Buckets;

namespace Fairlead.Statistics.Metrics;

/// <summary>A figure of binned scores and where the figure of the scores themselves must lie.</summary>
/// <param name="Value">The figure, scores of one bin counting as equal.</param>
/// <param name="Worst">The figure if in every bin all negatives scored above all positives.</param>
/// <param name="Best">The figure if in every bin all positives scored above all negatives.</param>
public readonly record struct BinnedFigure(double Value, double Worst, double Best);

/// <summary>
/// Positives and negatives by the bin of their score (<see cref="ScoreBins"/>): the metrics of a ranking in 12 KiB,
/// whatever the number of rows, and added over windows and replicas without a further error. What binning can have
/// changed is not estimated but enclosed: the order inside a bin is unknown, so its two extremes bound every order.
/// </summary>
public sealed class ScoreHistogram
{
    private readonly double[] _positives = new double[ScoreBins.Count];
    private readonly double[] _negatives = new double[ScoreBins.Count];

    /// <summary>Sum of the weights of the positives.</summary>
    public double Positives => _positives.Sum();

    /// <summary>Sum of the weights of the negatives.</summary>
    public double Negatives => _negatives.Sum();

    /// <summary>Adds a row; false, and nothing is added, where the score is NaN.</summary>
    public bool Add(double score, bool positive, double weight = 1)
    {
        var bin = ScoreBins.Of(score);
        if (bin < 0)
            return false;
        (positive ? _positives : _negatives)[bin] += weight;
        return true;
    }

    /// <summary>Adds the rows of another window or replica.</summary>
    public void Add(ScoreHistogram other)
    {
        for (var bin = 0; bin < ScoreBins.Count; bin++)
        {
            _positives[bin] += other._positives[bin];
            _negatives[bin] += other._negatives[bin];
        }
    }

    /// <summary>The area under the ROC curve.</summary>
    public BinnedFigure RocAuc() => Figure(ScoreCurves.RocArea);

    /// <summary>
    /// The average precision. The worst order adds each bin's positives one after another behind its negatives, h hits
    /// among s rows before them: Σ (h + i)/(s + i) is at least p − (s − h) ln((s + p)/s).
    /// </summary>
    public BinnedFigure AveragePrecision()
    {
        double sum = 0, hits = 0, shown = 0;
        for (var bin = ScoreBins.Count - 1; bin >= 0; bin--)
        {
            shown += _negatives[bin];
            sum += _positives[bin];
            if (shown > 0)
                sum -= (shown - hits) * Math.Log((shown + _positives[bin]) / shown);
            hits += _positives[bin];
            shown += _positives[bin];
        }

        return Figure(ScoreCurves.AveragePrecision) with { Worst = sum / hits };
    }

    /// <summary>The greatest distance of the two rates. Binning can only hide distance, so the value is also the least
    /// that the scores can have.</summary>
    public BinnedFigure KolmogorovSmirnov()
    {
        var figure = Figure(ScoreCurves.KolmogorovSmirnov);
        return figure with { Worst = figure.Value, Best = Math.Max(figure.Worst, figure.Best) };
    }

    private BinnedFigure Figure(Func<List<ScoreStep>, double> metric)
    {
        List<ScoreStep> together = [], worst = [], best = [];
        for (var bin = ScoreBins.Count - 1; bin >= 0; bin--)
        {
            var (up, down) = (_positives[bin], _negatives[bin]);
            if (up == 0 && down == 0)
                continue;
            together.Add(new(bin, up, down));
            worst.AddRange([new(bin + 0.5, 0, down), new(bin, up, 0)]);
            best.AddRange([new(bin + 0.5, up, 0), new(bin, 0, down)]);
        }

        return new(metric(together), metric(worst), metric(best));
    }
}
