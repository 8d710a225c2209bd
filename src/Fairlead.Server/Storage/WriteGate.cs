using System.Diagnostics.Metrics;
using Fairlead.Core.Refusals;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fairlead.Server.Storage;

/// <summary>
/// The way of every control-plane write to the disk. Writes that come while another is being committed wait here and go
/// together: one transaction, one flush to disk for all of them, a savepoint for each. A write that is refused or fails
/// is rolled back to its savepoint and told so; its neighbours are kept. Nobody is told of success before the commit,
/// so what was acknowledged is on the disk.
/// </summary>
internal sealed class WriteGate : IDisposable
{
    public const string MeterName = "Fairlead.Server";

    /// <summary>Most writes that wait; a further one is refused, to be tried again.</summary>
    public const int MaxWaiting = 1024;

    /// <summary>Most writes of one transaction.</summary>
    public const int MaxGroup = 64;

    /// <summary>
    /// Once a transaction has taken so long, it is committed, and whoever still waits goes with the next one.
    /// </summary>
    public static readonly TimeSpan GroupTime = TimeSpan.FromSeconds(1);

    /// <summary>Longest run of a transaction: a write that hangs must not hold up all others for ever.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly Meter _meter = new(MeterName);
    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _waiting = new();
    private bool _isWriting;
    private long _commits;
    private long _kept;
    private long _refused;

    public WriteGate(Database database, TimeProvider time)
    {
        _database = database;
        _time = time;
        _meter.CreateObservableCounter("fairlead.control.commits", () => Commits,
            description: "Transactions of the control plane");
        _meter.CreateObservableCounter("fairlead.control.writes", () => Kept,
            description: "Writes of the control plane that were kept");
        _meter.CreateObservableCounter("fairlead.control.writes_refused", () => Refused,
            description: "Writes that were refused because too many waited");
    }

    /// <summary>One write inside the transaction; says whether anything is to be kept.</summary>
    public delegate Task<bool> Work(FairleadDbContext db, ControlRow control, CancellationToken deadline);

    /// <summary>Transactions that were committed.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Writes that were kept.</summary>
    public long Kept => Interlocked.Read(ref _kept);

    /// <summary>Writes that were refused because too many waited.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>
    /// Does a write and returns once it is on the disk. Throws what the write throws, and what ends the transaction.
    /// </summary>
    /// <param name="work">
    /// Runs once at most; what it saved is rolled back when it throws or has nothing to be kept.
    /// </param>
    /// <param name="cancellation">Lets go of a write that still waits; one that has begun goes to its end.</param>
    public async Task RunAsync(Work work, CancellationToken cancellation)
    {
        var waiting = new Waiting(work, cancellation);
        lock (_lock)
        {
            if (_waiting.Count >= MaxWaiting)
            {
                Interlocked.Increment(ref _refused);
                throw new RefusalException(new Refusal(RefusalKind.Unavailable, "too_many_writes",
                    $"{MaxWaiting} changes wait to be stored already; try this again later."));
            }

            _waiting.Enqueue(waiting);
            if (!_isWriting)
            {
                _isWriting = true;
                _ = Task.Run(WriteAsync, CancellationToken.None);
            }
        }

        await waiting.Done;
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Writes group after group until nobody waits.</summary>
    private async Task WriteAsync()
    {
        while (true)
        {
            var group = new List<Waiting>();
            try
            {
                using var deadline = new CancellationTokenSource(Deadline, _time);
                await WriteGroupAsync(group, deadline.Token);
            }
            catch (Exception failure)
            {
                // The transaction is gone, and with it every write that had been part of it. When it could not even
                // begin, whoever waits is told so now: the next try may take as long to fail.
                if (group.Count == 0)
                {
                    while (TryTake() is { } next)
                        group.Add(next);
                }

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

    private async Task WriteGroupAsync(List<Waiting> group, CancellationToken deadline)
    {
        using var turn = await _database.WriterAsync(deadline);
        await using var db = _database.CreateContext();
        db.Database.AutoSavepointsEnabled = false;
        var (transaction, control) = await db.BeginWriteAsync(deadline);
        await using var ended = transaction;

        // Those who wait by now go together. Others may come for ever; they are the next group.
        var most = Math.Min(MaxGroup, Count());
        var began = _time.GetTimestamp();
        var kept = 0;
        while (group.Count < most && _time.GetElapsedTime(began) < GroupTime && TryTake() is { } next)
        {
            group.Add(next);
            if (await TryKeepAsync(next, db, transaction, control, deadline))
                kept++;
        }

        // From here on nobody's hanging up decides what was kept.
        if (kept > 0)
        {
            await transaction.CommitAsync(CancellationToken.None);
            Interlocked.Increment(ref _commits);
            Interlocked.Add(ref _kept, kept);
        }

        // A refusal is told after the commit too: it may rest on what a neighbour wrote.
        group.ForEach(each => each.End());
    }

    /// <summary>Does one write of a group behind a savepoint, and rolls it back unless it is to be kept.</summary>
    private static async Task<bool> TryKeepAsync(
        Waiting next, FairleadDbContext db, IDbContextTransaction transaction, ControlRow control,
        CancellationToken deadline)
    {
        const string savepoint = "write";
        await transaction.CreateSavepointAsync(savepoint, deadline);
        db.ChangeTracker.Clear();
        var mine = control.Copy();
        db.Control.Attach(mine);
        if (await next.TryAsync(db, mine, deadline))
        {
            await transaction.ReleaseSavepointAsync(savepoint, deadline);
            control.TakeFrom(mine);
            return true;
        }

        await transaction.RollbackToSavepointAsync(savepoint, deadline);
        return false;
    }

    private int Count()
    {
        lock (_lock)
            return _waiting.Count;
    }

    private Waiting? TryTake()
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
    private sealed class Waiting(Work work, CancellationToken caller)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _failure;

        public Task Done => _done.Task;

        /// <summary>Ends a write whose caller went away before it began.</summary>
        public bool TryGiveUp() => caller.IsCancellationRequested && _done.TrySetCanceled(caller);

        public async Task<bool> TryAsync(FairleadDbContext db, ControlRow control, CancellationToken deadline)
        {
            try
            {
                return await work(db, control, deadline);
            }
            catch (Exception failure)
            {
                _failure = failure;
                return false;
            }
        }

        /// <summary>Tells the caller what became of the write, after the commit.</summary>
        public void End()
        {
            if (_failure is null)
                _done.TrySetResult();
            else
                _done.TrySetException(_failure);
        }

        /// <summary>Tells the caller that the transaction failed, unless the write had failed before.</summary>
        public void Fail(Exception failure) => _done.TrySetException(_failure ?? failure);
    }
}
