namespace Fairlead.Core.Quality;

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

    /// <summary>Of many classes: each against the rest, averaged by their shares.</summary>
    AucWeighted,
    AveragePrecision,
    Brier,
    LogLoss,
    ExpectedCalibrationError,
    ExpectedCalibrationErrorOfQuantiles,
    GreatestCalibrationError,
    MeanAbsoluteError,
    MeanSquaredError,
    RootMeanSquaredError,
    MeanAbsolutePercentageError,
    MedianAbsoluteError,
    Bias,
    RSquared,
    ExplainedVariance,
    AbsoluteD2,
    GreatestError,
    Ndcg,
    MeanReciprocalRank,
    MeanAveragePrecision,

    /// <summary>Of what matters, the share among the first places.</summary>
    RecallAt,

    /// <summary>Of the first places, the share that matters.</summary>
    PrecisionAt,
}

/// <summary>What is known of the figures.</summary>
public static class QualityMetrics
{
    private static readonly (QualityMetric Metric, string Word, AnswerKind Answers)[] Known =
    [
        (QualityMetric.Accuracy, "accuracy", AnswerKind.Classification),
        (QualityMetric.BalancedAccuracy, "balanced_accuracy", AnswerKind.Classification),
        (QualityMetric.Precision, "precision", AnswerKind.Classification),
        (QualityMetric.Recall, "recall", AnswerKind.Classification),
        (QualityMetric.Specificity, "specificity", AnswerKind.Classification),
        (QualityMetric.F1, "f1", AnswerKind.Classification),
        (QualityMetric.Mcc, "mcc", AnswerKind.Classification),
        (QualityMetric.Kappa, "kappa", AnswerKind.Classification),
        (QualityMetric.Auc, "auc", AnswerKind.Classification),
        (QualityMetric.AucWeighted, "auc_weighted", AnswerKind.Classification),
        (QualityMetric.AveragePrecision, "average_precision", AnswerKind.Classification),
        (QualityMetric.Brier, "brier", AnswerKind.Classification),
        (QualityMetric.LogLoss, "log_loss", AnswerKind.Classification),
        (QualityMetric.ExpectedCalibrationError, "ece_uniform", AnswerKind.Classification),
        (QualityMetric.ExpectedCalibrationErrorOfQuantiles, "ece_quantile", AnswerKind.Classification),
        (QualityMetric.GreatestCalibrationError, "mce_uniform", AnswerKind.Classification),
        (QualityMetric.MeanAbsoluteError, "mae", AnswerKind.Regression),
        (QualityMetric.MeanSquaredError, "mse", AnswerKind.Regression),
        (QualityMetric.RootMeanSquaredError, "rmse", AnswerKind.Regression),
        (QualityMetric.MeanAbsolutePercentageError, "mape", AnswerKind.Regression),
        (QualityMetric.MedianAbsoluteError, "median_ae", AnswerKind.Regression),
        (QualityMetric.Bias, "bias", AnswerKind.Regression),
        (QualityMetric.RSquared, "r2", AnswerKind.Regression),
        (QualityMetric.ExplainedVariance, "explained_variance", AnswerKind.Regression),
        (QualityMetric.AbsoluteD2, "d2_absolute", AnswerKind.Regression),
        (QualityMetric.GreatestError, "max_error", AnswerKind.Regression),
        (QualityMetric.Ndcg, "ndcg", AnswerKind.Ranking),
        (QualityMetric.MeanReciprocalRank, "mrr", AnswerKind.Ranking),
        (QualityMetric.MeanAveragePrecision, "map", AnswerKind.Ranking),
        (QualityMetric.RecallAt, "recall_at", AnswerKind.Ranking),
        (QualityMetric.PrecisionAt, "precision_at", AnswerKind.Ranking),
    ];

    /// <summary>The word for a figure, as it is written everywhere.</summary>
    public static string Word(this QualityMetric metric) => Known.Single(each => each.Metric == metric).Word;

    /// <summary>The kind of answers that it is a figure of.</summary>
    public static AnswerKind AnswersOf(this QualityMetric metric) =>
        Known.Single(each => each.Metric == metric).Answers;

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

    /// <summary>The words of the figures of a kind of answers.</summary>
    public static IEnumerable<string> WordsOf(AnswerKind answers) =>
        Known.Where(each => each.Answers == answers).Select(each => each.Word);

    /// <summary>Less is better.</summary>
    public static bool LowerIsBetter(this QualityMetric metric) => metric is QualityMetric.Brier
        or QualityMetric.LogLoss or QualityMetric.MeanAbsoluteError or QualityMetric.MeanSquaredError
        or QualityMetric.RootMeanSquaredError or QualityMetric.MeanAbsolutePercentageError
        or QualityMetric.MedianAbsoluteError or QualityMetric.GreatestError
        || metric.IsCalibration();

    /// <summary>It is computed from probabilities or scores.</summary>
    public static bool NeedsScore(this QualityMetric metric) => metric is QualityMetric.Auc
        or QualityMetric.AucWeighted or QualityMetric.AveragePrecision or QualityMetric.Brier or QualityMetric.LogLoss
        || metric.IsCalibration() || metric.AnswersOf() == AnswerKind.Ranking;

    /// <summary>It is defined for the scores of many classes, each of which has one.</summary>
    public static bool IsOfClassScores(this QualityMetric metric) =>
        metric is QualityMetric.Auc or QualityMetric.AucWeighted or QualityMetric.LogLoss;

    private static bool IsCalibration(this QualityMetric metric) => metric is QualityMetric.ExpectedCalibrationError
        or QualityMetric.ExpectedCalibrationErrorOfQuantiles or QualityMetric.GreatestCalibrationError;
}
