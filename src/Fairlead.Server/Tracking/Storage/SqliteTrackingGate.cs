using System.Data;
using System.Data.Common;
using Fairlead.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Fairlead.Server.Tracking.Storage;

/// <summary>
/// Tracking in the SQLite file, by one connection of its own whose statements stay prepared. Writes that come together
/// go in one transaction, each behind a savepoint. The connection does not flush each commit to the medium: a killed
/// process loses nothing, a power failure may lose the last moments, which a training can log again.
/// </summary>
internal sealed class SqliteTrackingGate : ITrackingGate
{
    private const int MaxWaiting = 4096;
    private const int MaxGroup = 64;
    private const string Pragmas =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 30000;";

    /// <summary>After so long a transaction is committed, so that the control plane gets its turn.</summary>
    private static readonly TimeSpan GroupTime = TimeSpan.FromMilliseconds(100);

    private readonly Database _database;
    private readonly DataFolder _folder;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, DbCommand> _prepared = [];
    private readonly WriteQueue<Func<TrackingTransaction, CancellationToken, Task>> _waiting;
    private SqliteConnection? _connection;
    private long _kept;

    public SqliteTrackingGate(Database database, DataFolder folder, TimeProvider time)
    {
        (_database, _folder, _time) = (database, folder, time);
        _waiting = new(MaxWaiting, "writes", WriteGroupAsync, time);
    }

    public int Waiting => _waiting.Count;

    public long Kept => Interlocked.Read(ref _kept);

    public long Refused => _waiting.Refused;

    public async Task<T> WriteAsync<T>(
        Func<TrackingTransaction, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        var result = default(T)!;
        await _waiting.RunAsync(
            async (transaction, deadline) => result = await work(transaction, deadline), cancellation);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _waiting.Writing;
        foreach (var command in _prepared.Values)
            await command.DisposeAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    private async Task WriteGroupAsync(
        List<QueuedWrite<Func<TrackingTransaction, CancellationToken, Task>>> group, CancellationToken deadline)
    {
        using var turn = await _database.WriterAsync(deadline);
        var connection = await ConnectionAsync(deadline);
        var kept = 0;
        await using (var begun = connection.BeginTransaction(IsolationLevel.Serializable, deferred: false))
        {
            var transaction = new TrackingTransaction(connection, _prepared) { Transaction = begun };
            var began = _time.GetTimestamp();
            while (group.Count < MaxGroup && _time.GetElapsedTime(began) < GroupTime
                && _waiting.TryTake() is { } next)
            {
                group.Add(next);
                await transaction.ExecuteAsync("SAVEPOINT one", deadline);
                var keeps = await next.TryAsync(async work =>
                {
                    await work(transaction, deadline);
                    return true;
                });
                if (!keeps)
                    await transaction.ExecuteAsync("ROLLBACK TO one", deadline);
                await transaction.ExecuteAsync("RELEASE one", deadline);
                kept += keeps ? 1 : 0;
            }

            await begun.CommitAsync(CancellationToken.None);
        }

        Interlocked.Add(ref _kept, kept);
        group.ForEach(each => each.End());
    }

    private async Task<SqliteConnection> ConnectionAsync(CancellationToken cancellation)
    {
        if (_connection is not null)
            return _connection;

        var connection = new SqliteConnection(SqliteFile.ConnectionTo(_folder.DatabaseFile));
        try
        {
            await connection.OpenAsync(cancellation);
            await using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        return _connection = connection;
    }
}
