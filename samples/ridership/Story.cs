using Fairlead.Core.Alerts;
using Fairlead.Core.Monitoring;
using Fairlead.Statistics.Concept;
using Fairlead.Statistics.Estimation;
using Fairlead.Statistics.Metrics;
using Fairlead.Statistics.Series;

namespace Fairlead.Samples.Ridership;

/// <summary>The model's errors in a quarter, measured and as they were estimated without labels.</summary>
public sealed record Quarter(DateOnly From, MetricEstimate Error, MetricEstimate Bias, EstimatedMetric Estimated);

/// <summary>When a detector on the daily errors spoke for the first time.</summary>
public sealed record Detection(string Name, DateOnly On);

/// <summary>Inputs of a year against those of the reference.</summary>
public sealed record InputYear(int Year, DriftReport Report);

/// <summary>A day far from the same weekdays before it.</summary>
public sealed record OddDay(DateOnly Date, SeriesReading Reading, double Deviations);

/// <summary>
/// A model that was trained on the first years, watched through the rest, one day after the other: everything below is
/// computed from what was known on its day.
/// </summary>
public sealed class Story
{
    /// <summary>Days that the model is trained on; the same number of years comes out for any order of days.</summary>
    public const int TrainingDays = 1_074;

    /// <summary>Days after that on which the model is evaluated: the reference of everything.</summary>
    public const int ReferenceDays = 366;

    private const double Alpha = 0.05;
    private const int AlertWindow = 28;

    private readonly List<Day> _days;
    private readonly double[] _predicted;

    public Story(IReadOnlyList<Day> days)
    {
        _days = [.. days];
        Model = RidershipModel.Fit(_days.GetRange(0, TrainingDays));
        _predicted = [.. days.Select(Model.Predict)];
        Evaluation = Errors(TrainingDays, Start).MeanAbsoluteError(Alpha);
        Estimator = LossEstimator.Fit(
            [.. Reference.Select(RidershipModel.Features)], _predicted.AsSpan(TrainingDays, ReferenceDays),
            [.. Reference.Select(day => day.Riders)]);
        Quarters = [.. Parts(91).Select(part => QuarterOf(part.From, part.To))];
        Detections = [.. Detect()];
        Inputs = [.. Parts(365).Select(part => InputsOf(part.From, part.To))];
        Alert = [.. RunAlert()];
        OddDays = [.. FindOddDays()];
    }

    public RidershipModel Model { get; }

    /// <summary>The mean absolute error on the reference, in thousands of riders.</summary>
    public MetricEstimate Evaluation { get; }

    public IReadOnlyList<Quarter> Quarters { get; }

    public IReadOnlyList<Detection> Detections { get; }

    /// <summary>The first quarter from which on the model's bias was never again within chance of 0; null where there
    /// is none.</summary>
    public DateOnly? OffSince
    {
        get
        {
            var last = Quarters.Count - 1;
            while (last >= 0 && Quarters[last].Bias.Interval.Low > 0)
                last--;
            return last < Quarters.Count - 1 ? Quarters[last + 1].From : null;
        }
    }

    public IReadOnlyList<InputYear> Inputs { get; }

    /// <summary>The life of the alert "the error of four weeks is surely above 1.5 times that of the
    /// evaluation".</summary>
    public IReadOnlyList<AlertTransition> Alert { get; }

    /// <summary>Days that no holiday explains, the farthest first.</summary>
    public IReadOnlyList<OddDay> OddDays { get; }

    /// <summary>Means of 28 days, measured and predicted, for the plot.</summary>
    public IReadOnlyList<(DateOnly From, double Riders, double Predicted)> Months =>
    [
        .. Enumerable.Range(0, _days.Count / 28).Select(i => (_days[28 * i].Date,
            _days.GetRange(28 * i, 28).Average(day => day.Riders), _predicted.Skip(28 * i).Take(28).Average())),
    ];

    private static int Start => TrainingDays + ReferenceDays;

    private LossEstimator Estimator { get; }

    private List<Day> Reference => _days.GetRange(TrainingDays, ReferenceDays);

    private IEnumerable<(int From, int To)> Parts(int length) => Enumerable.Range(0, (_days.Count - Start) / length)
        .Select(i => (Start + i * length, Start + (i + 1) * length));

    private RegressionTotals Errors(int from, int to)
    {
        var totals = new RegressionTotals();
        for (var i = from; i < to; i++)
            totals.Add(_days[i].Riders, _predicted[i]);
        return totals;
    }

    private Quarter QuarterOf(int from, int to)
    {
        var measured = Errors(from, to);
        var rows = _days.GetRange(from, to - from).Select(RidershipModel.Features).ToArray();
        var estimated = Estimator.Estimate(rows, _predicted.AsSpan(from, to - from), Alpha);
        return new(
            _days[from].Date, measured.MeanAbsoluteError(Alpha), measured.Bias(Alpha), estimated.MeanAbsoluteError);
    }

    /// <summary>
    /// Detectors on the signed error of the day, divided by that of the evaluation. Errors of neighbouring days are
    /// alike, which the textbook limits do not know; so all limits are wide.
    /// </summary>
    private IEnumerable<Detection> Detect()
    {
        (string Name, ConceptDetector Detector)[] detectors =
        [
            ("ADWIN", new Adwin(delta: 1e-6)),
            ("Page–Hinkley", new PageHinkley(ReferenceDays, delta: 0.5, threshold: 60, alpha: 1)),
            ("CUSUM", new Cusum(ReferenceDays, allowance: 0.5, limit: 40)),
            ("EWMA", new Ewma(ReferenceDays, lambda: 0.02, limit: 7)),
        ];
        foreach (var (name, detector) in detectors)
        {
            for (var i = TrainingDays; i < _days.Count; i++)
            {
                if (detector.Add((_days[i].Riders - _predicted[i]) / Evaluation.Value) != DetectorSignal.Drift)
                    continue;
                yield return new(name, _days[i].Date);
                break;
            }
        }
    }

    /// <summary>
    /// Weather of a year against the year of the evaluation. Days of one week have one weather, so a year holds about
    /// a fifth of the evidence that its number of days suggests: every fifth day is taken.
    /// </summary>
    private InputYear InputsOf(int from, int to)
    {
        var policy = new DriftPolicy { MinimumRows = 50 };
        ColumnPair Pair(string name, Func<Day, double> value) => new(
            name, ColumnEvidence.OfNumbers([.. Thinned(TrainingDays, Start).Select(value)]),
            ColumnEvidence.OfNumbers([.. Thinned(from, to).Select(value)]));
        return new(_days[from].Date.Year, DriftJudgement.Judge(
            [
                Pair("temperature", day => day.Temperature), Pair("rain", day => day.Rain),
                Pair("snow", day => day.Snow),
            ],
            policy));
    }

    private IEnumerable<Day> Thinned(int from, int to) => _days.GetRange(from, to - from).Where((_, i) => i % 5 == 0);

    private IEnumerable<AlertTransition> RunAlert()
    {
        var policy = new AlertPolicy
        {
            For = TimeSpan.FromDays(14),
            KeepFiringFor = TimeSpan.FromDays(28),
            LongestGap = TimeSpan.FromDays(2),
            BlindFor = TimeSpan.FromDays(14),
            ShowResolvedFor = TimeSpan.FromDays(14),
        };
        var (state, limit) = (AlertState.New, 1.5 * Evaluation.Value);
        for (var i = Start; i < _days.Count; i++)
        {
            var from = Math.Max(Start, i + 1 - AlertWindow);
            var error = Errors(from, i + 1).MeanAbsoluteError(Alpha);
            var sign = i + 1 - from < AlertWindow ? AlertSign.NoData
                : error.Interval.Low > limit ? AlertSign.Breach
                : AlertSign.Clear;

            // Rows are taken in their order; the clock of the alert is that order, a day each.
            var step = AlertMachine.Next(
                policy, state, [new(sign, error.Value, $"{error.Value:F2} against {limit:F2}")],
                _days[Start].Midnight.AddDays(i - Start));
            state = step.State;
            if (step.Transition is { } transition)
                yield return transition;
        }
    }

    private IEnumerable<OddDay> FindOddDays()
    {
        List<SeriesPoint> past = [];
        List<OddDay> odd = [];
        foreach (var day in _days.OrderBy(day => day.Date))
        {
            var point = new SeriesPoint(day.Midnight, day.Riders);
            var reading = SameHours.Compare(
                past, point, LikeHours.OfWeek, TimeSpan.FromDays(77), BandRule.Robust, deviations: 6, fewest: 8);
            past.Add(point);
            if (past.Count > 80)
                past.RemoveAt(0);
            if (reading.Verdict is SeriesVerdict.Low or SeriesVerdict.High && !day.IsHoliday)
            {
                var width = (reading.Bounds.High - reading.Bounds.Low) / 12;
                odd.Add(new(day.Date, reading, (day.Riders - reading.Expected) / width));
            }
        }

        return odd.OrderByDescending(day => Math.Abs(day.Reading.Value - day.Reading.Expected));
    }
}
