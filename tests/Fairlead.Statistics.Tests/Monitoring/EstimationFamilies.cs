using System.Text.Json;
using Fairlead.Statistics.Estimation;
using Fairlead.Statistics.Tests.Cases;

namespace Fairlead.Statistics.Tests.Monitoring;

/// <summary>Quality without labels, and how much it scatters by chance.</summary>
internal sealed class EstimationFamilies : ICaseFamilies
{
    public static IReadOnlyDictionary<string, KindRunner> Families { get; } = new Dictionary<string, KindRunner>
    {
        ["perf.cbpe"] = inputs => inputs.TryGetProperty("chunk_size", out _) ? Sampling(inputs) : Expected(inputs),
    };

    private static bool[] Labels(JsonElement inputs, string name) =>
        [.. inputs.Counts(name).Select(label => label == 1)];

    private static Dictionary<string, object?> Sampling(JsonElement inputs)
    {
        var rows = inputs.Count("chunk_size");
        var sampling = new BinarySampling(
            Labels(inputs, "y_true_reference"), Labels(inputs, "y_pred_reference"),
            inputs.Numbers("y_pred_proba_reference"));
        return new()
        {
            ["auroc"] = sampling.RocAucError(rows),
            ["roc_auc"] = sampling.RocAucError(rows),
            ["accuracy"] = sampling.AccuracyError(rows),
            ["precision"] = sampling.PrecisionError(rows),
            ["recall"] = sampling.RecallError(rows),
            ["specificity"] = sampling.SpecificityError(rows),
            ["f1"] = sampling.F1Error(rows),
        };
    }

    private static Dictionary<string, object?> Expected(JsonElement inputs)
    {
        var expected = BinaryExpectation.Of(
            inputs.Numbers("y_pred_proba_calibrated"), Labels(inputs, "y_pred"), inputs.Numbers("y_pred_proba_raw"));
        return new()
        {
            ["roc_auc"] = expected.RocAuc,
            ["average_precision"] = expected.AveragePrecision,
            ["f1"] = expected.F1,
            ["precision"] = expected.Precision,
            ["recall"] = expected.Recall,
            ["specificity"] = expected.Specificity,
            ["accuracy"] = expected.Accuracy,
        };
    }
}
