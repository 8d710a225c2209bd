namespace Fairlead.Core.Checks;

/// <summary>What a check looks at.</summary>
public enum MetricKind
{
    /// <summary>Share of requests that failed by the server's or the model's fault, 0 to 1.</summary>
    ErrorRate,

    /// <summary>A quantile of the time from arrival to answer, in seconds.</summary>
    Latency,

    /// <summary>A quantile of the model's own run time per row, in seconds.</summary>
    Compute,

    /// <summary>Mean of a numeric output, or the share of one value of a categorical output.</summary>
    Output,

    /// <summary>Mean of what turned out later: a reward, a conversion, money.</summary>
    Outcome,

    /// <summary>Share of predictions whose label turned out as predicted.</summary>
    Accuracy,

    /// <summary>Of those predicted to be of a class, the share that was.</summary>
    Precision,

    /// <summary>Of those that were of a class, the share that was predicted to be.</summary>
    Recall,

    /// <summary>Of those that were not of a class, the share that was predicted to be.</summary>
    FalsePositiveRate,

    /// <summary>Area under the ROC curve of a score: the chance that a positive scores above a negative.</summary>
    Auc,

    /// <summary>Mean logarithmic loss of a predicted probability, in nats.</summary>
    LogLoss,

    /// <summary>Share of mirrored requests that the candidate answered otherwise than stable.</summary>
    Disagreement,

    /// <summary>
    /// Mean difference of an output between the candidate and the version that answered, on the same mirrored requests:
    /// of a number, or of the share of one value.
    /// </summary>
    ShadowDifference,

    /// <summary>The value of a query to a Prometheus server.</summary>
    Prometheus,

    /// <summary>The number that a web service answers.</summary>
    Webhook,
}
