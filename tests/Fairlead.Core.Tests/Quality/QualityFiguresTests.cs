using Fairlead.Core.Quality;

namespace Fairlead.Core.Tests.Quality;

/// <summary>Figures of rows, against what the rows say by hand.</summary>
public sealed class QualityFiguresTests
{
    [Fact]
    public void Classes_HaveTheirConfusion_AndOutcomesOfZeroAndOneNameThePositiveClass()
    {
        LabelledRow[] rows =
        [
            new("bad", double.NaN, "bad", 0.9), new("bad", double.NaN, "good", 0.4), new(null, 1, "bad", 0.8),
            new(null, 0, "not bad", 0.1), new("good", double.NaN, "good", 0.2), new("bad", double.NaN, null, 0.7),
            new(null, 0.5, "bad", 0.5),
        ];

        var figures = QualityFigures.Of(AnswerKind.Classification, rows, "bad", 0.05);

        figures.Classes.ShouldBe(["bad", "good", "not bad"]);
        figures.Confusion.Select(row => string.Join(' ', row)).ShouldBe(["2 1 0", "0 1 0", "0 0 1"]);
        (figures.Rows, figures.Unusable).ShouldBe((6, 1));
        figures.Find(QualityMetric.Accuracy)!.Value.Value.ShouldBe(0.8, 1e-12);
        figures.Find(QualityMetric.Recall)!.Value.Value.ShouldBe(2 / 3.0, 1e-12);

        // Four positives 0.9 0.4 0.8 0.7 over two negatives 0.1 0.2: all above.
        figures.Find(QualityMetric.Auc)!.Value.Value.ShouldBe(1);
        figures.Reliability.Sum(bin => bin.Count).ShouldBe(6);
    }

    /// <summary>A class that is spelt in another way must not be an average over those that there are.</summary>
    [Fact]
    public void FiguresOfAClass_ThatNeverComesUp_AreNotThere()
    {
        LabelledRow[] rows = [.. Enumerable.Range(0, 40).Select(i =>
            new LabelledRow(i % 2 == 0 ? "good" : "bad", double.NaN, i % 3 == 0 ? "bad" : "good", 0.5))];

        var figures = QualityFigures.Of(AnswerKind.Classification, rows, "BAD", 0.05);

        figures.Find(QualityMetric.Precision).ShouldBeNull();
        figures.Find(QualityMetric.F1).ShouldBeNull();
        figures.Find(QualityMetric.Accuracy).ShouldNotBeNull();
        QualityFigures.Of(AnswerKind.Classification, rows, "bad", 0.05).Find(QualityMetric.Precision).ShouldNotBeNull();
    }

    [Fact]
    public void Numbers_ThatAreNone_AreLeftOutAndCounted()
    {
        LabelledRow[] rows =
        [
            new(null, 3, "1", double.NaN), new(null, 5, "8", double.NaN), new("x", double.NaN, "4", double.NaN),
            new(null, 5, "NaN", double.NaN),
        ];

        var figures = QualityFigures.Of(AnswerKind.Regression, rows, null, 0.05);

        (figures.Rows, figures.Unusable).ShouldBe((2, 2));
        figures.Find(QualityMetric.MeanAbsoluteError)!.Value.Value.ShouldBe(2.5);
        figures.Find(QualityMetric.MeanSquaredError)!.Value.Value.ShouldBe(6.5);
        figures.Find(QualityMetric.Bias)!.Value.Value.ShouldBe(-0.5);
        QualityFigures.Of(AnswerKind.Regression, [], null, 0.05).Figures.ShouldBeEmpty();
    }

    [Fact]
    public void Lists_AreTheRowsOfAUnit_AndOneWithNothingToFindIsNone()
    {
        static LabelledRow Row(ulong unit, double gain, double score) =>
            new(null, gain, null, score) { Unit = unit };

        // The first list is in order, in the second the only hit comes second, the third has no hit.
        LabelledRow[] rows =
        [
            Row(1, 1, 0.9), Row(1, 0, 0.1), Row(2, 0, 0.9), Row(2, 1, 0.1), Row(3, 0, 0.5), Row(3, 0, 0.4),
        ];

        var figures = QualityFigures.Of(AnswerKind.Ranking, rows, null, 0.05);

        (figures.Rows, figures.Unusable).ShouldBe((4, 2));
        figures.Find(QualityMetric.MeanReciprocalRank)!.Value.Value.ShouldBe(0.75);
        figures.Find(QualityMetric.Ndcg)!.Value.Value.ShouldBe((1 + 1 / Math.Log2(3)) / 2, 1e-9);
        figures.Find(QualityMetric.RecallAt)!.Value.Value.ShouldBe(1);
        figures.Find(QualityMetric.PrecisionAt)!.Value.Value.ShouldBe(0.1, 1e-12);
        var first = QualityFigures.Of(AnswerKind.Ranking, rows, null, 0.05, places: 1);
        first.Find(QualityMetric.RecallAt)!.Value.Value.ShouldBe(0.5);
        first.Find(QualityMetric.PrecisionAt)!.Value.Value.ShouldBe(0.5);
    }

    [Fact]
    public void ManyClasses_AreToldApartEachAgainstTheRest()
    {
        static LabelledRow Row(string label, params double[] scores) =>
            new(label, double.NaN, null, double.NaN) { ClassScores = [.. scores, 0] };

        // A row of a is behind a row of b, one of b ties with one of c. What is of no class named, or has no scores,
        // does not enter.
        LabelledRow[] rows =
        [
            Row("a", 0.8, 0.1, 0.1), Row("a", 0.3, 0.4, 0.3), Row("b", 0.4, 0.5, 0.1), Row("b", 0.2, 0.7, 0.1),
            Row("c", 0.1, 0.1, 0.8), Row("c", 0.1, 0.2, 0.7), Row("c", 0.0, 0.5, 0.5),
            Row("d", 0.9, 0.1, 0.0), new("a", double.NaN, "a", double.NaN),
        ];

        var figures = QualityFigures.Of(
            AnswerKind.Classification, rows, null, 0.05, classes: ["a", "b", "c", "never"]);

        const double a = 9.0 / 10, b = 9.5 / 10, c = 1;
        (figures.Rows, figures.Unusable).ShouldBe((7, 2));
        var macro = figures.Figures.Single(each => each.Name == "auc");
        macro.Of.ShouldBe("one against the rest, macro average of the 3 classes that occurred");
        macro.Estimate.Value.ShouldBe((a + b + c) / 3, 1e-12);
        macro.Estimate.Interval.Low.ShouldBeInRange(0.8, 0.949);
        figures.Find(QualityMetric.AucWeighted)!.Value.Value.ShouldBe((2 * a + 2 * b + 3 * c) / 7, 1e-12);
        figures.Find(QualityMetric.LogLoss)!.Value.Value
            .ShouldBe(-Math.Log(0.8 * 0.3 * 0.5 * 0.7 * 0.8 * 0.7 * 0.5) / 7, 1e-12);
    }

    [Fact]
    public void Metrics_HaveOneWordEach_AndAreFoundByIt()
    {
        foreach (var metric in Enum.GetValues<QualityMetric>())
        {
            QualityMetrics.Of(metric.Word()).ShouldBe(metric);
            QualityMetrics.WordsOf(metric.AnswersOf()).ShouldContain(metric.Word());
        }

        QualityMetrics.Of("luck").ShouldBeNull();
    }
}
