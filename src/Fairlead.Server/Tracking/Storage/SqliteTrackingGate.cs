using System.Data;
using System.Data.Common;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Fairlead.Server.Tracking.Storage;

/// <summary>
/// Tracking in the SQLite file, by one connection of its own whose statements stay prepared. Writes that come together
/// go in one transaction, each behind a savepoint. The connection does not flush each commit to the medium: a killed
/// process loses nothing, a power failure may lose the last moments, which a training can log again.
/// </summary>
internal sealed class SqliteTrackingGate(Database database, DataFolder folder, TimeProvider time) : ITrackingGate
{
    private const int MaxWaiting = 4096;
    private const int MaxGroup = 64;
    private const string Pragmas =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 30000;";

    /// <summary>After so long a transaction is committed, so that the control plane gets its turn.</summary>
    private static readonly TimeSpan GroupTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest run of a transaction.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, DbCommand> _prepared = [];
    private readonly Lock _lock = new();
    private readonly Queue<Write> _waiting = new();
    private SqliteConnection? _connection;
    private bool _isWriting;
    private Task _writing = Task.CompletedTask;
    private long _kept;
    private long _refused;

    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    public long Kept => Interlocked.Read(ref _kept);

    public long Refused => Interlocked.Read(ref _refused);

    public async Task<T> WriteAsync<T>(
        Func<TrackingTransaction, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        var result = default(T)!;
        var write = new Write(
            async (transaction, deadline) => result = await work(transaction, deadline), cancellation);
        lock (_lock)
        {
            if (_waiting.Count >= MaxWaiting)
            {
                Interlocked.Increment(ref _refused);
                throw new RefusalException(new Refusal(RefusalKind.Unavailable, "too_many_writes",
                    $"{MaxWaiting} writes wait to be stored already; try this again later."));
            }

            _waiting.Enqueue(write);
            if (!_isWriting)
            {
                _isWriting = true;
                _writing = Task.Run(WriteAllAsync, CancellationToken.None);
            }
        }

        await write.Done;
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _writing;
        foreach (var command in _prepared.Values)
            await command.DisposeAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            var group = new List<Write>();
            try
            {
                using var deadline = new CancellationTokenSource(Deadline, time);
                await WriteGroupAsync(group, deadline.Token);
            }
            catch (Exception failure)
            {
                while (group.Count == 0 && TryTake() is { } next)
                    group.Add(next);
                group.ForEach(each => each.Fail(failure));
            }

            lock (_lock)
            {
                if (_waiting.Count > 0)
                    continue;
                _isWriting = false;
                return;
            }
        }
    }

    private async Task WriteGroupAsync(List<Write> group, CancellationToken deadline)
    {
        using var turn = await database.WriterAsync(deadline);
        var connection = await ConnectionAsync(deadline);
        var kept = 0;
        await using (var begun = connection.BeginTransaction(IsolationLevel.Serializable, deferred: false))
        {
            var transaction = new TrackingTransaction(connection, _prepared) { Transaction = begun };
            var began = time.GetTimestamp();
            while (group.Count < MaxGroup && time.GetElapsedTime(began) < GroupTime && TryTake() is { } next)
            {
                group.Add(next);
                await transaction.ExecuteAsync("SAVEPOINT one", deadline);
                var keeps = await next.TryAsync(transaction, deadline);
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

        var connection = new SqliteConnection(SqliteFairleadDbContext.ConnectionTo(folder.DatabaseFile));
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

    private Write? TryTake()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var next))
            {
                if (!next.TryGiveUp())
                    return next;
            }

            return null;
        }
    }

    /// <summary>A write and whoever waits for it.</summary>
    private sealed class Write(Func<TrackingTransaction, CancellationToken, Task> work, CancellationToken caller)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _failure;

        public Task Done => _done.Task;

        public bool TryGiveUp() => caller.IsCancellationRequested && _done.TrySetCanceled(caller);

        public async Task<bool> TryAsync(TrackingTransaction transaction, CancellationToken deadline)
        {
            try
            {
                await work(transaction, deadline);
                return true;
            }
            catch (Exception failure)
            {
                _failure = failure;
                return false;
            }
        }

        public void End()
        {
            if (_failure is null)
                _done.TrySetResult();
            else
                _done.TrySetException(_failure);
        }

        public void Fail(Exception failure) => _done.TrySetException(_failure ?? failure);
    }
}
