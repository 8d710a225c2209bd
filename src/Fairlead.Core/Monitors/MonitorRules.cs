using System.Collections.Immutable;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Monitors;

/// <summary>Holds a monitor to sense: what would watch nothing is refused, not passed.</summary>
public static class MonitorRules
{
    /// <summary>Shortest and longest time between looks.</summary>
    public static readonly TimeSpan MinEvery = TimeSpan.FromSeconds(10), MaxEvery = TimeSpan.FromDays(1);

    /// <summary>Longest stretch that is looked at, and longest label delay.</summary>
    public static readonly TimeSpan MaxWindow = TimeSpan.FromDays(90);

    /// <summary>Most labels of an alert beside the monitor's own.</summary>
    public const int MaxLabels = 20;

    /// <summary>Most receivers.</summary>
    public const int MaxReceivers = 20;

    /// <summary>Most steps that a series goes back.</summary>
    public const int MaxSteps = 5_000;

    /// <summary>Most classes whose scores are kept with every answer.</summary>
    public const int MaxClasses = 32;

    /// <summary>Longest text of a label, a name of a column or an outcome.</summary>
    public const int MaxText = 200;

    /// <summary>Finds the faults; an empty list means that it is good.</summary>
    public static IReadOnlyList<Refusal> Check(MonitorSpec spec) =>
    [
        .. Times(spec.Every, "every", MinEvery, MaxEvery),
        .. spec.Alert.Policy.Problems().Select(fault => fault with { Field = $"alert.{fault.Field}" }),
        .. Alert(spec.Alert),
        .. spec.Watch switch
        {
            DriftWatch drift => Drift(drift),
            LabelWatch label => Labels(label),
            ConceptWatch concept => [.. Text(concept.Outcome, "concept.outcome"),
                .. Times(concept.Hold, "concept.hold", TimeSpan.FromMinutes(1), MaxWindow)],
            ServiceWatch service => Service(service),
            ObjectiveWatch objective => Objective(objective),
            SeriesWatch series => Series(series),
            SchemaWatch schema => Schema(schema),
            _ => [],
        },
    ];

    private static IEnumerable<Refusal> Alert(MonitorAlert alert)
    {
        if (!MonitorAlert.Severities.Contains(alert.Severity))
        {
            yield return Fault("alert.severity",
                $"There is no severity '{alert.Severity}'; write one of {string.Join(", ", MonitorAlert.Severities)}.");
        }

        if (alert.Labels.Count > MaxLabels)
            yield return Fault("alert.labels", $"An alert has at most {MaxLabels} further labels.");
        if (alert.Notify.Length > MaxReceivers)
            yield return Fault("alert.notify", $"An alert is told to at most {MaxReceivers} receivers.");
        foreach (var (name, value) in alert.Labels)
        {
            foreach (var fault in Text(name, "alert.labels"))
                yield return fault;
            if (value is not { Length: <= MaxText } || value.Any(char.IsControl))
            {
                yield return Fault(
                    $"alert.labels.{name}", $"A label's value is printable and has at most {MaxText} characters.");
            }

            if (name is "monitor" or "endpoint" or "severity" or "variant" or "version" or "column" or "aspect"
                or "segment" or "rule" or "burn" or "window")
            {
                yield return Fault("alert.labels", $"The label '{name}' is the monitor's own; choose another name.");
            }
        }
    }

    private static IEnumerable<Refusal> Drift(DriftWatch watch)
    {
        foreach (var fault in FalseAlarms(watch.FalseAlarms, "drift"))
            yield return fault;
        if (watch.MinimumRows < 1)
            yield return Fault("drift.minimumRows", "minimumRows is at least 1.");
        foreach (var fault in watch.Columns.SelectMany(column => Text(column, "drift.columns")))
            yield return fault;
        foreach (var (column, threshold) in watch.Thresholds)
        {
            if (!(threshold >= 0) || !double.IsFinite(threshold))
                yield return Fault($"drift.thresholds.{column}", "A threshold is a number from 0 on.");
        }

        foreach (var fault in watch.Together is { } together ? Together(together) : [])
            yield return fault;
    }

    private static IEnumerable<Refusal> Together(RowDriftWatch watch)
    {
        const string at = "drift.together";
        foreach (var fault in Times(watch.Window, $"{at}.window", TimeSpan.FromMinutes(5), MaxWindow)
            .Concat(Times(watch.Past, $"{at}.past", TimeSpan.FromMinutes(5), MaxWindow)))
        {
            yield return fault;
        }

        if (watch.Threshold is { } threshold && !(threshold >= 0 && double.IsFinite(threshold)))
            yield return Fault($"{at}.threshold", "A threshold is a number from 0 on.");
        if (!(watch.Sample > 0 && watch.Sample <= 1))
            yield return Fault($"{at}.sample", "A sample is above 0 and at most 100 % of the units.");
    }

    private static IEnumerable<Refusal> Labels(LabelWatch watch)
    {
        var at = watch.Word;
        foreach (var fault in Text(watch.Outcome, $"{at}.outcome")
            .Concat(watch.Limit.Check($"{at}.limit", isNeeded: watch.Drop is null))
            .Concat(Times(watch.Window, $"{at}.window", TimeSpan.FromMinutes(1), MaxWindow))
            .Concat(Times(watch.LabelDelay, $"{at}.labelDelay", TimeSpan.Zero, MaxWindow))
            .Concat(FalseAlarms(watch.FalseAlarms, at)))
        {
            yield return fault;
        }

        if (watch.Metric.AnswersOf() != watch.Answers)
        {
            yield return Fault($"{at}.metric", $"'{watch.Metric.Word()}' is no figure of this task; write one of "
                + $"{string.Join(", ", QualityMetrics.WordsOf(watch.Answers))}.");
        }

        if ((watch.Metric.NeedsScore() || watch is EstimateWatch { Answers: AnswerKind.Classification })
            && watch.Score is null)
        {
            yield return Fault($"{at}.score",
                "Name the output that holds the probability or score, such as 'probabilities[1]'.");
        }

        foreach (var fault in Classes(watch))
            yield return fault;
        if (watch.Score is not null && watch.Answers == AnswerKind.Classification && watch.Positive is null
            && watch.Classes.IsEmpty)
        {
            yield return Fault($"{at}.positive", "Name the class whose probability the score is.");
        }

        if (watch.Drop is { } drop && !(drop >= 0))
            yield return Fault($"{at}.drop", "drop is a number from 0 on.");
        if (!(watch.Sample > 0 && watch.Sample <= 1))
            yield return Fault($"{at}.sample", "A sample is above 0 and at most 100 % of the units.");
        if (watch.MinimumRows < 2)
            yield return Fault($"{at}.minimumRows", "minimumRows is at least 2.");
        if (watch.Places is < 1 or > 1000)
            yield return Fault($"{at}.places", "places is 1 to 1000.");
        if (watch is EstimateWatch estimate)
        {
            foreach (var fault in Estimates(estimate))
                yield return fault;
        }
    }

    private static IEnumerable<Refusal> Classes(LabelWatch watch)
    {
        var at = watch.Word;
        if (watch.Classes.IsEmpty)
        {
            if (watch.Metric == QualityMetric.AucWeighted)
                yield return Fault($"{at}.classes", "'auc_weighted' is of many classes; name them in 'classes'.");
            yield break;
        }

        if (watch is EstimateWatch || !watch.Metric.IsOfClassScores())
            yield return Fault($"{at}.classes", "Only auc, auc_weighted and log_loss of outcomes are of many classes.");
        if (watch.Positive is not null)
        {
            yield return Fault(
                $"{at}.positive", "Where every class has a score none is the positive one; leave it out.");
        }

        foreach (var fault in ClassNames(watch.Classes, watch.Score, at))
            yield return fault;
    }

    /// <summary>What is wrong with the names of classes and the output that holds their scores.</summary>
    public static IEnumerable<Refusal> ClassNames(ImmutableArray<string> classes, string? score, string at)
    {
        var prefix = at.Length == 0 ? "" : $"{at}.";
        if (classes.Length is < 2 or > MaxClasses || classes.Distinct(StringComparer.Ordinal).Count() < classes.Length)
        {
            yield return Fault($"{prefix}classes", $"'classes' names 2 to {MaxClasses} classes, each once, in the "
                + "order of their scores.");
        }

        foreach (var fault in classes.SelectMany(name => Text(name, $"{prefix}classes")))
            yield return fault;
        if (score is null || score.EndsWith(']'))
        {
            yield return Fault($"{prefix}score",
                "Name the output that holds the scores of all classes, without an element, such as 'probabilities'.");
        }
    }

    private static IEnumerable<Refusal> Estimates(EstimateWatch watch)
    {
        if (watch.Answers == AnswerKind.Ranking)
            yield return Fault("estimate.task", "Rankings cannot be estimated without labels.");
        else if (watch.Metric is not (QualityMetric.Accuracy or QualityMetric.Precision or QualityMetric.Recall
            or QualityMetric.F1 or QualityMetric.Auc or QualityMetric.MeanAbsoluteError
            or QualityMetric.MeanSquaredError or QualityMetric.RootMeanSquaredError))
        {
            yield return Fault("estimate.metric",
                "Without labels accuracy, precision, recall, f1, auc, mae, mse and rmse can be estimated.");
        }

        foreach (var fault in Times(watch.Reference, "estimate.reference", TimeSpan.FromMinutes(1), MaxWindow))
            yield return fault;
    }

    private static IEnumerable<Refusal> Service(ServiceWatch watch)
    {
        foreach (var fault in watch.Limit.Check("service.limit", isNeeded: true)
            .Concat(Times(watch.Window, "service.window", TimeSpan.FromMinutes(1), MaxWindow)))
        {
            yield return fault;
        }

        if (watch.Metric is ServiceMetric.Latency or ServiceMetric.Compute && watch.Quantile is not (> 0 and < 1))
            yield return Fault("service.metric", "Write the quantile, such as 'latency:p95'.");
        if (watch.MinimumRequests < 0)
            yield return Fault("service.minimumRequests", "minimumRequests is at least 0.");
    }

    private static IEnumerable<Refusal> Objective(ObjectiveWatch watch)
    {
        if (watch.Objective is not (> 0 and < 1))
            yield return Fault("objective.objective", "An objective is above 0 and below 1, such as 99.9%.");
        foreach (var fault in Times(watch.Period, "objective.period", TimeSpan.FromDays(1), MaxWindow))
            yield return fault;
    }

    private static IEnumerable<Refusal> Schema(SchemaWatch watch)
    {
        foreach (var fault in FalseAlarms(watch.FalseAlarms, "schema")
            .Concat(Times(watch.Window, "schema.window", TimeSpan.FromMinutes(1), MaxWindow)))
        {
            yield return fault;
        }

        if (watch.Limit is { } limit && !(limit >= 0 && limit < 1))
            yield return Fault("schema.limit", "A limit is a share of the rows from 0 to below 100 %.");
        if (watch.MinimumRows < 1)
            yield return Fault("schema.minimumRows", "minimumRows is at least 1.");
    }

    private static IEnumerable<Refusal> Series(SeriesWatch watch)
    {
        if (watch.OutcomeName?.Length == 0)
            yield return Fault("series.series", "Name the outcome, such as 'outcome:revenue'.");
        foreach (var fault in Text(watch.Series, "series.series")
            .Concat(watch.Limit.Check("series.limit", isNeeded: watch.Rule == SeriesRule.Limit))
            .Concat(Times(watch.Step, "series.step", TimeSpan.FromMinutes(1), TimeSpan.FromDays(7)))
            .Concat(Times(watch.History, "series.history", watch.Step, TimeSpan.FromDays(730)))
            .Concat(Times(watch.Delay, "series.delay", TimeSpan.Zero, MaxWindow)))
        {
            yield return fault;
        }

        if (watch.Step > TimeSpan.Zero && watch.History / watch.Step > MaxSteps)
            yield return Fault("series.history", $"The history has more than {MaxSteps} steps; make them longer.");
        if (!(watch.Deviations > 0))
            yield return Fault("series.deviations", "deviations is above 0.");
        if (watch.Rule is SeriesRule.SameHours or SeriesRule.SameHoursOfWeek && watch.Step > TimeSpan.FromDays(1))
            yield return Fault("series.step", "Steps that are held against the same hours are at most a day.");
        if (watch.Offset.Duration() > TimeSpan.FromHours(14))
            yield return Fault("series.offset", "The offset of a time zone is at most 14 h.");
    }

    private static IEnumerable<Refusal> FalseAlarms(double count, string at)
    {
        if (!(count > 0 && count <= 1000))
            yield return Fault($"{at}.falseAlarms", "falseAlarms is above 0 and at most 1000 in 30 days.");
    }

    private static IEnumerable<Refusal> Times(TimeSpan time, string at, TimeSpan least, TimeSpan most)
    {
        if (time < least || time > most)
            yield return Fault(at, $"The time {time} lies outside {least} to {most}; choose one inside.");
    }

    private static IEnumerable<Refusal> Text(string text, string at)
    {
        if (text is not { Length: > 0 and <= MaxText } || text.Any(char.IsControl))
            yield return Fault(at, $"A name has 1 to {MaxText} printable characters.");
    }

    private static Refusal Fault(string at, string message) =>
        new(RefusalKind.Invalid, "invalid_monitor", message) { Field = at };
}
