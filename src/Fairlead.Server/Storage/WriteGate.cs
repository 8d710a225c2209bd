using System.Diagnostics.Metrics;
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

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly Meter _meter = new(MeterName);
    private readonly WriteQueue<Work> _waiting;
    private long _commits;
    private long _kept;

    public WriteGate(Database database, TimeProvider time)
    {
        _database = database;
        _time = time;
        _waiting = new(MaxWaiting, "changes", WriteGroupAsync, time);
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
    public long Refused => _waiting.Refused;

    /// <summary>
    /// Does a write and returns once it is on the disk. Throws what the write throws, and what ends the transaction.
    /// </summary>
    /// <param name="work">
    /// Runs once at most; what it saved is rolled back when it throws or has nothing to be kept.
    /// </param>
    /// <param name="cancellation">Lets go of a write that still waits; one that has begun goes to its end.</param>
    public Task RunAsync(Work work, CancellationToken cancellation) => _waiting.RunAsync(work, cancellation);

    public void Dispose() => _meter.Dispose();

    private async Task WriteGroupAsync(List<QueuedWrite<Work>> group, CancellationToken deadline)
    {
        using var turn = await _database.WriterAsync(deadline);
        await using var db = _database.CreateContext();
        db.Database.AutoSavepointsEnabled = false;
        var (transaction, control) = await db.BeginWriteAsync(deadline);
        await using var ended = transaction;

        // Those who wait by now go together. Others may come for ever; they are the next group.
        var most = Math.Min(MaxGroup, _waiting.Count);
        var began = _time.GetTimestamp();
        var kept = 0;
        while (group.Count < most && _time.GetElapsedTime(began) < GroupTime && _waiting.TryTake() is { } next)
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
        QueuedWrite<Work> next, FairleadDbContext db, IDbContextTransaction transaction, ControlRow control,
        CancellationToken deadline)
    {
        const string savepoint = "write";
        await transaction.CreateSavepointAsync(savepoint, deadline);
        db.ChangeTracker.Clear();
        var mine = control.Copy();
        db.Control.Attach(mine);
        if (await next.TryAsync(work => work(db, mine, deadline)))
        {
            await transaction.ReleaseSavepointAsync(savepoint, deadline);
            control.TakeFrom(mine);
            return true;
        }

        await transaction.RollbackToSavepointAsync(savepoint, deadline);
        return false;
    }
}
