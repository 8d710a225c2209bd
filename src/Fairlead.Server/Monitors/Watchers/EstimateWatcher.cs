using System.Globalization;
using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Core.Quality;
using Fairlead.Server.Quality;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Estimation;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>
/// Estimates how good the newest answers are, before their outcomes come, from what older ones with outcomes showed.
/// </summary>
internal sealed class EstimateWatcher(Database database, LabelledRead answers, Evaluations evaluations)
{
    /// <summary>Most answers that are learnt from, and most that are estimated: the newest of each arm.</summary>
    private const int MostLearnt = 20_000;

    public async Task<LookResult> LookAsync(MonitorLook look, EstimateWatch watch, CancellationToken cancellation)
    {
        // Answers that are too young for their outcomes must not teach that little happens.
        var until = look.Now - watch.LabelDelay;
        var known = await answers.LabelledAsync(
            new AnswersQuestion(look.Endpoint, watch.Outcome, watch.Score,
                (until - watch.Reference).ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds()), cancellation);
        var fresh = await answers.AnsweredAsync(
            new AnswersQuestion(look.Endpoint, watch.Outcome, watch.Score,
                (look.Now - watch.Window).ToUnixTimeMilliseconds(), look.Now.ToUnixTimeMilliseconds()), cancellation);
        var versions = await ArmVersions.OfAsync(database, look.Endpoint, [.. known, .. fresh], cancellation);
        var learnt = known.ToLookup(row => versions.Find(row.Generation, row.Arm));
        var findings = new List<MonitorFinding>();
        foreach (var arm in fresh.GroupBy(row => versions.Find(row.Generation, row.Arm)))
        {
            if (arm.Key is not { } version || !look.Wants(version.Variant))
                continue;
            findings.Add(await JudgeAsync(
                look, watch, version, [.. learnt[version].Take(MostLearnt)], [.. arm.Take(MostLearnt)], cancellation));
        }

        return new(findings.Count > 0
            ? findings
            : [MonitorFinding.Whole(new(AlertSign.NoData, double.NaN,
                "nothing was answered in the time that is looked at"))]);
    }

    private async Task<MonitorFinding> JudgeAsync(
        MonitorLook look, EstimateWatch watch, ArmVersion arm, List<ReadAnswer> known, List<ReadAnswer> fresh,
        CancellationToken cancellation)
    {
        var alpha = LabelJudgement.AlphaOf(look.Spec, watch, 1);
        var (metric, rows, learnt) = watch.Answers == AnswerKind.Regression
            ? OfNumbers(watch, known, fresh, alpha)
            : OfClasses(watch, known, fresh, alpha);
        if (metric is not { } estimate)
        {
            return MonitorFinding.OfArm(arm.Variant, arm.Version, new(AlertSign.NoData, double.NaN,
                string.Create(CultureInfo.InvariantCulture,
                    $"{learnt} answers with an outcome '{watch.Outcome}' are too few to learn from, at least "
                    + $"{Math.Max(watch.MinimumRows, LossEstimator.FewestRows)} are needed")));
        }

        var evaluation = await evaluations.OfAsync(watch, arm.Version, cancellation);
        var reading = LabelJudgement.Read(
            watch, estimate.Value, estimate.Interval, rows, evaluation, "estimated");
        return MonitorFinding.OfArm(arm.Variant, arm.Version, reading with
        {
            Why = $"{reading.Why}; learnt from {learnt} answers, assuming {ConfidenceEstimator.Assumption}",
        }) with
        { Low = estimate.Interval.Low, High = estimate.Interval.High };
    }

    private static (EstimatedMetric? Metric, long Rows, int Learnt) OfClasses(
        EstimateWatch watch, List<ReadAnswer> known, List<ReadAnswer> fresh, double alpha)
    {
        var learnt = known.ConvertAll(row => row.Row).FindAll(row => IsScored(row)
            && (row.Label is not null || !double.IsNaN(row.Value)));
        var asked = fresh.ConvertAll(row => row.Row).FindAll(IsScored);
        if (learnt.Count < Math.Max(watch.MinimumRows, LossEstimator.FewestRows))
            return (null, asked.Count, learnt.Count);

        int Is(string? text) => text == watch.Positive ? 1 : 0;
        var estimator = ConfidenceEstimator.Fit(
            [.. learnt.Select(Probabilities)], [.. learnt.Select(row => Is(row.Predicted))],
            [.. learnt.Select(row => row.Label is null && !IsNumber(watch.Positive)
                ? row.Value > 0 ? 1 : 0
                : Is(row.Label ?? row.Value.ToString("R", CultureInfo.InvariantCulture)))]);
        var quality = estimator.Estimate(
            [.. asked.Select(Probabilities)], [.. asked.Select(row => Is(row.Predicted))], alpha);
        return (watch.Metric switch
        {
            QualityMetric.Precision => quality.Precision,
            QualityMetric.Recall => quality.Recall,
            QualityMetric.F1 => quality.F1,
            QualityMetric.Auc => quality.RocAuc,
            _ => quality.Accuracy,
        }, asked.Count, learnt.Count);
    }

    private static (EstimatedMetric? Metric, long Rows, int Learnt) OfNumbers(
        EstimateWatch watch, List<ReadAnswer> known, List<ReadAnswer> fresh, double alpha)
    {
        var learnt = known.Where(row => double.IsFinite(row.Row.Value)).Select(Numbers).OfType<NumberRow>().ToList();
        var asked = fresh.Select(Numbers).OfType<NumberRow>().ToList();
        var width = learnt.Count == 0 ? 0 : learnt[0].Features.Length;
        learnt.RemoveAll(row => row.Features.Length != width);
        asked.RemoveAll(row => row.Features.Length != width);
        if (learnt.Count < Math.Max(watch.MinimumRows, LossEstimator.FewestRows))
            return (null, asked.Count, learnt.Count);

        var estimator = LossEstimator.Fit(
            [.. learnt.Select(row => row.Features)], [.. learnt.Select(row => row.Predicted)],
            [.. learnt.Select(row => row.Actual)]);
        var loss = estimator.Estimate(
            [.. asked.Select(row => row.Features)], [.. asked.Select(row => row.Predicted)], alpha);
        return (watch.Metric switch
        {
            QualityMetric.MeanSquaredError => loss.MeanSquaredError,
            QualityMetric.RootMeanSquaredError => loss.RootMeanSquaredError,
            _ => loss.MeanAbsoluteError,
        }, asked.Count, learnt.Count);
    }

    private static NumberRow? Numbers(ReadAnswer answer) =>
        answer.Features is { } features && double.TryParse(
            answer.Row.Predicted, NumberStyles.Float, CultureInfo.InvariantCulture, out var said)
            && double.IsFinite(said)
            ? new(StoredJson.Read<double[]>(features), said, answer.Row.Value)
            : null;

    private static double[] Probabilities(LabelledRow row) => [1 - row.Score, row.Score];

    private static bool IsScored(LabelledRow row) => row.Score is >= 0 and <= 1 && row.Predicted is not null;

    private static bool IsNumber(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private sealed record NumberRow(double[] Features, double Predicted, double Actual);
}
