using System.Globalization;
using System.Text.Json;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Metrics;
using Fairlead.Statistics.Tests.Cases;

namespace Fairlead.Statistics.Tests.Monitoring;

/// <summary>Metrics of classification, regression and ranking. What a case asks is told by its inputs.</summary>
internal sealed class MetricFamilies : ICaseFamilies
{
    private const double Alpha = 0.05;

    public static IReadOnlyDictionary<string, KindRunner> Families { get; } = new Dictionary<string, KindRunner>
    {
        ["metrics.ci"] = Intervals,
        ["metrics.classification"] = Classification,
        ["metrics.ranking"] = OfLists,
        ["metrics.regression"] = OfNumbers,
    };

    private static Dictionary<string, object?> Intervals(JsonElement inputs)
    {
        var share = new Proportion(inputs.Count("successes"), inputs.Count("n"));
        var alpha = inputs.Number("alpha");
        return new()
        {
            ["wilson"] = Ends(OneProportion.Wilson(share, alpha)),
            ["clopper_pearson"] = Ends(OneProportion.ClopperPearson(share, alpha)),
            ["agresti_coull"] = Ends(OneProportion.AgrestiCoull(share, alpha)),
        };
    }

    private static double[] Ends(Interval interval) => [interval.Low, interval.High];

    private static Dictionary<string, object?> Classification(JsonElement inputs)
    {
        var actual = inputs.Counts("y_true").Select(label => (int)label).ToArray();
        var weights = inputs.TryGetProperty("sample_weight", out var given) ? given.Numbers() : [];
        Dictionary<string, object?> figures = [];
        if (inputs.TryGetProperty("y_pred", out _))
        {
            var predicted = inputs.Counts("y_pred").Select(label => (int)label).ToArray();
            OfLabels(figures, actual, predicted, weights);
        }

        var scored = inputs.TryGetProperty("y_score", out var scores);
        if (inputs.TryGetProperty("y_pred_proba", out var probabilities)
            && probabilities[0].ValueKind == JsonValueKind.Array)
        {
            OfManyClasses(figures, actual, [.. probabilities.EnumerateArray().Select(row => row.Numbers())], weights);
        }
        else if (scored || probabilities.ValueKind == JsonValueKind.Array)
        {
            var values = (scored ? scores : probabilities).Numbers();
            OfScores(figures, [.. actual.Select(label => label == 1)], values, weights);
        }

        return figures;
    }

    private static void OfLabels(
        Dictionary<string, object?> figures, int[] actual, int[] predicted, double[] weights)
    {
        var table = new ConfusionTable(Math.Max(2, actual.Concat(predicted).Max() + 1));
        for (var i = 0; i < actual.Length; i++)
            table.Add(actual[i], predicted[i], weights.Length == 0 ? 1 : weights[i]);

        figures["accuracy"] = table.Accuracy(Alpha).Value;
        figures["balanced_accuracy"] = table.BalancedAccuracy(Alpha).Value;
        figures["precision"] = table.Precision(1, Alpha).Value;
        figures["recall"] = table.Recall(1, Alpha).Value;
        figures["specificity"] = table.Specificity(1, Alpha).Value;
        figures["jaccard"] = table.Jaccard(1, Alpha).Value;
        foreach (var (name, beta) in new[] { ("f1", 1.0), ("f2", 2.0), ("f0_5", 0.5) })
        {
            figures[name] = table.FBeta(1, beta, Alpha).Value;
            foreach (var averaging in Enum.GetValues<Averaging>())
                figures[$"{name}_{Name(averaging)}"] = table.FBeta(averaging, beta, Alpha).Value;
        }

        foreach (var averaging in Enum.GetValues<Averaging>())
        {
            figures[$"precision_{Name(averaging)}"] = table.Precision(averaging, Alpha).Value;
            figures[$"recall_{Name(averaging)}"] = table.Recall(averaging, Alpha).Value;
        }

        figures["mcc"] = table.Mcc(Alpha).Value;
        figures["kappa"] = table.Kappa(Alpha).Value;
        figures["kappa_quadratic"] = table.QuadraticKappa(Alpha).Value;
        figures["confusion"] = Enumerable.Range(0, table.Classes)
            .Select(i => Enumerable.Range(0, table.Classes).Select(j => table[i, j]).ToArray()).ToArray();
    }

    private static string Name(Averaging averaging) => averaging.ToString().ToLower(CultureInfo.InvariantCulture);

    private static void OfManyClasses(
        Dictionary<string, object?> figures, int[] actual, double[][] probabilities, double[] weights)
    {
        figures["auc_ovr_macro"] = Multiclass.AucOneVersusRest(actual, probabilities, Averaging.Macro, weights);
        figures["auc_ovr_weighted"] = Multiclass.AucOneVersusRest(actual, probabilities, Averaging.Weighted, weights);
        figures["auc_ovo_macro"] = Multiclass.AucOneVersusOne(actual, probabilities);
        for (var k = 1; k <= probabilities[0].Length; k++)
            figures[$"top{k}"] = Multiclass.TopK(actual, probabilities, k).Rate;
        var totals = new ProbabilityTotals(RegressionTotals.LeastDenominator);
        for (var i = 0; i < actual.Length; i++)
            totals.Add(probabilities[i], actual[i], weights.Length == 0 ? 1 : weights[i]);
        figures["log_loss"] = totals.MeanLogLoss(Alpha).Value;
        figures["brier_multiclass"] = totals.Brier(Alpha).Value;
    }

    private static void OfScores(
        Dictionary<string, object?> figures, bool[] positive, double[] scores, double[] weights)
    {
        var rows = new ScoredRows(positive, scores, weights);
        var area = rows.RocAuc(Alpha).Value;
        figures["roc_auc"] = area;
        figures["gini"] = 2 * area - 1;
        figures["average_precision"] = rows.AveragePrecision(Alpha, 2).Value;
        figures["ks_stat"] = rows.KolmogorovSmirnov(Alpha, 2).Value;
        for (var tenth = 1; tenth <= 9; tenth++)
            figures[$"partial_auc_maxfpr_0_{tenth}"] = rows.PartialAuc(tenth / 10.0);

        var roc = rows.Roc();
        figures["fpr"] = roc.Select(point => point.X).ToArray();
        figures["tpr"] = roc.Select(point => point.Y).ToArray();
        var curve = rows.PrecisionRecall();
        figures["precision"] = figures.GetValueOrDefault("precision") ?? curve.Select(point => point.Y).ToArray();
        figures["recall"] = figures.GetValueOrDefault("recall") ?? curve.Select(point => point.X).ToArray();
        figures["pr_thresholds"] = curve.SkipLast(1).Select(point => point.Threshold).ToArray();

        var totals = new ProbabilityTotals(RegressionTotals.LeastDenominator);
        for (var i = 0; i < scores.Length; i++)
            totals.Add(scores[i], positive[i], weights.Length == 0 ? 1 : weights[i]);
        figures["brier"] = totals.Brier(Alpha).Value;
        figures["log_loss"] = totals.MeanLogLoss(Alpha).Value;
    }

    private static Dictionary<string, object?> OfLists(JsonElement inputs)
    {
        var gains = inputs.At("y_true").EnumerateArray().Select(row => row.Numbers()).ToArray();
        var scores = inputs.At("y_score").EnumerateArray().Select(row => row.Numbers()).ToArray();
        double Mean(Func<double[], double[], double> metric) =>
            Ranking.OverLists([.. gains.Select((row, i) => metric(row, scores[i]))], Alpha).Value;

        Dictionary<string, object?> figures = new()
        {
            ["dcg"] = Mean((gain, score) => Ranking.Dcg(gain, score)),
            ["ndcg"] = Mean((gain, score) => Ranking.Ndcg(gain, score)),
            ["mrr"] = Mean((gain, score) => Ranking.ReciprocalRank(gain, score)),
            ["map"] = Mean((gain, score) => Ranking.AveragePrecision(gain, score)),
        };
        for (var places = 1; places <= 20; places++)
        {
            var k = places;
            figures[$"dcg_at{k}"] = Mean((gain, score) => Ranking.Dcg(gain, score, k));
            figures[$"ndcg_at{k}"] = Mean((gain, score) => Ranking.Ndcg(gain, score, k));
            figures[$"recall_at{k}"] = Mean((gain, score) => Ranking.RecallAt(gain, score, k));
        }

        return figures;
    }

    private static Dictionary<string, object?> OfNumbers(JsonElement inputs)
    {
        if (inputs.TryGetProperty("cases", out var several))
        {
            var each = several.EnumerateArray().Select(one => Errors(one.Numbers("y"), one.Numbers("p"))).ToArray();
            return each[0].Keys.ToDictionary(name => name, name => (object?)each.Select(one => one[name]).ToArray());
        }

        return Errors(inputs.Numbers("y_true"), inputs.Numbers("y_pred"));
    }

    private static Dictionary<string, object?> Errors(double[] actual, double[] predicted)
    {
        var totals = new RegressionTotals();
        for (var i = 0; i < actual.Length; i++)
            totals.Add(actual[i], predicted[i]);
        Dictionary<string, object?> figures = new()
        {
            ["mae"] = totals.MeanAbsoluteError(Alpha).Value,
            ["mse"] = totals.MeanSquaredError(Alpha).Value,
            ["rmse"] = totals.RootMeanSquaredError(Alpha).Value,
            ["msle"] = totals.MeanSquaredLogError(Alpha).Value,
            ["rmsle"] = Math.Sqrt(totals.MeanSquaredLogError(Alpha).Value),
            ["r2"] = totals.RSquared(Alpha).Value,
            ["explained_variance"] = totals.ExplainedVariance(0.05).Value,
            ["mape"] = totals.MeanAbsolutePercentageError(Alpha).Value,
            ["max_error"] = totals.Greatest,
            ["median_ae"] = Regression.MedianAbsoluteError(actual, predicted, Alpha).Value,
            ["d2_absolute"] = Regression.AbsoluteD2(actual, predicted),
        };
        for (var level = 1; level < 100; level++)
        {
            var text = (level / 100.0).ToString(CultureInfo.InvariantCulture).Replace('.', '_');
            figures[$"pinball_{text}"] = Regression.QuantileLoss(actual, predicted, level / 100.0, Alpha).Value;
        }

        return figures;
    }
}
