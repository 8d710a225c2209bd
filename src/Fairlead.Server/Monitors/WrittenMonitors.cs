using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Alerts;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Monitors;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;
using Fairlead.Statistics.Series;

namespace Fairlead.Server.Monitors;

/// <summary>Reads a monitor as its owner wrote it.</summary>
internal static class WrittenMonitors
{
    /// <summary>Reads and checks; throws <see cref="RefusalException"/> with everything that is wrong.</summary>
    public static MonitorSpec Read(string name, MonitorRequest request)
    {
        var spec = new MonitorSpec(
            MonitorName.Parse(name), EndpointName.Parse(request.Endpoint), ReadWatch(request))
        {
            Every = request.Every,
            Variant = request.Variant is { } variant ? VariantName.Parse(variant) : null,
            Description = request.Description,
            Alert = new MonitorAlert
            {
                Severity = request.Alert.Severity,
                Policy = new AlertPolicy
                {
                    For = request.Alert.For,
                    KeepFiringFor = request.Alert.KeepFiringFor,

                    // A monitor that looks rarely has long gaps between looks, and they are no pauses.
                    LongestGap = Longest(TimeSpan.FromMinutes(5), request.Every * 2),
                },
                Labels = request.Alert.Labels.ToImmutableSortedDictionary(StringComparer.Ordinal),
                Notify = [.. request.Alert.Notify],
            },
        };
        var faults = MonitorRules.Check(spec).ToList();
        if (TextRules.WhyNot("description", request.Description, TextRules.MaxDescription) is { } fault)
            faults.Add(fault);
        return faults.Count == 0 ? spec : throw new RefusalException(faults);
    }

    private static Watch ReadWatch(MonitorRequest request)
    {
        Watch?[] watches =
        [
            request.Drift is { } drift ? Drift(drift) : null,
            request.Quality is { } quality ? Quality(quality) : null,
            request.Estimate is { } estimate ? Estimate(estimate) : null,
            request.Concept is { } concept ? Concept(concept) : null,
            request.Service is { } service ? Service(service) : null,
            request.Objective is { } objective ? Objective(objective) : null,
            request.Series is { } series ? Series(series) : null,
            request.Schema is { } schema ? Schema(schema) : null,
        ];
        return watches.OfType<Watch>().ToList() is [var only]
            ? only
            : throw Fault("", "A monitor has exactly one of the sections drift, quality, estimate, concept, service, "
                + "objective, series and schema, which says what it looks at.");
    }

    private static DriftWatch Drift(DriftWatchRequest request) => new(request.Reference)
    {
        FalseAlarms = request.FalseAlarms,
        MinimumRows = request.MinimumRows,
        Columns = [.. request.Columns],
        Methods = request.Methods.ToImmutableSortedDictionary(
            each => each.Key, each => OneOf<DriftMethod>(each.Value, $"drift.methods.{each.Key}"),
            StringComparer.Ordinal),
        Thresholds = request.Thresholds.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Together = request.Together is not { } together ? null : new RowDriftWatch
        {
            Method = together.Method is { } method ? OneOf<RowMethod>(method, "drift.together.method") : null,
            Threshold = together.Threshold,
            Window = together.Window,
            Past = together.Past,
            Sample = together.Sample,
        },
    };

    private static QualityWatch Quality(QualityWatchRequest request)
    {
        if (request.Reference is not null)
            throw Fault("quality.reference", "Only an estimate learns from a reference; leave it out.");
        var watch = new QualityWatch(
            request.Outcome, OneOf<AnswerKind>(request.Task, "quality.task"), Metric(request.Metric, "quality"))
        {
            By = request.By,
        };
        return Common(watch, request);
    }

    private static EstimateWatch Estimate(QualityWatchRequest request)
    {
        if (request.By is not null)
            throw Fault("estimate.by", "Estimates are not told by segment; leave it out.");
        var watch = new EstimateWatch(
            request.Outcome, OneOf<AnswerKind>(request.Task, "estimate.task"), Metric(request.Metric, "estimate"));
        return Common(watch with { Reference = request.Reference ?? watch.Reference }, request);
    }

    private static T Common<T>(T watch, QualityWatchRequest request)
        where T : LabelWatch => watch with
        {
            Positive = request.Positive,
            Score = request.Score,
            Classes = [.. request.Classes],
            Limit = Limit(request.Limit),
            Drop = request.Drop,
            Evaluation = request.Evaluation,
            Window = request.Window,
            LabelDelay = request.LabelDelay,
            MinimumRows = request.MinimumRows,
            FalseAlarms = request.FalseAlarms,
            Sample = request.Sample,
            Places = request.Places,
        };

    private static ConceptWatch Concept(ConceptWatchRequest request) => new(
        request.Outcome, OneOf<ConceptSignal>(request.Signal, "concept.signal"),
        OneOf<ConceptMethod>(request.Detector, "concept.detector"))
    {
        Hold = request.Hold,
    };

    private static ServiceWatch Service(ServiceWatchRequest request)
    {
        var parts = request.Metric.Split(':');
        var metric = OneOf<ServiceMetric>(parts[0], "service.metric");
        var quantile = 0.0;
        if (parts.Length > 1)
        {
            if (metric is not (ServiceMetric.Latency or ServiceMetric.Compute) || parts.Length > 2
                || !parts[1].StartsWith('p') || !double.TryParse(parts[1].AsSpan(1), NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture, out quantile))
            {
                throw Fault("service.metric",
                    $"'{request.Metric}' is none of error_rate, latency:p95, compute:p95 and traffic.");
            }

            quantile /= 100;
        }

        return new(metric)
        {
            Quantile = quantile,
            Limit = Limit(request.Limit),
            Window = request.Window,
            MinimumRequests = metric == ServiceMetric.Traffic ? 0 : request.MinimumRequests,
        };
    }

    private static ObjectiveWatch Objective(ObjectiveWatchRequest request) => new(
        request.Objective is > 0 and < 1
            ? (decimal)request.Objective
            : throw Fault("objective.objective", "An objective is above 0 and below 1, such as 99.9%."))
    {
        Period = request.Period,
    };

    private static SchemaWatch Schema(SchemaWatchRequest request) => new()
    {
        Limit = request.Limit,
        Columns = [.. request.Columns],
        Window = request.Window,
        Reference = request.Reference,
        MinimumRows = request.MinimumRows,
        FalseAlarms = request.FalseAlarms,
    };

    private static SeriesWatch Series(SeriesWatchRequest request) => new(
        request.Series, OneOf<SeriesRule>(request.Rule, "series.rule"))
    {
        Total = OneOf<SeriesTotal>(request.Total, "series.total"),
        Step = request.Step,
        History = request.History,
        Deviations = request.Deviations,
        Limit = Limit(request.Limit),
        Only = request.Only switch
        {
            null => null,
            "high" => SeriesVerdict.High,
            "low" => SeriesVerdict.Low,
            var other => throw Fault("series.only", $"'{other}' is none of high and low."),
        },
        Delay = request.Delay,
        Offset = double.IsFinite(request.UtcOffset) && Math.Abs(request.UtcOffset) <= 14
            ? TimeSpan.FromMinutes(Math.Round(request.UtcOffset * 60))
            : throw Fault("series.utcOffset", "An offset from UTC is -14 to 14 hours."),
    };

    private static Limit Limit(LimitRequest? request) => new(request?.Min, request?.Max);

    private static QualityMetric Metric(string word, string at) => QualityMetrics.Of(word)
        ?? throw Fault($"{at}.metric", $"There is no figure '{word}'; write one of "
            + $"{string.Join(", ", Enum.GetValues<QualityMetric>().Select(metric => metric.Word()))}.");

    /// <summary>Reads a word as it is written everywhere: <c>same_hours</c> for <c>SameHours</c>.</summary>
    private static T OneOf<T>(string word, string at)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Word(value) == word)
                return value;
        }

        throw Fault(at, $"'{word}' is none of {string.Join(", ", Enum.GetValues<T>().Select(Word))}.");
    }

    /// <summary>The written word of a value of an enumeration.</summary>
    internal static string Word<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0)
                word.Append('_');
            word.Append(char.ToLowerInvariant(name[i]));
        }

        return word.ToString();
    }

    private static TimeSpan Longest(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static RefusalException Fault(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_monitor", message) { Field = field.Length == 0 ? null : field });
}
