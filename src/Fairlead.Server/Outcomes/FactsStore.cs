using Fairlead.Core.Endpoints;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;
using Fairlead.Serving.Facts;
using Fairlead.Statistics;
using Fairlead.Statistics.Buckets;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Outcomes;

/// <summary>Takes the facts and the answers of this replica into the database, by prepared statements.</summary>
internal sealed class FactsStore(
    Database database, Replica replica, ShadowExampleStore examples, TimeProvider time) : IFactsSink
{
    private const string PutFacts = """
        INSERT INTO facts (replica, endpoint, generation, arm, image, at)
        VALUES (@replica, @endpoint, @generation, @arm, @image, @at)
        ON CONFLICT (replica, endpoint, generation, arm) DO UPDATE SET image = excluded.image, at = excluded.at
        """;

    private const string PutAnswer = """
        INSERT INTO answers
            (endpoint, time, randomness, generation, arm, bucket, unit, sampled, labels, slices, features)
        VALUES (@endpoint, @time, @randomness, @generation, @arm, @bucket, @unit, @sampled, @labels, @slices, @features)
        ON CONFLICT (endpoint, time, randomness) DO NOTHING
        """;

    private const string PutScore = """
        INSERT INTO answer_scores (endpoint, time, randomness, output, score, bin, loss_if_true, loss_if_false)
        VALUES (@endpoint, @time, @randomness, @output, @score, @bin, @loss_if_true, @loss_if_false)
        ON CONFLICT (endpoint, time, randomness, output) DO NOTHING
        """;

    public Task StoreAsync(IReadOnlyList<FactsReport> reports, CancellationToken cancellation) =>
        ManyAsync(PutFacts, reports, (values, report) =>
        {
            values.Set("replica", replica.Incarnation);
            values.Set("endpoint", report.EndpointNumber);
            values.Set("generation", report.Generation);
            values.Set("arm", report.Arm.ToString());
            values.Set("image", report.Facts.ToBytes());
            values.Set("at", time.MicrosecondsNow());
        }, cancellation);

    public Task StoreAsync(
        VariantName arm, IReadOnlyList<ShadowExample> worst, CancellationToken cancellation) =>
        examples.StoreAsync(arm, worst, cancellation);

    /// <summary>Scores come first: whoever finds an answer finds its scores.</summary>
    public async Task StoreAsync(IReadOnlyList<AnswerRecord> records, CancellationToken cancellation)
    {
        var scores = records.SelectMany(Scores).ToList();
        if (scores.Count > 0)
            await ManyAsync(PutScore, scores, Fill, cancellation);
        await AnswersAsync(records, cancellation);
    }

    private static IEnumerable<AnswerScoreRow> Scores(AnswerRecord record) =>
        record.Scores.Zip(record.Observation.Scores)
            .Where(pair => !double.IsNaN(pair.First))
            .Select(pair => new AnswerScoreRow
            {
                Endpoint = record.Id.EndpointNumber,
                Time = record.Id.UnixMilliseconds,
                Randomness = Key(record.Id.Randomness, record.Row),
                Output = pair.Second.Metric,
                Score = pair.First,
                Bin = ScoreBins.Of(pair.First),
                LossIfTrue = StoredJson.Figure(LogLoss.Of(pair.First, happened: true)),
                LossIfFalse = StoredJson.Figure(LogLoss.Of(pair.First, happened: false)),
            });

    private static void Fill(RowValues values, AnswerScoreRow score)
    {
        values.Set("endpoint", score.Endpoint);
        values.Set("time", score.Time);
        values.Set("randomness", score.Randomness);
        values.Set("output", score.Output);
        values.Set("score", score.Score);
        values.Set("bin", score.Bin);
        values.Set("loss_if_true", score.LossIfTrue ?? (object)DBNull.Value);
        values.Set("loss_if_false", score.LossIfFalse ?? (object)DBNull.Value);
    }

    private Task AnswersAsync(IReadOnlyList<AnswerRecord> records, CancellationToken cancellation) =>
        ManyAsync(PutAnswer, records, (values, record) =>
        {
            values.Set("endpoint", record.Id.EndpointNumber);
            values.Set("time", record.Id.UnixMilliseconds);
            values.Set("randomness", Key(record.Id.Randomness, record.Row));
            values.Set("generation", record.Id.Generation);
            values.Set("arm", record.Id.ArmNumber);
            values.Set("bucket", record.IsAssigned ? BucketTotals.BucketOf(record.Unit) : NoBucket);
            values.Set("unit", (long)record.Unit);
            values.Set("sampled", record.Sampled);
            values.Set("labels", Json(record.Observation.Labels, record.Labels));
            values.Set("slices", Json(record.Observation.Slices, record.Slices));
            values.Set("features", record.Features.Count == 0
                ? DBNull.Value
                : StoredJson.Write(record.Features));
        }, cancellation);

    /// <summary>The bucket of an answer that no unit drew: it takes no part in what arms are compared by.</summary>
    internal const int NoBucket = -1;

    /// <summary>
    /// By which a row of a prediction is known: a prediction id keeps 48 bits of its randomness, and above them stands
    /// which row of the request it is.
    /// </summary>
    internal static long Key(ulong randomness, int row = 0) =>
        (long)(randomness & 0xFFFF_FFFF_FFFF) | ((long)row << 48);

    private static string Json(IReadOnlyList<string> names, IReadOnlyList<string?> values)
    {
        if (names.Count == 0)
            return "{}";
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (values[i] is { } value)
                pairs[names[i]] = value;
        }

        return StoredJson.Write(pairs);
    }

    private Task ManyAsync<T>(
        string sql, IReadOnlyList<T> rows, Action<RowValues, T> fill, CancellationToken cancellation) =>
        database.OperateAsync(async db =>
        {
            await db.Database.OpenConnectionAsync(cancellation);
            var connection = db.Database.GetDbConnection();
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await ManyRows.WriteAsync(connection, transaction, sql, rows, fill, cancellation);
            await transaction.CommitAsync(CancellationToken.None);
        }, cancellation);
}
