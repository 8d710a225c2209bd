using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Predictions;
using Fairlead.Core.Refusals;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Outcomes;
using Fairlead.Server.Records.Query;
using Fairlead.Server.Records.Shared;
using Fairlead.Server.Storage;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Records;
using Fairlead.Serving.Records.Tables;
using Fairlead.Statistics.Assignment;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Records;

/// <summary>
/// Forgets people: first a row in the database says who, then every replica removes the records. The row stays as a
/// tombstone, so what turns up later (in an append log, in an export under way) is left out as well.
/// <para>
/// The order makes every step repeatable: rows of the database that are found by the records go before the records do,
/// and the person is done with only when all are gone.
/// </para>
/// </summary>
internal sealed class RecordForgetting(
    RecordStore store, RecordQueries queries, Database database, DataFolder folder, ControlPlane control,
    IRecordKey key, IPredictionKeys predictionKeys, SharedRecords? shared = null)
    : IDisposable
{
    private static readonly string[] JoinTables = ["answer_scores", "shadow_examples", "outcomes", "answers"];

    private readonly LocalCopy<long[]> _done = new(folder, "forgotten-done.json");
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Forgets a person; what this replica holds is gone when it returns.</summary>
    public async Task<ForgottenPredictions> ForgetAsync(
        Principal caller, EndpointName name, ForgetPredictionsRequest request, CancellationToken cancellation)
    {
        if (request.Subject.Length is 0 or > 1000 || string.IsNullOrWhiteSpace(request.Reason))
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_subject",
                "Name a subject of at most 1000 characters, and a reason for the audit log."));
        }

        var hash = KeyedHash.Text(await key.ReadAsync(cancellation), request.Subject);
        var (row, outcomes) = await control.WriteAsync(
            caller, request.Reason, write => AddAsync(write, name, request.Subject, hash), cancellation);
        var (rows, joined) = await ApplyAsync(cancellation);
        return new ForgottenPredictions
        {
            Id = row.Id,
            Subject = hash,
            At = Instants.FromMicroseconds(row.At),
            Rows = rows,
            Outcomes = outcomes + joined,
        };
    }

    /// <summary>
    /// Removes the records of everybody whom this replica has not done with; returns the rows and the answers and
    /// outcomes that went. Repeats what an end in the middle left undone.
    /// </summary>
    public async Task<(long Rows, long Outcomes)> ApplyAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            await store.Forgotten.RefreshAsync(cancellation);
            var done = _done.Read() is [var last] ? last : 0;
            var open = store.Forgotten.All.Where(subject => subject.Id > done).ToList();
            if (open.Count == 0)
                return (0, 0);

            foreach (var endpoint in open.Select(subject => subject.Endpoint).Distinct())
                queries.BreakOff(endpoint);
            await store.Log.CloseFileAsync(cancellation);
            var ids = await FindAsync(open, cancellation);
            var outcomes = await RemoveJoinedAsync(ids.OfType<string>().Distinct(), cancellation);
            await store.RollAsync(cancellation);
            await CutAsync(open, cancellation);
            await database.ShredAsync(cancellation);

            // What the bucket holds goes with what lies here; should it be away, the next round begins again.
            if (shared is not null)
                await shared.SyncAsync(null, cancellation);

            // A file that could not be rolled now still holds them; the next round begins again.
            if (store.Log.ClosedFiles().Count == 0)
                _done.Write([open[^1].Id]);
            return (ids.Count, outcomes);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private static async Task<(ForgottenSubjectRow Row, long Outcomes)> AddAsync(
        WriteScope write, EndpointName name, string subject, string hash)
    {
        var endpoint = await EndpointWrites.FindAsync(write.Db, name, write.Cancellation)
            ?? throw new RefusalException(EndpointWrites.NotFound(name));
        var spec = StoredJson.Read<EndpointSpec>(endpoint.Spec);
        var declared = spec.Log?.Subject ?? throw new RefusalException(new Refusal(RefusalKind.Conflict, "no_subject",
            $"The log of '{name}' names no 'subject', so its records cannot be found by a person."));
        var row = new ForgottenSubjectRow
        {
            Endpoint = endpoint.Number,
            Subject = hash,
            At = write.NowMicroseconds,
        };
        write.Db.ForgottenSubjects.Add(row);
        write.Record("predictions.forget", $"endpoints/{name}", null, new { Subject = hash, row.At });
        await write.Db.SaveChangesAsync(write.Cancellation);
        var isUnit = declared == LogSpec.UnitField
            || (spec.Unit.Source == UnitSource.Field && spec.Unit.Name == declared);
        return (row, isUnit ? await RemoveOfUnitAsync(write, endpoint.Number, subject) : 0);
    }

    /// <summary>Answers know the unit by its hash; what was joined to them goes first.</summary>
    private static async Task<long> RemoveOfUnitAsync(WriteScope write, int endpoint, string subject)
    {
        var unit = (long)UnitHash.Of(Encoding.UTF8.GetBytes(subject));
        var (db, cancellation) = (write.Db, write.Cancellation);
        var answers = db.Answers.Where(row => row.Endpoint == endpoint && row.Unit == unit);
        long removed = await db.AnswerScores.Where(row => answers.Any(answer => answer.Endpoint == row.Endpoint
            && answer.Time == row.Time && answer.Randomness == row.Randomness)).ExecuteDeleteAsync(cancellation);
        removed += await db.ShadowExamples.Where(row => answers.Any(answer => answer.Endpoint == row.Endpoint
            && answer.Time == row.Time && answer.Randomness == row.Randomness)).ExecuteDeleteAsync(cancellation);
        removed += await db.Outcomes.Where(row => answers.Any(answer => answer.Endpoint == row.Endpoint
            && answer.Time == row.Time && answer.Randomness == row.Randomness)).ExecuteDeleteAsync(cancellation);
        return removed + await answers.ExecuteDeleteAsync(cancellation);
    }

    /// <summary>The ids of the rows to remove, in either form of the records; null for those without an id.</summary>
    private async Task<List<string?>> FindAsync(List<ForgottenSubject> open, CancellationToken cancellation)
    {
        var found = new List<string?>();
        foreach (var path in store.Log.ClosedFiles())
            found.AddRange(await store.InTurnAsync(() => FindInLog(path), cancellation));
        foreach (var table in TablesOf(open))
        {
            found.AddRange(await store.InTurnAsync(() => store.Tables.Fetch(table) is { } path
                ? TableCut.Find(path, table.Endpoint, store.Forgotten.Has)
                : [], cancellation));
        }

        return found;
    }

    private List<string?> FindInLog(string path)
    {
        var found = new List<string?>();
        if (!File.Exists(path))
            return found;
        using var file = File.OpenRead(path);
        foreach (var record in SegmentForm.Read(file))
        {
            for (var row = 0; row < record.Rows; row++)
            {
                if (store.Forgotten.Has(record.Schema.EndpointNumber, record.Subject(row), record.Microseconds))
                    found.Add(record.PredictionId);
            }
        }

        return found;
    }

    private async Task CutAsync(List<ForgottenSubject> open, CancellationToken cancellation)
    {
        foreach (var table in TablesOf(open))
        {
            await store.InTurnAsync(() =>
            {
                if (store.Tables.Fetch(table) is not { } path
                    || TableCut.Find(path, table.Endpoint, store.Forgotten.Has).Count == 0)
                    return false;
                var draft = store.Tables.Draft();
                if (TableCut.Write(path, draft, table.Endpoint, store.Forgotten.Has) == 0)
                {
                    File.Delete(draft);
                    store.Tables.Delete(table);
                }
                else
                {
                    store.Tables.Publish(draft, table);
                }

                return true;
            }, cancellation);
        }
    }

    private IEnumerable<RecordTable> TablesOf(List<ForgottenSubject> open) =>
        open.Select(subject => subject.Endpoint).Distinct().SelectMany(endpoint => store.Tables.List(endpoint));

    /// <summary>Removes answers, and what was joined to them, by the ids of their predictions.</summary>
    internal Task<long> RemoveJoinedAsync(IEnumerable<string> ids, CancellationToken cancellation) =>
        database.StateAsync(async statements =>
        {
            long removed = 0;
            foreach (var text in ids)
            {
                if (!PredictionId.TryRead(Encoding.ASCII.GetBytes(text), predictionKeys.Find, out var id))
                    continue;
                foreach (var table in JoinTables)
                {
                    removed += await statements.ExecuteAsync(
                        $"DELETE FROM {table} WHERE endpoint = @endpoint AND time = @time "
                            + "AND randomness % 281474976710656 = @randomness",
                        cancellation, ("endpoint", id.EndpointNumber), ("time", id.UnixMilliseconds),
                        ("randomness", FactsStore.Key(id.Randomness)));
                }
            }

            return removed;
        }, cancellation);
}
