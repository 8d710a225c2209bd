using System.Data;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Npgsql;

namespace Fairlead.Server.Tracking.Storage;

/// <summary>
/// Tracking in PostgreSQL: every write is a transaction of its own, a bounded number of them at once. Rows are locked
/// in one order, so writers wait for each other and do not deadlock; where the database ends one all the same, it is
/// tried again.
/// </summary>
internal sealed class PostgresTrackingGate(ControlPlaneOptions options, TimeProvider time) : ITrackingGate
{
    private const int MaxWaiting = 4096;
    private const int MaxAtOnce = 8;
    private const int MaxAttempts = 8;

    private readonly SemaphoreSlim _turns = new(MaxAtOnce, MaxAtOnce);
    private int _waiting;
    private long _kept;
    private long _refused;

    public int Waiting => Volatile.Read(ref _waiting);

    public long Kept => Interlocked.Read(ref _kept);

    public long Refused => Interlocked.Read(ref _refused);

    public async Task<T> WriteAsync<T>(
        Func<TrackingTransaction, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            Interlocked.Increment(ref _refused);
            throw new RefusalException(new Refusal(RefusalKind.Unavailable, "too_many_writes",
                $"{MaxWaiting} writes wait to be stored already; try this again later."));
        }

        try
        {
            if (!await _turns.WaitAsync(WriteDeadline.Longest, cancellation))
                throw WriteDeadline.Passed;
            try
            {
                var result = await WriteNowAsync(work);
                Interlocked.Increment(ref _kept);
                return result;
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public ValueTask DisposeAsync()
    {
        _turns.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<T> WriteNowAsync<T>(Func<TrackingTransaction, CancellationToken, Task<T>> work)
    {
        using var deadline = new CancellationTokenSource(WriteDeadline.Longest, time);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(work, deadline.Token);
            }
            catch (Exception failure) when (attempt < MaxAttempts && Database.IsRetryable(failure))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5 << attempt), time, CancellationToken.None);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                throw WriteDeadline.Passed;
            }
        }
    }

    private async Task<T> TryAsync<T>(
        Func<TrackingTransaction, CancellationToken, Task<T>> work, CancellationToken deadline)
    {
        await using var connection = new NpgsqlConnection(options.PostgresConnection);
        await connection.OpenAsync(deadline);
        await using var begun = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, deadline);
        var transaction = new TrackingTransaction(connection) { Transaction = begun };
        var result = await work(transaction, deadline);
        await begun.CommitAsync(CancellationToken.None);
        return result;
    }
}
