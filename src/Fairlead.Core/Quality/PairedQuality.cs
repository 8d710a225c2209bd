using Fairlead.Statistics;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Metrics;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Core.Quality;

/// <summary>
/// Compares two models on the same rows. A pair of answers to one row is far more alike than answers to two rows, so
/// each figure has a test that uses the pairs: McNemar's for accuracy, DeLong's for the area under the ROC curve,
/// Student's on the differences row by row for means of losses, and the jackknife over groups of rows for the rest.
/// Pure.
/// </summary>
public static class PairedQuality
{
    /// <summary>Groups of the jackknife; as many as rows where those are fewer.</summary>
    private const int Groups = 50;

    /// <summary>Classes above which tables of all pairs of classes are not taken apart.</summary>
    private const int MostClasses = 200;

    /// <summary>
    /// There is a paired test of a figure: of quantiles and greatest values, and of what is made of them or of bins,
    /// none is known that holds its level; areas of many classes need scores that evaluations do not have.
    /// </summary>
    public static bool IsKnown(QualityMetric metric) => metric is not (QualityMetric.MedianAbsoluteError
        or QualityMetric.AbsoluteD2 or QualityMetric.GreatestError or QualityMetric.ExpectedCalibrationError
        or QualityMetric.ExpectedCalibrationErrorOfQuantiles or QualityMetric.GreatestCalibrationError
        or QualityMetric.AucWeighted);

    /// <summary>Compares two lists of answers to the same rows, in the same order.</summary>
    /// <param name="metric">The figure.</param>
    /// <param name="champion">Answers of the first.</param>
    /// <param name="challenger">Answers of the second.</param>
    /// <param name="positive">The positive class; null: averages over classes.</param>
    /// <param name="alpha">One less the level of the interval.</param>
    /// <param name="places">Places of a ranked list that count.</param>
    /// <returns>Null where the rows do not have what the figure needs, or no paired test is known of it.</returns>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static PairedFigure? Compare(
        QualityMetric metric, IReadOnlyList<LabelledRow> champion, IReadOnlyList<LabelledRow> challenger,
        string? positive, double alpha, int places = 10)
    {
        if (champion.Count != challenger.Count)
            throw new ArgumentException("Both answered the same rows.", nameof(challenger));

        return !IsKnown(metric) ? null : metric switch
        {
            QualityMetric.Accuracy => Accuracy(ClassPairs.Of(champion, challenger, positive), alpha),
            QualityMetric.Auc => Auc(ScorePairs.Of(champion, challenger, positive), alpha),
            QualityMetric.AveragePrecision =>
                AveragePrecision(ScorePairs.Of(champion, challenger, positive), alpha),
            QualityMetric.Brier => Losses(metric, ScorePairs.Of(champion, challenger, positive),
                (happened, score) => (score - (happened ? 1 : 0)) * (score - (happened ? 1 : 0)), alpha),
            QualityMetric.LogLoss => Losses(metric, ScorePairs.Of(champion, challenger, positive),
                (happened, score) => LogLoss.Of(score, happened), alpha),
            _ => metric.AnswersOf() switch
            {
                AnswerKind.Classification =>
                    Table(metric, ClassPairs.Of(champion, challenger, positive), positive, alpha),
                AnswerKind.Regression => Errors(metric, NumberPairs.Of(champion, challenger), alpha),
                _ => Lists(metric, champion, challenger, alpha, places),
            },
        };
    }

    private static PairedFigure? Accuracy(ClassPairs pairs, double alpha)
    {
        var n = pairs.Was.Length;
        if (n == 0)
            return null;
        long both = 0, first = 0, second = 0;
        for (var i = 0; i < n; i++)
        {
            var (one, other) = (pairs.First[i] == pairs.Was[i], pairs.Second[i] == pairs.Was[i]);
            both += one && other ? 1 : 0;
            first += one && !other ? 1 : 0;
            second += other && !one ? 1 : 0;
        }

        var test = McNemar.Test(new PairedOutcomes(both, first, second, n - both - first - second));

        // Half a row in each cell: an interval that holds its level when the two hardly ever disagree.
        // A. Agresti, Y. Min, Statistics in Medicine 24 (2005).
        var (count, gain) = (n + 2.0, second - first);
        var spread = (first + second + 1 - gain * gain / count) / (count * count);
        var interval = Interval.Around(gain / count, Normal.UpperQuantile(alpha / 2) * Math.Sqrt(spread));
        return new PairedFigure(QualityMetric.Accuracy, (double)(both + first) / n, (double)(both + second) / n,
            interval.Low, interval.High, test.PExact, "McNemar, exact", n);
    }

    private static PairedFigure? Auc(ScorePairs pairs, double alpha)
    {
        if (!pairs.HasBoth)
            return null;
        var test = DeLong.Compare(pairs.Happened, pairs.First, pairs.Second);
        var interval = test.Difference(alpha);
        return new PairedFigure(QualityMetric.Auc, test.Champion, test.Challenger, interval.Low, interval.High,
            double.IsNaN(test.Z) ? 1 : test.P.TwoSided, "DeLong", pairs.Happened.Length);
    }

    private static PairedFigure? AveragePrecision(ScorePairs pairs, double alpha)
    {
        if (!pairs.HasBoth)
            return null;
        return Jackknife(QualityMetric.AveragePrecision, pairs.Happened.Length, alpha, stays =>
        {
            int[] rows = [.. Enumerable.Range(0, pairs.Happened.Length).Where(stays)];
            bool[] happened = [.. rows.Select(row => pairs.Happened[row])];
            return (new ScoredRows(happened, [.. rows.Select(row => pairs.First[row])]).BareAveragePrecision(),
                new ScoredRows(happened, [.. rows.Select(row => pairs.Second[row])]).BareAveragePrecision());
        });
    }

    private static PairedFigure? Losses(
        QualityMetric metric, ScorePairs pairs, Func<bool, double, double> loss, double alpha)
    {
        var n = pairs.Happened.Length;
        double[] first = new double[n], second = new double[n];
        for (var i = 0; i < n; i++)
        {
            (first[i], second[i]) = (loss(pairs.Happened[i], pairs.First[i]), loss(pairs.Happened[i], pairs.Second[i]));
            if (pairs.First[i] is not (>= 0 and <= 1) || pairs.Second[i] is not (>= 0 and <= 1))
                return null;
        }

        return Means(metric, first, second, "paired t over rows", alpha);
    }

    private static PairedFigure? Errors(QualityMetric metric, NumberPairs pairs, double alpha)
    {
        Func<double, double, double>? loss = metric switch
        {
            QualityMetric.MeanAbsoluteError => (was, said) => Math.Abs(was - said),
            QualityMetric.MeanSquaredError => (was, said) => (was - said) * (was - said),
            QualityMetric.MeanAbsolutePercentageError => (was, said) =>
                Math.Abs(was - said) / Math.Max(Math.Abs(was), RegressionTotals.LeastDenominator),
            QualityMetric.Bias => (was, said) => was - said,
            _ => null,
        };
        if (loss is not null)
        {
            return Means(metric, [.. pairs.Was.Zip(pairs.First, loss)], [.. pairs.Was.Zip(pairs.Second, loss)],
                "paired t over rows", alpha);
        }

        return Jackknife(metric, pairs.Was.Length, alpha, stays =>
        {
            RegressionTotals first = new(), second = new();
            for (var row = 0; row < pairs.Was.Length; row++)
            {
                if (!stays(row))
                    continue;
                first.Add(pairs.Was[row], pairs.First[row]);
                second.Add(pairs.Was[row], pairs.Second[row]);
            }

            return (Of(first), Of(second));
        });

        double Of(RegressionTotals totals) => metric switch
        {
            QualityMetric.RootMeanSquaredError => totals.RootMeanSquaredError(alpha).Value,
            QualityMetric.RSquared => totals.RSquared(alpha).Value,
            QualityMetric.ExplainedVariance => totals.ExplainedVariance(alpha).Value,
            _ => double.NaN,
        };
    }

    private static PairedFigure? Table(QualityMetric metric, ClassPairs pairs, string? positive, double alpha)
    {
        var classes = pairs.Was.Concat(pairs.First).Concat(pairs.Second)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (classes.Count > MostClasses)
            return null;
        var of = positive is null ? -1 : classes.IndexOf(positive);
        if (positive is not null && of < 0)
            return null;
        var places = classes.Index().ToDictionary(each => each.Item, each => each.Index, StringComparer.Ordinal);
        return Jackknife(metric, pairs.Was.Length, alpha, stays =>
        {
            ConfusionTable first = new(Math.Max(2, classes.Count)), second = new(Math.Max(2, classes.Count));
            for (var row = 0; row < pairs.Was.Length; row++)
            {
                if (!stays(row))
                    continue;
                first.Add(places[pairs.Was[row]], places[pairs.First[row]]);
                second.Add(places[pairs.Was[row]], places[pairs.Second[row]]);
            }

            return (Of(metric, first, of, alpha), Of(metric, second, of, alpha));
        });
    }

    private static double Of(QualityMetric metric, ConfusionTable table, int of, double alpha) => (metric, of) switch
    {
        (QualityMetric.BalancedAccuracy, _) => table.BalancedAccuracy(alpha).Value,
        (QualityMetric.Mcc, _) => table.Mcc(alpha).Value,
        (QualityMetric.Kappa, _) => table.Kappa(alpha).Value,
        (QualityMetric.Precision, >= 0) => table.Precision(of, alpha).Value,
        (QualityMetric.Recall, >= 0) => table.Recall(of, alpha).Value,
        (QualityMetric.Specificity, >= 0) => table.Specificity(of, alpha).Value,
        (QualityMetric.F1, >= 0) => table.FBeta(of, 1, alpha).Value,
        (QualityMetric.Precision, _) => table.Precision(Averaging.Macro, alpha).Value,
        (QualityMetric.Recall, _) => table.Recall(Averaging.Macro, alpha).Value,
        (QualityMetric.F1, _) => table.FBeta(Averaging.Macro, 1, alpha).Value,
        _ => double.NaN,
    };

    private static PairedFigure? Lists(
        QualityMetric metric, IReadOnlyList<LabelledRow> champion, IReadOnlyList<LabelledRow> challenger,
        double alpha, int places)
    {
        Func<double[], double[], double> figure = metric switch
        {
            QualityMetric.Ndcg => (gains, scores) => Ranking.Ndcg(gains, scores, places),
            QualityMetric.MeanReciprocalRank => (gains, scores) => Ranking.ReciprocalRank(gains, scores),
            QualityMetric.RecallAt => (gains, scores) => Ranking.RecallAt(gains, scores, places),
            QualityMetric.PrecisionAt => (gains, scores) => Ranking.PrecisionAt(gains, scores, places),
            _ => (gains, scores) => Ranking.AveragePrecision(gains, scores),
        };
        List<double> first = [], second = [];
        foreach (var list in Enumerable.Range(0, champion.Count)
            .Where(i => double.IsFinite(champion[i].Value) && !double.IsNaN(champion[i].Score)
                && !double.IsNaN(challenger[i].Score))
            .GroupBy(i => champion[i].Unit))
        {
            int[] rows = [.. list];
            double[] gains = [.. rows.Select(i => champion[i].Value)];
            if (rows.Length < 2 || !Array.Exists(gains, gain => gain > 0))
                continue;
            first.Add(figure(gains, [.. rows.Select(i => champion[i].Score)]));
            second.Add(figure(gains, [.. rows.Select(i => challenger[i].Score)]));
        }

        return Means(metric, [.. first], [.. second], "paired t over lists", alpha);
    }

    private static PairedFigure? Means(
        QualityMetric metric, double[] first, double[] second, string method, double alpha) =>
        first.Length == 0 ? null : Tested(metric, first.Average(), second.Average(),
            PairedT.Test(first, second, alpha), method, first.Length);

    /// <summary>The figure of both over all rows and without each group, every n-th row being of one group.</summary>
    private static PairedFigure? Jackknife(
        QualityMetric metric, int rows, double alpha, Func<Func<int, bool>, (double First, double Second)> figure)
    {
        if (rows == 0)
            return null;
        var (first, second) = figure(_ => true);
        if (!double.IsFinite(first) || !double.IsFinite(second))
            return null;
        var groups = Math.Min(Groups, rows);
        var without = new double[groups];
        for (var group = 0; group < groups; group++)
        {
            var (one, other) = figure(row => row % groups != group);
            without[group] = other - one;
        }

        return Tested(metric, first, second, GroupJackknife.Of(second - first, without, alpha),
            $"jackknife over {groups} groups of rows", rows);
    }

    /// <summary>Where no row tells the two apart there is nothing to be unsure about.</summary>
    private static PairedFigure Tested(
        QualityMetric metric, double first, double second, EffectResult test, string method, long rows) =>
        test.StandardError is 0
            ? new(metric, first, second, second - first, second - first, first.Equals(second) ? 1 : 0, method, rows)
            : new(metric, first, second, test.Interval.Low, test.Interval.High, test.P.TwoSided, method, rows);

    /// <summary>Rows of which all three are known: what it was, and what both said.</summary>
    private sealed record ClassPairs(string[] Was, string[] First, string[] Second)
    {
        public static ClassPairs Of(
            IReadOnlyList<LabelledRow> champion, IReadOnlyList<LabelledRow> challenger, string? positive)
        {
            List<string> was = [], first = [], second = [];
            for (var i = 0; i < champion.Count; i++)
            {
                if (champion[i].ClassOf(positive) is not { } label || champion[i].Predicted is not { } one
                    || challenger[i].Predicted is not { } other)
                {
                    continue;
                }

                was.Add(label);
                first.Add(one);
                second.Add(other);
            }

            return new([.. was], [.. first], [.. second]);
        }
    }

    /// <summary>Rows of which it is known whether it was the positive class, with both scores.</summary>
    private sealed record ScorePairs(bool[] Happened, double[] First, double[] Second)
    {
        public bool HasBoth => Happened.Contains(true) && Happened.Contains(false);

        public static ScorePairs Of(
            IReadOnlyList<LabelledRow> champion, IReadOnlyList<LabelledRow> challenger, string? positive)
        {
            int[] rows = [.. Enumerable.Range(0, positive is null ? 0 : champion.Count)
                .Where(i => champion[i].ClassOf(positive) is not null && !double.IsNaN(champion[i].Score)
                    && !double.IsNaN(challenger[i].Score))];
            return new([.. rows.Select(i => champion[i].ClassOf(positive) == positive)],
                [.. rows.Select(i => champion[i].Score)], [.. rows.Select(i => challenger[i].Score)]);
        }
    }

    /// <summary>Rows of which all three numbers are known.</summary>
    private sealed record NumberPairs(double[] Was, double[] First, double[] Second)
    {
        public static NumberPairs Of(IReadOnlyList<LabelledRow> champion, IReadOnlyList<LabelledRow> challenger)
        {
            List<double> was = [], first = [], second = [];
            for (var i = 0; i < champion.Count; i++)
            {
                if (!double.IsFinite(champion[i].Value) || champion[i].Number is not { } one
                    || challenger[i].Number is not { } other)
                {
                    continue;
                }

                was.Add(champion[i].Value);
                first.Add(one);
                second.Add(other);
            }

            return new([.. was], [.. first], [.. second]);
        }
    }
}
