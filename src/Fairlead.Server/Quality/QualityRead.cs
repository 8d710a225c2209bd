using System.Collections.Immutable;
using Fairlead.Client.Api;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Metrics;

namespace Fairlead.Server.Quality;

/// <summary>What is asked about the quality of an endpoint's answers.</summary>
internal sealed record QualityAsk(string Outcome, AnswerKind Task, DateTimeOffset From, DateTimeOffset To)
{
    public string? Positive { get; init; }

    public string? Score { get; init; }

    /// <summary>The class of each score of the output; empty: the score is one class's.</summary>
    public ImmutableArray<string> Classes { get; init; } = [];

    public string? By { get; init; }

    public string? Variant { get; init; }

    public double Alpha { get; init; } = 0.05;

    public int Places { get; init; } = 10;
}

/// <summary>Tells how good answers were once their outcomes are there, by version and segment.</summary>
internal sealed class QualityRead(Database database, LabelledRead answers, Evaluations evaluations)
{
    private static readonly double[] DelayShares = [0.5, 0.9, 0.99];

    public async Task<QualityInfo> ReadAsync(EndpointRow endpoint, QualityAsk ask, CancellationToken cancellation)
    {
        var question = new AnswersQuestion(endpoint.Number, ask.Outcome, ask.Score,
            ask.From.ToUnixTimeMilliseconds(), ask.To.ToUnixTimeMilliseconds())
        {
            Classes = ask.Classes.Length,
        };
        var rows = await answers.LabelledAsync(question, cancellation);
        var counts = await answers.CountAsync(question, cancellation);
        if (rows.Count == 0)
            throw new RefusalException(Nothing(endpoint.Name, ask, counts.Sum(arm => arm.Answers)));

        var all = counts.ConvertAll(arm => arm.Generation).Concat(rows.Select(row => row.Generation)).ToList();
        var versions = await ArmVersions.ReadAsync(
            database, endpoint.Number, all.Min(), all.Max(), cancellation);
        var arms = new List<ArmQualityInfo>();
        foreach (var group in Segments.Of(rows, versions, variant => ask.Variant is null || ask.Variant == variant,
            ask.By))
        {
            var evaluation = await evaluations.OfAsync(group.Arm.Version, cancellation);
            var asked = group.Name is null
                ? counts.Where(arm => versions.Find(arm.Generation, arm.Arm) == group.Arm).Sum(arm => arm.Answers)
                : (long?)null;
            arms.Add(Shown(group, ask, evaluation, asked));
        }

        return new QualityInfo
        {
            Endpoint = endpoint.Name,
            Outcome = ask.Outcome,
            Task = ask.Task.ToString().ToLowerInvariant(),
            Positive = ask.Positive,
            From = ask.From,
            To = ask.To,
            Alpha = ask.Alpha,
            Newest = rows.Count == LabelledRead.MostOf(ask.Classes.Length) ? rows.Count : null,
            Arms = arms,
        };
    }

    private static ArmQualityInfo Shown(
        Segment group, QualityAsk ask, IReadOnlyDictionary<string, double> evaluation, long? asked)
    {
        var figures = QualityFigures.Of(ask.Task, group.Rows, ask.Positive, ask.Alpha, ask.Places, ask.Classes);
        return new ArmQualityInfo
        {
            Variant = group.Arm.Variant,
            Version = group.Arm.Version,
            Segment = group.Name,
            Rows = figures.Rows,
            Unusable = figures.Unusable,
            Answers = asked,
            Delay = Delay(group.Rows),
            Figures = [.. figures.Figures.Select(figure => new QualityFigureInfo
            {
                Name = figure.Name,
                Of = figure.Of,
                Value = StoredJson.Figure(figure.Estimate.Value),
                Low = StoredJson.Figure(figure.Estimate.Interval.Low),
                High = StoredJson.Figure(figure.Estimate.Interval.High),
                Evaluation = evaluation.TryGetValue(figure.Name, out var before) ? before : null,
            })],
            Classes = figures.Classes,
            Confusion = [.. figures.Confusion.Select(row => (IReadOnlyList<long>)row)],
            Reliability = [.. figures.Reliability.Select(bin => Shown(bin, ask.Alpha))],
        };
    }

    private static ReliabilityInfo Shown(CalibrationBin bin, double alpha)
    {
        var interval = bin.Interval(alpha);
        return new(bin.Predicted, bin.Observed, interval.Low, interval.High, bin.Count);
    }

    private static LabelDelayInfo Delay(IReadOnlyList<LabelledRow> rows)
    {
        double[] delays = [.. rows.Select(row => row.Delay.TotalSeconds).Order()];
        double[] at = [.. DelayShares.Select(share => delays[(int)Math.Ceiling(share * delays.Length) - 1])];
        return new(at[0], at[1], at[2]);
    }

    private static Refusal Nothing(string endpoint, QualityAsk ask, long asked) => new(
        RefusalKind.NotFound, "no_outcomes", asked == 0
            ? $"No answers of '{endpoint}' from {ask.From:u} to {ask.To:u} were kept to be joined to outcomes; a "
                + "monitor of quality, a rollout or a control group has them kept."
            : $"{asked} answers of '{endpoint}' from {ask.From:u} to {ask.To:u} were kept, and no outcome "
                + $"'{ask.Outcome}' has come for any of them; see 'fairlead outcomes show'.");
}
