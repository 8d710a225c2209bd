using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Core.Quality;
using Fairlead.Server.Quality;
using Fairlead.Server.Storage;
using Fairlead.Statistics;
using Fairlead.Statistics.Metrics;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>Looks at the answers whose outcomes have come, arm by arm and segment by segment.</summary>
internal sealed class QualityWatcher(Database database, LabelledRead answers, Evaluations evaluations)
{
    public async Task<LookResult> LookAsync(MonitorLook look, QualityWatch watch, CancellationToken cancellation)
    {
        var until = look.Now - watch.LabelDelay;
        var rows = await answers.LabelledAsync(
            new AnswersQuestion(look.Endpoint, watch.Outcome, watch.Score,
                (until - watch.Window).ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds())
            {
                Classes = watch.Classes.Length,
            }, cancellation);
        var versions = await ArmVersions.OfAsync(database, look.Endpoint, rows, cancellation);
        // A segment with too few rows says nothing, and must not make the whole look as if it did not either.
        var groups = Segments.Of(rows, versions, look.Wants, watch.By)
            .FindAll(group => group.Name is null || group.Rows.Count >= watch.MinimumRows);
        if (groups.Count == 0)
        {
            return new([MonitorFinding.Whole(new(AlertSign.NoData, double.NaN,
                $"no outcome '{watch.Outcome}' has come for predictions of the time that is looked at"))]);
        }

        var alpha = LabelJudgement.AlphaOf(look.Spec, watch, groups.Count);
        var findings = new List<MonitorFinding>();
        foreach (var (arm, segment, of) in groups)
        {
            var figures = QualityFigures.Of(watch.Answers, of, watch.Positive, alpha, watch.Places, watch.Classes);
            var evaluation = await evaluations.OfAsync(watch, arm.Version, cancellation);
            var estimate = figures.Find(watch.Metric);
            var finding = MonitorFinding.OfArm(arm.Variant, arm.Version,
                WithClasses(watch, figures, LabelJudgement.Read(
                    watch, estimate?.Value, IntervalOf(estimate), figures.Rows, evaluation))) with
            {
                Low = IntervalOf(estimate).Low,
                High = IntervalOf(estimate).High,
            };
            findings.Add(segment is null ? finding : finding.With("segment", segment));
        }

        return new(findings);
    }

    /// <summary>A class that never comes up is most likely spelt in another way.</summary>
    private static AlertReading WithClasses(QualityWatch watch, QualityFigures figures, AlertReading reading) =>
        reading.Sign == AlertSign.NoData && watch.Positive is { } positive && !figures.Classes.IsEmpty
            && !figures.Classes.Contains(positive)
            ? reading with
            {
                Why = $"{reading.Why}; none of them was or was called '{positive}', classes are "
                    + string.Join(", ", figures.Classes.Take(10)),
            }
            : reading;

    private static Interval IntervalOf(MetricEstimate? estimate) => estimate?.Interval ?? Interval.Undefined;
}
