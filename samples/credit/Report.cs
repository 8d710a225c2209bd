using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fairlead.Samples.Credit;

/// <summary>The data that both versions were trained on and judged by.</summary>
public sealed record Dataset(string File, string Sha256, int Rows, int TrainingRows, int HeldOutRows, int Seed);

/// <summary>One trained version with its figures on the held-out rows.</summary>
public sealed record Result(CreditModel Model, Evaluation Evaluation, float LargestDifference, long FileSize);

public static class Report
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>How a version came about, for its registration.</summary>
    public static string TrainingJson(Result result, Dataset dataset)
    {
        var evaluation = result.Evaluation;
        return JsonSerializer.Serialize(
            new
            {
                result.Model.Name,
                result.Model.Trainer,
                dataset.Seed,
                Dataset = new { dataset.File, dataset.Sha256 },
                Rows = new { Total = dataset.Rows, Training = dataset.TrainingRows, HeldOut = dataset.HeldOutRows },
                result.Model.Parameters,
                Metrics = new SortedDictionary<string, double>(StringComparer.Ordinal)
                {
                    ["accuracy"] = Round(evaluation.Accuracy.Value),
                    ["accuracyLower"] = Round(evaluation.Accuracy.Lower),
                    ["accuracyUpper"] = Round(evaluation.Accuracy.Upper),
                    ["auc"] = Round(evaluation.Auc.Value),
                    ["aucLower"] = Round(evaluation.Auc.Lower),
                    ["aucUpper"] = Round(evaluation.Auc.Upper),
                    ["brierScore"] = Round(evaluation.BrierScore),
                    ["logLoss"] = Round(evaluation.LogLoss),
                },
            },
            Json) + "\n";
    }

    public static string Figures(IReadOnlyList<Result> results, Dataset dataset)
    {
        var lines = new List<string>
        {
            "# Figures",
            "",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Trained on {dataset.TrainingRows} applications, judged by {dataset.HeldOutRows} others "
                + $"(seed {dataset.Seed})."),
            "The event is \"bad\"; brackets hold 95 % intervals (Wilson, DeLong). *Difference* is the largest one",
            "between a probability from ONNX Runtime and from the training library.",
            "",
            "| version | method | accuracy | AUC | log loss | Brier score | difference | file |",
            "|---|---|---|---|---|---|---|---|",
        };
        lines.AddRange(results.Select(result => string.Create(
            CultureInfo.InvariantCulture,
            $"| {result.Model.Name} | {result.Model.Trainer} | {Text(result.Evaluation.Accuracy)} "
            + $"| {Text(result.Evaluation.Auc)} | {result.Evaluation.LogLoss:F4} | {result.Evaluation.BrierScore:F4} "
            + $"| {result.LargestDifference:0.0E+0} | {result.FileSize:N0} B |")));
        return string.Join('\n', lines) + "\n";
    }

    private static string Text(Estimate estimate) => string.Create(
        CultureInfo.InvariantCulture, $"{estimate.Value:F4} [{estimate.Lower:F4}, {estimate.Upper:F4}]");

    private static double Round(double value) => Math.Round(value, 6);
}
