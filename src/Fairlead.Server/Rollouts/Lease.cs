using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Rollouts;

/// <summary>
/// This process lost the lease: another one has taken over, and what was decided here no longer counts.
/// </summary>
internal sealed class LeaseLostException(string message) : Exception(message);

/// <summary>
/// The right to run the controller, which one process has at a time. Every take-over makes a larger token, and every
/// write of the controller checks its token in its own transaction: a process that was stopped beyond its lease can no
/// longer change anything when it wakes up, whatever its clock says.
/// </summary>
internal sealed class Lease(
    Database database, Replica replica, ControlPlaneOptions options, TimeProvider time, ILogger<Lease> log)
{
    /// <summary>The lease's name in the table.</summary>
    public const string Rollouts = "rollouts";

    private long _token;
    private long _renewed;

    /// <summary>
    /// Takes the lease, or renews it when a third of it is over; the token, or null while another process has it.
    /// </summary>
    public async Task<long?> HoldAsync(CancellationToken cancellation)
    {
        if (_token > 0 && time.GetElapsedTime(_renewed) < options.ControllerLease / 3)
            return _token;
        if (_token > 0 && await RenewAsync(cancellation))
            return _token;

        if (_token > 0)
            log.LeaseLost(_token);
        _token = await IsFreeAsync(cancellation) ? await TakeAsync(cancellation) : 0;
        return _token > 0 ? _token : null;
    }

    /// <summary>Gives the lease back at an orderly end, so that nobody waits for it to run out.</summary>
    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        var token = Interlocked.Exchange(ref _token, 0);
        if (token == 0)
            return;
        await ExtendAsync(token, 0, cancellation);
    }

    /// <summary>
    /// Throws <see cref="LeaseLostException"/> unless a token is still the newest. Called inside a transaction that
    /// holds the control row's lock, which a take-over needs too: nobody takes over between this and the commit.
    /// </summary>
    public static async Task FenceAsync(FairleadDbContext db, long token, CancellationToken cancellation)
    {
        var present = await db.Leases.Where(row => row.Name == Rollouts).Select(row => row.Token)
            .SingleOrDefaultAsync(cancellation);
        if (present != token)
        {
            throw new LeaseLostException(
                $"The lease '{Rollouts}' is at token {present}; this process has {token} and may write no more.");
        }
    }

    /// <summary>
    /// Writes in one transaction that holds the control row's lock and counts only while a token is the newest; throws
    /// <see cref="LeaseLostException"/> otherwise, and nothing was written.
    /// </summary>
    public static Task WriteAsync(
        Database database, long token, Func<FairleadDbContext, Task> write, CancellationToken cancellation) =>
        database.OperateAsync(async db =>
        {
            var (transaction, _) = await db.BeginWriteAsync(cancellation);
            await using var ended = transaction;
            await FenceAsync(db, token, cancellation);
            await write(db);
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(CancellationToken.None);
        }, cancellation);

    /// <summary>
    /// The token of a replica that has the lease, for work whose writes are fenced by it, or that does no harm when two
    /// do it; null where another one has it. It asks and takes nothing.
    /// </summary>
    public static async Task<long?> TokenOfAsync(
        Database database, Replica replica, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.NumberAsync(
            "SELECT token FROM leases WHERE name = @name AND holder = @holder", cancellation,
            ("name", Rollouts), ("holder", replica.Name));
    }

    private async Task<bool> RenewAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var renewed = await ExtendAsync(_token, Until(), cancellation);
        _renewed = started;
        return renewed;
    }

    /// <summary>Moves the end of the lease; says whether a token is still the newest.</summary>
    private async Task<bool> ExtendAsync(long token, long until, CancellationToken cancellation) =>
        await database.StateAsync(statements => statements.ExecuteAsync(
            "UPDATE leases SET expires_at = @until WHERE name = @name AND holder = @holder AND token = @token",
            cancellation, ("until", until), ("name", Rollouts), ("holder", replica.Name), ("token", token)),
            cancellation) == 1;

    private async Task<bool> IsFreeAsync(CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return IsFree(await FindAsync(statements, cancellation));
    }

    private static async Task<LeaseRow?> FindAsync(Statements statements, CancellationToken cancellation) =>
        (await statements.QueryAsync(
            "SELECT holder, token, expires_at FROM leases WHERE name = @name",
            row => new LeaseRow
            {
                Name = Rollouts,
                Holder = row.GetString(0),
                Token = row.GetInt64(1),
                ExpiresAt = row.GetInt64(2),
            },
            cancellation, ("name", Rollouts))).SingleOrDefault();

    /// <summary>
    /// A life of this process before has ended, for the data folder is locked; and a SQLite file has one process.
    /// </summary>
    private bool IsFree(LeaseRow? row) => row is null || row.Holder == replica.Name || !database.IsShared
        || row.ExpiresAt <= time.MicrosecondsNow();

    private async Task<long> TakeAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var token = await database.StateAsync(statements => TakeAsync(statements, cancellation), cancellation);
        if (token == 0)
            return 0;
        _renewed = started;
        log.LeaseTaken(token);
        return token;
    }

    /// <summary>The token of a lease that was free; 0 where it was not.</summary>
    private async Task<long> TakeAsync(Statements statements, CancellationToken cancellation)
    {
        await statements.BeginWriteAsync(cancellation);
        var row = await FindAsync(statements, cancellation);
        if (!IsFree(row))
            return 0;

        var token = (row?.Token ?? 0) + 1;
        await statements.ExecuteAsync(
            "INSERT INTO leases (name, holder, token, expires_at) VALUES (@name, @holder, @token, @until) "
                + "ON CONFLICT (name) DO UPDATE SET holder = @holder, token = @token, expires_at = @until",
            cancellation, ("name", Rollouts), ("holder", replica.Name), ("token", token), ("until", Until()));
        await statements.CommitAsync(cancellation);
        return token;
    }

    private long Until() => (time.GetUtcNow() + options.ControllerLease).ToMicroseconds();
}
