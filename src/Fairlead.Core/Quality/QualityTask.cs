namespace Fairlead.Core.Quality;

/// <summary>What kind of answers are judged.</summary>
public enum QualityTask
{
    /// <summary>A class, with or without probabilities.</summary>
    Classification,

    /// <summary>A number.</summary>
    Regression,

    /// <summary>A score by which things are put in order; the things of one unit are one list.</summary>
    Ranking,
}

/// <summary>A figure of quality that a monitor can watch: each has an interval.</summary>
public enum QualityMetric
{
    Accuracy,
    BalancedAccuracy,
    Precision,
    Recall,
    Specificity,
    F1,
    Mcc,
    Kappa,
    Auc,
    AveragePrecision,
    Brier,
    LogLoss,
    MeanAbsoluteError,
    MeanSquaredError,
    RootMeanSquaredError,
    MeanAbsolutePercentageError,
    MedianAbsoluteError,
    Bias,
    RSquared,
    Ndcg,
    MeanReciprocalRank,
    MeanAveragePrecision,
}

/// <summary>What is known of the figures.</summary>
public static class QualityMetrics
{
    private static readonly (QualityMetric Metric, string Word, QualityTask Task)[] Known =
    [
        (QualityMetric.Accuracy, "accuracy", QualityTask.Classification),
        (QualityMetric.BalancedAccuracy, "balanced_accuracy", QualityTask.Classification),
        (QualityMetric.Precision, "precision", QualityTask.Classification),
        (QualityMetric.Recall, "recall", QualityTask.Classification),
        (QualityMetric.Specificity, "specificity", QualityTask.Classification),
        (QualityMetric.F1, "f1", QualityTask.Classification),
        (QualityMetric.Mcc, "mcc", QualityTask.Classification),
        (QualityMetric.Kappa, "kappa", QualityTask.Classification),
        (QualityMetric.Auc, "auc", QualityTask.Classification),
        (QualityMetric.AveragePrecision, "average_precision", QualityTask.Classification),
        (QualityMetric.Brier, "brier", QualityTask.Classification),
        (QualityMetric.LogLoss, "log_loss", QualityTask.Classification),
        (QualityMetric.MeanAbsoluteError, "mae", QualityTask.Regression),
        (QualityMetric.MeanSquaredError, "mse", QualityTask.Regression),
        (QualityMetric.RootMeanSquaredError, "rmse", QualityTask.Regression),
        (QualityMetric.MeanAbsolutePercentageError, "mape", QualityTask.Regression),
        (QualityMetric.MedianAbsoluteError, "median_ae", QualityTask.Regression),
        (QualityMetric.Bias, "bias", QualityTask.Regression),
        (QualityMetric.RSquared, "r2", QualityTask.Regression),
        (QualityMetric.Ndcg, "ndcg", QualityTask.Ranking),
        (QualityMetric.MeanReciprocalRank, "mrr", QualityTask.Ranking),
        (QualityMetric.MeanAveragePrecision, "map", QualityTask.Ranking),
    ];

    /// <summary>The word for a figure, as it is written everywhere.</summary>
    public static string Word(this QualityMetric metric) => Known.Single(each => each.Metric == metric).Word;

    /// <summary>The kind of answers that it is a figure of.</summary>
    public static QualityTask TaskOf(this QualityMetric metric) => Known.Single(each => each.Metric == metric).Task;

    /// <summary>The figure of a word; null: there is none.</summary>
    public static QualityMetric? Of(string word)
    {
        foreach (var (metric, known, _) in Known)
        {
            if (known == word)
                return metric;
        }

        return null;
    }

    /// <summary>The words of a task's figures.</summary>
    public static IEnumerable<string> WordsOf(QualityTask task) =>
        Known.Where(each => each.Task == task).Select(each => each.Word);

    /// <summary>Less is better.</summary>
    public static bool LowerIsBetter(this QualityMetric metric) => metric is QualityMetric.Brier
        or QualityMetric.LogLoss or QualityMetric.MeanAbsoluteError or QualityMetric.MeanSquaredError
        or QualityMetric.RootMeanSquaredError or QualityMetric.MeanAbsolutePercentageError
        or QualityMetric.MedianAbsoluteError;

    /// <summary>It is computed from probabilities or scores.</summary>
    public static bool NeedsScore(this QualityMetric metric) => metric is QualityMetric.Auc
        or QualityMetric.AveragePrecision or QualityMetric.Brier or QualityMetric.LogLoss
        || metric.TaskOf() == QualityTask.Ranking;
}
