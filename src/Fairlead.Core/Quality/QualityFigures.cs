using System.Collections.Immutable;
using Fairlead.Statistics.Metrics;

namespace Fairlead.Core.Quality;

/// <summary>A figure by its name.</summary>
/// <param name="Name">As it is written, such as <c>auc</c> or <c>precision</c>.</param>
/// <param name="Of">What exactly it is, where a name alone would be ambiguous.</param>
/// <param name="Estimate">The figure with its interval.</param>
public sealed record QualityFigure(string Name, string Of, MetricEstimate Estimate);

/// <summary>How good answers were, in every figure that their rows allow.</summary>
/// <param name="Rows">The rows that entered.</param>
/// <param name="Unusable">Rows that could not enter: nothing that was predicted was kept, or it is no number.</param>
/// <param name="Figures">The figures.</param>
public sealed record QualityFigures(long Rows, long Unusable, ImmutableArray<QualityFigure> Figures)
{
    private const int Bins = 10;

    /// <summary>Of classes: the names, in their order.</summary>
    public ImmutableArray<string> Classes { get; init; } = [];

    /// <summary>Of classes: how often each was answered (inner) where each it was (outer).</summary>
    public ImmutableArray<ImmutableArray<long>> Confusion { get; init; } = [];

    /// <summary>Of probabilities: predicted against happened, in ten bins of equal width.</summary>
    public ImmutableArray<CalibrationBin> Reliability { get; init; } = [];

    /// <summary>The figure of a name; null where it is not among them.</summary>
    public MetricEstimate? Find(QualityMetric metric)
    {
        var word = metric.Word();
        return Figures.FirstOrDefault(figure => figure.Name == word)?.Estimate;
    }

    /// <summary>Computes.</summary>
    /// <param name="task">What kind of answers.</param>
    /// <param name="rows">The answers with what turned out.</param>
    /// <param name="positive">The positive class; null: averages over classes.</param>
    /// <param name="alpha">One less the level of the intervals.</param>
    /// <param name="places">Places of a ranked list that count.</param>
    /// <param name="classes">The class of each of a row's scores, where every class has one.</param>
    public static QualityFigures Of(
        AnswerKind task, IReadOnlyList<LabelledRow> rows, string? positive, double alpha, int places = 10,
        ImmutableArray<string> classes = default) =>
        task switch
        {
            AnswerKind.Classification => Classified(rows, positive, classes.IsDefault ? [] : classes, alpha),
            AnswerKind.Regression => Estimated(rows, alpha),
            _ => Ranked(rows, alpha, places),
        };

    private static QualityFigures Classified(
        IReadOnlyList<LabelledRow> rows, string? positive, ImmutableArray<string> named, double alpha)
    {
        // An outcome of 0 or 1 says of the positive class whether it was.
        var known = rows.Select(row => (Was: row.ClassOf(positive), row.Predicted, row.Score))
            .Where(row => row.Was is not null).ToList();
        var answered = known.Where(row => row.Predicted is not null).ToList();
        var classes = answered.SelectMany(row => new[] { row.Was!, row.Predicted! })
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(ConfusionTable.MostClasses)
            .ToImmutableArray();
        var figures = ImmutableArray.CreateBuilder<QualityFigure>();
        var confusion = ImmutableArray<ImmutableArray<long>>.Empty;
        if (answered.Count > 0)
        {
            var place = classes.Index().ToDictionary(each => each.Item, each => each.Index, StringComparer.Ordinal);
            var table = new ConfusionTable(Math.Max(2, classes.Length));
            foreach (var row in answered)
            {
                if (place.TryGetValue(row.Was!, out var was) && place.TryGetValue(row.Predicted!, out var said))
                    table.Add(was, said);
            }

            AddTable(figures, table, classes, positive, alpha);
            confusion =
            [
                .. Enumerable.Range(0, classes.Length).Select(was => Enumerable.Range(0, classes.Length)
                    .Select(said => (long)table[was, said]).ToImmutableArray()),
            ];
        }

        var scored = known.Where(row => positive is not null && !double.IsNaN(row.Score)).ToList();
        var reliability = ImmutableArray<CalibrationBin>.Empty;
        if (scored.Count > 0)
        {
            reliability = AddScores(
                figures, [.. scored.Select(row => row.Was == positive)], [.. scored.Select(row => row.Score)], alpha);
        }

        var used = Math.Max(answered.Count, scored.Count);
        if (!named.IsEmpty)
        {
            figures.AddRange(ClassFigures.Of(rows, named, alpha, out var ofClasses));
            used = Math.Max(used, ofClasses);
        }

        return new(used, rows.Count - used, figures.ToImmutable())
        {
            Classes = classes,
            Confusion = confusion,
            Reliability = reliability,
        };
    }

    private static void AddTable(
        ImmutableArray<QualityFigure>.Builder figures, ConfusionTable table, ImmutableArray<string> classes,
        string? positive, double alpha)
    {
        Add("accuracy", "", table.Accuracy(alpha));
        Add("balanced_accuracy", "mean recall of the classes", table.BalancedAccuracy(alpha));
        if (positive is null)
        {
            const string What = "macro average over classes";
            Add("precision", What, table.Precision(Averaging.Macro, alpha));
            Add("recall", What, table.Recall(Averaging.Macro, alpha));
            Add("f1", What, table.FBeta(Averaging.Macro, 1, alpha));
        }
        else if (classes.IndexOf(positive) is >= 0 and var of)
        {
            // Of a class that neither was nor was answered nothing can be said.
            var what = $"of '{positive}'";
            Add("precision", what, table.Precision(of, alpha));
            Add("recall", what, table.Recall(of, alpha));
            Add("specificity", what, table.Specificity(of, alpha));
            Add("f1", what, table.FBeta(of, 1, alpha));
        }

        Add("mcc", "", table.Mcc(alpha));
        Add("kappa", "", table.Kappa(alpha));

        void Add(string figure, string what, MetricEstimate estimate) => figures.Add(new(figure, what, estimate));
    }

    private static ImmutableArray<CalibrationBin> AddScores(
        ImmutableArray<QualityFigure>.Builder figures, bool[] happened, double[] scores, double alpha)
    {
        var ranked = new ScoredRows(happened, scores);
        figures.Add(new("auc", "area under the ROC curve", ranked.RocAuc(alpha)));
        figures.Add(new("average_precision", "", ranked.AveragePrecision(alpha)));
        if (!Array.TrueForAll(scores, score => score is >= 0 and <= 1))
            return [];

        var totals = new ProbabilityTotals();
        for (var i = 0; i < scores.Length; i++)
            totals.Add(scores[i], happened[i]);
        figures.Add(new("brier", "", totals.Brier(alpha)));
        figures.Add(new("log_loss", "nats", totals.MeanLogLoss(alpha)));
        var curve = CalibrationCurve.Of(scores, happened, CalibrationBinning.Uniform, Bins);
        figures.Add(new("ece_uniform", $"{Bins} bins", curve.ExpectedErrorWithin(alpha)));
        figures.Add(new("ece_by_chance", "what a calibrated model would show too",
            MetricEstimate.Bare(curve.ErrorByChance)));
        figures.Add(new("mce_uniform", $"{Bins} bins", curve.GreatestErrorWithin(alpha)));
        var mass = CalibrationCurve.Of(scores, happened, CalibrationBinning.Quantile, Bins);
        figures.Add(new("ece_quantile", $"{Bins} bins", mass.ExpectedErrorWithin(alpha)));
        return [.. curve.Bins];
    }

    private static QualityFigures Estimated(IReadOnlyList<LabelledRow> rows, double alpha)
    {
        List<double> actual = [], predicted = [];
        foreach (var row in rows)
        {
            if (double.IsFinite(row.Value) && row.Number is { } said)
            {
                actual.Add(row.Value);
                predicted.Add(said);
            }
        }

        var totals = new RegressionTotals();
        for (var i = 0; i < actual.Count; i++)
            totals.Add(actual[i], predicted[i]);
        if (actual.Count == 0)
            return new(0, rows.Count, []);
        double[] y = [.. actual], said2 = [.. predicted];
        ImmutableArray<QualityFigure> figures =
        [
            new("mae", "", totals.MeanAbsoluteError(alpha)),
            new("mse", "", totals.MeanSquaredError(alpha)),
            new("rmse", "", totals.RootMeanSquaredError(alpha)),
            new("mape", totals.NearZero > 0 ? $"{totals.NearZero} values are 0" : "a share",
                totals.MeanAbsolutePercentageError(alpha)),
            new("median_ae", "", Regression.MedianAbsoluteError(y, said2, alpha)),
            new("bias", "mean of actual − predicted", totals.Bias(alpha)),
            new("r2", "", totals.RSquared(alpha)),
            new("explained_variance", "", totals.ExplainedVariance(alpha)),
            new("d2_absolute", "", Regression.AbsoluteD2(y, said2, alpha)),
            new("max_error", "at least that of as many further rows", totals.GreatestError(alpha)),
        ];
        return new(actual.Count, rows.Count - actual.Count, figures);
    }

    private static QualityFigures Ranked(IReadOnlyList<LabelledRow> rows, double alpha, int places)
    {
        var usable = rows.Where(row => double.IsFinite(row.Value) && !double.IsNaN(row.Score)).ToList();

        // A list without anything that matters has no order to be right about.
        var lists = usable.GroupBy(row => row.Unit)
            .Where(list => list.Count() > 1 && list.Any(row => row.Value > 0))
            .Select(list => (Gains: list.Select(row => row.Value).ToArray(),
                Scores: list.Select(row => row.Score).ToArray())).ToList();
        double[] Each(Func<double[], double[], double> figure) => [.. lists.Select(l => figure(l.Gains, l.Scores))];
        ImmutableArray<QualityFigure> figures =
        [
            new("ndcg", $"first {places} places", Ranking.OverLists(Each((g, s) => Ranking.Ndcg(g, s, places)), alpha)),
            new("mrr", "", Ranking.OverLists(Each((g, s) => Ranking.ReciprocalRank(g, s)), alpha)),
            new("map", "", Ranking.OverLists(Each((g, s) => Ranking.AveragePrecision(g, s)), alpha)),
            new("recall_at", $"first {places} places",
                Ranking.OverLists(Each((g, s) => Ranking.RecallAt(g, s, places)), alpha)),
            new("precision_at", $"first {places} places",
                Ranking.OverLists(Each((g, s) => Ranking.PrecisionAt(g, s, places)), alpha)),
        ];
        var used = lists.Sum(list => list.Gains.Length);
        return new(used, rows.Count - used, lists.Count == 0 ? [] : figures);
    }
}
