using System.Data.Common;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Quality;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Quality;

/// <summary>One answer as it is read for its quality.</summary>
/// <param name="Generation">The generation that answered.</param>
/// <param name="Arm">The arm's permanent number.</param>
/// <param name="Row">What was answered and turned out.</param>
/// <param name="Slices">Values of fields, as JSON.</param>
/// <param name="Features">The numbers that were asked with, as a JSON list; null: none were kept.</param>
internal sealed record ReadAnswer(long Generation, int Arm, LabelledRow Row, string Slices, string? Features);

/// <summary>What is asked of the answers of an endpoint.</summary>
/// <param name="Endpoint">Its number.</param>
/// <param name="Outcome">The outcome, which has the name of the output.</param>
/// <param name="Score">The output, with its element, whose score is wanted; null: none.</param>
/// <param name="From">The first moment of the answers, in milliseconds.</param>
/// <param name="To">The moment after the last.</param>
internal sealed record AnswersQuestion(int Endpoint, string Outcome, string? Score, long From, long To)
{
    /// <summary>How many classes the output has scores of; 0: the score is one class's.</summary>
    public int Classes { get; init; }
}

/// <summary>
/// Reads answers, with what turned out or without, the newest first. Both databases find them by their key: endpoint
/// and time.
/// </summary>
internal sealed class LabelledRead(Database database)
{
    /// <summary>Most answers that are looked at at once: the newest.</summary>
    public const int MostRows = 200_000;

    /// <summary>Most scores of classes that are looked at at once; of many classes there are fewer rows.</summary>
    public const int MostClassScores = 1_000_000;

    private const string Labelled = """
        SELECT o.generation, o.arm, o.label, o.value, o.predicted, s.score, a.unit, o.happened_at, o.time, o.slices,
            a.features, o.randomness
        FROM outcomes o
        LEFT JOIN answers a
            ON a.endpoint = o.endpoint AND a.time = o.time AND a.randomness = o.randomness
        LEFT JOIN answer_scores s
            ON s.endpoint = o.endpoint AND s.time = o.time AND s.randomness = o.randomness AND s.output = @score
        WHERE o.endpoint = @endpoint AND o.time >= @from AND o.time < @to AND o.name = @outcome AND o.joined
        ORDER BY o.time DESC
        LIMIT @most
        """;

    private const string ClassScores = """
        SELECT s.time, s.randomness, s.output, s.score
        FROM outcomes o
        JOIN answer_scores s
            ON s.endpoint = o.endpoint AND s.time = o.time AND s.randomness = o.randomness
        WHERE o.endpoint = @endpoint AND o.time >= @from AND o.time < @to AND o.name = @outcome AND o.joined
            AND s.output IN ({0})
        ORDER BY o.time DESC
        LIMIT @most
        """;

    private const string Answered = """
        SELECT a.generation, a.arm, NULL, NULL, a.labels, s.score, a.unit, NULL, a.time, a.slices, a.features
        FROM answers a
        LEFT JOIN answer_scores s
            ON s.endpoint = a.endpoint AND s.time = a.time AND s.randomness = a.randomness AND s.output = @score
        WHERE a.endpoint = @endpoint AND a.time >= @from AND a.time < @to
        ORDER BY a.time DESC
        LIMIT @most
        """;

    private const string Arrived = """
        SELECT o.generation, o.arm, o.label, o.value, o.predicted, NULL, NULL, o.happened_at, o.time, o.slices, NULL,
            o.joined_at, o.randomness
        FROM outcomes o
        WHERE o.endpoint = @endpoint AND o.name = @outcome AND o.joined_at >= @from AND o.joined_at < @to
        ORDER BY o.joined_at, o.time, o.randomness
        LIMIT @most
        """;

    private const string Corrected = """
        SELECT generation, arm, COUNT(*) FROM outcomes
        WHERE endpoint = @endpoint AND name = @outcome AND received_at >= @from AND received_at < @to
            AND joined_at < @from
        GROUP BY generation, arm
        """;

    private const string Count = """
        SELECT generation, arm, COUNT(*) FROM answers
        WHERE endpoint = @endpoint AND time >= @from AND time < @to
        GROUP BY generation, arm
        """;

    /// <summary>Answers whose outcome has come.</summary>
    public async Task<List<ReadAnswer>> LabelledAsync(AnswersQuestion question, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        if (question.Classes > 0)
            return await OfClassesAsync(statements, question, cancellation);
        return await statements.QueryAsync(
            Labelled, row => Read(row, Text(row, 4)), cancellation, Values(question));
    }

    /// <summary>How many rows are looked at: those whose scores are within what is read at once.</summary>
    public static int MostOf(int classes) => Math.Min(MostRows, MostClassScores / Math.Max(1, classes));

    private static async Task<List<ReadAnswer>> OfClassesAsync(
        Statements statements, AnswersQuestion question, CancellationToken cancellation)
    {
        var most = MostOf(question.Classes);
        var outputs = Enumerable.Range(0, question.Classes)
            .Select(i => (Name: FormattableString.Invariant($"class{i}"),
                Value: (object?)Observation.ElementOf(question.Score!, i).Metric)).ToList();
        var places = outputs.Index().ToDictionary(each => (string)each.Item.Value!, each => each.Index);
        var scores = new Dictionary<(long, long), double[]>();
        await statements.EachAsync(
            ClassScores.Replace(
                "{0}", string.Join(", ", outputs.Select(each => $"@{each.Name}")), StringComparison.Ordinal),
            row =>
            {
                var key = (row.GetInt64(0), row.GetInt64(1));
                if (!scores.TryGetValue(key, out var list))
                    scores.Add(key, list = [.. Enumerable.Repeat(double.NaN, question.Classes)]);
                list[places[row.GetString(2)]] = row.GetDouble(3);
                return ValueTask.CompletedTask;
            }, cancellation,
            [
                ("endpoint", question.Endpoint), ("outcome", question.Outcome), ("from", question.From),
                ("to", question.To), ("most", most * question.Classes), .. outputs,
            ]);
        return await statements.QueryAsync(
            Labelled, row =>
            {
                var read = Read(row, Text(row, 4));
                var found = scores.GetValueOrDefault((row.GetInt64(8), row.GetInt64(11)));
                return read with { Row = read.Row with { ClassScores = found } };
            }, cancellation,
            [.. Values(question).Where(value => value.Item1 != "most"), ("most", most)]);
    }

    /// <summary>All answers, without what turned out.</summary>
    public async Task<List<ReadAnswer>> AnsweredAsync(AnswersQuestion question, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync(
            Answered, row => Read(row, LabelOf(row.GetString(4), question.Outcome)), cancellation, Values(question));
    }

    /// <summary>
    /// Outcomes in the order in which they were joined to their answers, the oldest first, with the moment
    /// (microseconds) at which each was: that is once, whatever is corrected later.
    /// </summary>
    public async Task<List<(long At, ReadAnswer Answer)>> ArrivedAsync(
        AnswersQuestion question, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync(
            Arrived, row => (row.GetInt64(11), Read(row, Text(row, 4))), cancellation, Values(question));
    }

    /// <summary>Outcomes that had been joined before a stretch (microseconds) and got another value in it.</summary>
    public async Task<List<(long Generation, int Arm, long Outcomes)>> CorrectedAsync(
        AnswersQuestion question, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync(
            Corrected, row => (row.GetInt64(0), row.GetInt32(1), row.GetInt64(2)), cancellation,
            ("endpoint", question.Endpoint), ("outcome", question.Outcome), ("from", question.From),
            ("to", question.To));
    }

    /// <summary>How many answers there were, by generation and arm.</summary>
    public async Task<List<(long Generation, int Arm, long Answers)>> CountAsync(
        AnswersQuestion question, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync(
            Count, row => (row.GetInt64(0), row.GetInt32(1), row.GetInt64(2)), cancellation,
            ("endpoint", question.Endpoint), ("from", question.From), ("to", question.To));
    }

    private static (string, object?)[] Values(AnswersQuestion question) =>
    [
        ("endpoint", question.Endpoint), ("outcome", question.Outcome), ("score", question.Score ?? ""),
        ("from", question.From), ("to", question.To), ("most", MostRows),
    ];

    private static ReadAnswer Read(DbDataReader row, string? predicted)
    {
        var time = row.GetInt64(8);
        var labelled = new LabelledRow(Text(row, 2), Number(row, 3), predicted, Number(row, 5))
        {
            Unit = row.IsDBNull(6) ? 0 : (ulong)row.GetInt64(6),
            Delay = row.IsDBNull(7)
                ? TimeSpan.Zero
                : TimeSpan.FromMicroseconds(Math.Max(0, row.GetInt64(7) - time * 1000)),
        };
        return new(row.GetInt64(0), row.GetInt32(1), labelled, row.GetString(9), Text(row, 10));
    }

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static double Number(DbDataReader row, int column) =>
        row.IsDBNull(column) ? double.NaN : row.GetDouble(column);

    private static string? LabelOf(string labels, string outcome) => labels.Length <= 2
        ? null
        : StoredJson.Read<Dictionary<string, string>>(labels).GetValueOrDefault(outcome);
}
