using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Core.Quality;
using Fairlead.Statistics;
using Fairlead.Statistics.Series;

namespace Fairlead.Core.Tests.Monitors;

/// <summary>What figures say to alerts: broken only where they surely are, and never well without data.</summary>
public sealed class JudgementTests
{
    private static readonly QualityWatch Auc = new("y", AnswerKind.Classification, QualityMetric.Auc)
    {
        Drop = 0.05,
        MinimumRows = 100,
    };

    [Theory]
    [InlineData(0.70, 0.65, 0.75, 200, AlertSign.Clear)]
    [InlineData(0.60, 0.55, 0.69, 200, AlertSign.Breach)]
    [InlineData(0.60, 0.55, 0.71, 200, AlertSign.Clear)]
    [InlineData(0.60, 0.55, 0.69, 99, AlertSign.NoData)]
    [InlineData(double.NaN, double.NaN, double.NaN, 200, AlertSign.NoData)]
    [InlineData(0.60, double.NaN, double.NaN, 200, AlertSign.NoData)]
    public void Limit_IsBroken_OnlyWhereTheWholeIntervalLiesBeyondIt(
        double value, double low, double high, long rows, AlertSign expected) =>
        new Limit(Min: 0.7).Read("auc", value, new Interval(low, high), rows, 100).Sign.ShouldBe(expected);

    [Fact]
    public void Limit_AboveItsMost_IsBrokenToo_AndItsSentenceHasTheNumbers()
    {
        var reading = new Limit(Max: 0.02).Read("error rate", 0.05, new Interval(0.03, 0.08), 500, 50, "requests");

        reading.ShouldBe(new AlertReading(
            AlertSign.Breach, 0.05, "error rate 0.05 (0.03 to 0.08) over 500 requests is above 0.02"));
    }

    [Fact]
    public void Drop_IsHeldAgainstTheEvaluation_InTheDirectionThatIsWorse()
    {
        LabelJudgement.LimitOf(Auc, 0.8).Min!.Value.ShouldBe(0.75, 1e-12);
        LabelJudgement.LimitOf(Auc with { Metric = QualityMetric.Brier }, 0.1).Max!.Value.ShouldBe(0.15, 1e-12);
        LabelJudgement.LimitOf(Auc with { Limit = new Limit(Min: 0.78) }, 0.8).Min.ShouldBe(0.78);

        LabelJudgement.Read(Auc, 0.72, new Interval(0.70, 0.74), 500, 0.8).Sign.ShouldBe(AlertSign.Breach);
        LabelJudgement.Read(Auc, 0.72, new Interval(0.70, 0.76), 500, 0.8).Sign.ShouldBe(AlertSign.Clear);

        // A version without the figure cannot be held against it, and that is no success.
        var without = LabelJudgement.Read(Auc, 0.72, new Interval(0.70, 0.74), 500, null);
        without.Sign.ShouldBe(AlertSign.Failed);
        without.Why.ShouldContain("without the figure 'auc'");

        // With a limit beside it that one counts, and that it alone does is said.
        var limited = LabelJudgement.Read(
            Auc with { Limit = new Limit(Min: 0.5) }, 0.72, new Interval(0.70, 0.74), 500, null);
        limited.Sign.ShouldBe(AlertSign.Clear);
        limited.Why.ShouldContain("only the limit counts");
    }

    [Theory]
    [InlineData(SeriesRule.SameHours)]
    [InlineData(SeriesRule.SameHoursOfWeek)]
    [InlineData(SeriesRule.Forecast)]
    public void Series_BelowItsPast_IsABreach_UnlessOnlyTheOtherSideIsOne(SeriesRule rule)
    {
        var watch = new SeriesWatch("orders", rule) { History = TimeSpan.FromDays(60) };
        var start = new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
        var points = Enumerable.Range(0, 50 * 24).Select(i => new SeriesPoint(
            start.AddHours(i), 1000 + 200 * Math.Sin(i % 24 * Math.PI / 12) + 7 * (i * 7919 % 13))).ToList();
        SeriesJudgement.Judge(watch, points).Verdict.ShouldBe(SeriesVerdict.Normal);

        points[^1] = points[^1] with { Value = 100 };
        var reading = SeriesJudgement.Judge(watch, points);

        reading.Verdict.ShouldBe(SeriesVerdict.Low);
        SeriesJudgement.Read(watch, reading, points[^1].At).Sign.ShouldBe(AlertSign.Breach);
        SeriesJudgement.Read(watch with { Only = SeriesVerdict.High }, reading, points[^1].At).Sign
            .ShouldBe(AlertSign.Clear);

        // Three days are too few to say anything of the same hours of a week, and nothing is ever well for that.
        var few = SeriesJudgement.Judge(watch, points[^3..]);
        few.Verdict.ShouldBe(SeriesVerdict.InsufficientData);
        SeriesJudgement.Read(watch, few, points[^1].At).Sign.ShouldBe(AlertSign.NoData);
    }

    [Theory]
    [InlineData(ConceptMethod.Adwin)]
    [InlineData(ConceptMethod.Ddm)]
    [InlineData(ConceptMethod.Eddm)]
    [InlineData(ConceptMethod.HddmA)]
    [InlineData(ConceptMethod.HddmW)]
    [InlineData(ConceptMethod.PageHinkley)]
    [InlineData(ConceptMethod.Kswin)]
    [InlineData(ConceptMethod.Cusum)]
    [InlineData(ConceptMethod.Ewma)]
    public void Concept_InParts_IsWhatItIsInOne_AndEveryDetectorFindsALargeChange(ConceptMethod method)
    {
        var random = new Random(7);
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var outcomes = Enumerable.Range(0, 6000).Select(i => (
            at.AddSeconds(i), random.NextDouble() < (i < 2000 ? 0.05 : 0.8) ? 1.0 : 0.0)).ToList();

        var whole = ConceptWatching.Next(ConceptWatching.New(method), outcomes);
        var parts = outcomes.Chunk(700).Aggregate(ConceptWatching.New(method), ConceptWatching.Next);

        parts.Detector.ShouldBe(whole.Detector);
        (parts.Detections, parts.DetectedAt, parts.Seen).ShouldBe((whole.Detections, whole.DetectedAt, 6000));
        whole.Detections.ShouldBeGreaterThan(0);
        var watch = new ConceptWatch("y", ConceptSignal.Error, method) { Hold = TimeSpan.FromHours(1) };
        ConceptWatching.Read(watch, whole, whole.DetectedAt!.Value.AddMinutes(59)).Sign.ShouldBe(AlertSign.Breach);
        ConceptWatching.Read(watch, whole, whole.DetectedAt.Value.AddMinutes(60)).Sign.ShouldBe(AlertSign.Clear);
        ConceptWatching.Read(watch, ConceptWatching.New(method), at).Sign.ShouldBe(AlertSign.NoData);
    }

    [Fact]
    public void Concept_TellsWhatItWasBefore_AndIsNotLostToWhatIsNotFinite()
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var outcomes = Enumerable.Range(0, 2000).Select(i => (
            at.AddSeconds(i), i == 300 ? double.PositiveInfinity : i < 1000 ? i % 10 == 0 ? 1.0 : 0 : i % 2));

        var state = ConceptWatching.Next(ConceptWatching.New(ConceptMethod.PageHinkley), outcomes);

        state.Seen.ShouldBe(1999);
        state.Before.ShouldBe(0.11, 0.04);
        var watch = new ConceptWatch("y", ConceptSignal.AbsoluteError, ConceptMethod.PageHinkley);
        var told = ConceptWatching.Read(watch, state, state.DetectedAt!.Value).Why;
        told.ShouldStartWith("page_hinkley detected a change");
        told.ShouldContain(" before");
        ConceptWatching.Read(watch, state, state.DetectedAt.Value.AddDays(1)).Why
            .ShouldStartWith("no change since 2026");
    }

    /// <summary>What <c>docs/monitors.md</c> says of how often each alarms for nothing in 100,000 outcomes of which 5
    /// or 20 % are wrong, about doubled, for chance.</summary>
    [Theory]
    [InlineData(ConceptMethod.Adwin, 0, 0)]
    [InlineData(ConceptMethod.Ddm, 10, 6)]
    [InlineData(ConceptMethod.Eddm, 30, 30)]
    [InlineData(ConceptMethod.HddmA, 2, 4)]
    [InlineData(ConceptMethod.HddmW, 0, 20)]
    [InlineData(ConceptMethod.PageHinkley, 0, 4)]
    [InlineData(ConceptMethod.Kswin, 0, 0)]
    [InlineData(ConceptMethod.Cusum, 120, 30)]
    [InlineData(ConceptMethod.Ewma, 60, 20)]
    public void Detector_OfOutcomesThatStayTheSame_AlarmsNoOftenerThanIsTold(
        ConceptMethod method, int mostOfFew, int mostOfMany)
    {
        foreach (var (share, most) in new[] { (0.05, mostOfFew), (0.2, mostOfMany) })
        {
            var alarms = Enumerable.Range(1, 4).Sum(seed =>
            {
                var random = new Random(seed);
                return ConceptWatching.Next(ConceptWatching.New(method), Enumerable.Range(0, 25_000)
                    .Select(_ => (DateTimeOffset.UnixEpoch, random.NextDouble() < share ? 1.0 : 0))).Detections;
            });

            alarms.ShouldBeLessThanOrEqualTo(most);
        }
    }

    [Fact]
    public void Signal_OfAnOutcome_IsItsErrorAsTheMonitorAsks_OrNothing()
    {
        static double Of(ConceptSignal signal, string? label, double value, string? predicted) =>
            ConceptWatching.SignalOf(signal, new LabelledRow(label, value, predicted, double.NaN));

        Of(ConceptSignal.Error, "good", double.NaN, "bad").ShouldBe(1);
        Of(ConceptSignal.Error, "good", double.NaN, "good").ShouldBe(0);
        Of(ConceptSignal.Error, null, 1, "1").ShouldBe(0);
        Of(ConceptSignal.Error, "good", double.NaN, null).ShouldBe(double.NaN);
        Of(ConceptSignal.AbsoluteError, null, 7, "4.5").ShouldBe(2.5);
        Of(ConceptSignal.AbsoluteError, null, 7, "many").ShouldBe(double.NaN);
        Of(ConceptSignal.Value, null, 7, null).ShouldBe(7);
    }
}
