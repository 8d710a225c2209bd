using Fairlead.Core.Access;
using Fairlead.Core.Audit;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Hosting;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Audit;

/// <summary>
/// Seals what was committed to the audit log, where the lease of the rollouts is held, and removes what retention says.
/// Writers neither wait for it nor for each other. Two processes that both believe to hold the lease do no harm: each
/// locks the head of the chain and goes on from what it finds there.
/// </summary>
internal sealed class AuditSealer(
    Database database, Replica replica, AuditRetention retention, AuditMeter meter, TimeProvider time,
    ILogger<AuditSealer> log)
    : BackgroundService
{
    /// <summary>Most entries of one transaction.</summary>
    public const int MostAtOnce = 1_000;

    /// <summary>Entries may be committed in another order than they were numbered, within so many numbers.</summary>
    private const int LookBack = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How often is looked for entries that were committed behind later ones.</summary>
    private static readonly TimeSpan WholeInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan HeadInterval = TimeSpan.FromHours(1);

    private const string Unsealed = """
        SELECT a.id, a.at, a.who, a.key_id, a.what, a.subject, a.reason, a.before, a.after
        FROM audit a LEFT JOIN audit_seals s ON s.entry = a.id
        WHERE s.entry IS NULL AND a.id > @after
        ORDER BY a.id
        LIMIT @most
        """;

    private long? _newest;
    private DateTimeOffset _whole;
    private DateTimeOffset? _retained;
    private DateTimeOffset? _told;

    /// <summary>Seals everything that is committed; how many entries that was.</summary>
    public async Task<int> SealAsync(CancellationToken cancellation)
    {
        for (var sealedNow = 0; ;)
        {
            var some = await database.StateAsync(
                statements => SealSomeAsync(statements, cancellation), cancellation);
            sealedNow += some;
            meter.AddSealed(some);
            if (some < MostAtOnce)
                return sealedNow;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(
        Interval, time, PassAsync, failure => log.AuditNotSealed(failure.Message), stoppingToken);

    private async Task PassAsync(CancellationToken stopping)
    {
        if (await Lease.TokenOfAsync(database, replica, stopping) is null)
            return;
        var now = time.GetUtcNow();
        await SealNewAsync(now, stopping);
        if (_retained is null || now - _retained >= RetentionInterval)
        {
            while (await retention.CutAsync(Principal.Local, stopping) == AuditRetention.MostAtOnce)
                await SealAsync(stopping);
            _retained = now;
        }

        if (_told is null || now - _told >= HeadInterval)
        {
            // Logs are mostly kept elsewhere: whoever changes the database cannot change what was noted there.
            var head = await AuditReads.HeadAsync(database, stopping);
            log.AuditHead(head.Sequence, head.Hash);
            _told = now;
        }
    }

    /// <summary>
    /// Most seconds nothing was written, which the newest number says without the lock of the chain. Entries that are
    /// committed behind a later one are found within the minute.
    /// </summary>
    private async Task SealNewAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        long? newest;
        await using (var statements = await database.OpenAsync(cancellation))
            newest = await statements.NumberAsync("SELECT MAX(id) FROM audit", cancellation);
        if (newest == _newest && now - _whole < WholeInterval)
            return;
        await SealAsync(cancellation);
        (_newest, _whole) = (newest, now);
    }

    private async Task<int> SealSomeAsync(Statements statements, CancellationToken cancellation)
    {
        await statements.BeginAuditAsync(cancellation);
        var (sequence, hash) = (await statements.QueryAsync(
            "SELECT head_sequence, head_hash FROM audit_policy WHERE id = 1",
            row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), cancellation)).Single();
        var newest = await statements.NumberAsync("SELECT MAX(entry) FROM audit_seals", cancellation);
        var found = await statements.QueryAsync(Unsealed, AuditReads.Record, cancellation,
            ("after", newest is { } last ? last - LookBack : 0L), ("most", MostAtOnce));
        if (found.Count == 0)
            return 0;

        var at = time.MicrosecondsNow();
        if (hash.Length == 0)
            hash = AuditChain.Origin;
        foreach (var entry in found)
        {
            hash = AuditChain.Hash(hash, ++sequence, entry);
            await statements.ExecuteAsync(
                "INSERT INTO audit_seals (sequence, entry, hash, sealed_at) VALUES (@sequence, @entry, @hash, @at)",
                cancellation, ("sequence", sequence), ("entry", entry.Id), ("hash", hash), ("at", at));
        }

        await statements.ExecuteAsync(
            "UPDATE audit_policy SET head_sequence = @sequence, head_hash = @hash WHERE id = 1", cancellation,
            ("sequence", sequence), ("hash", hash));
        await statements.CommitAsync(cancellation);
        return found.Count;
    }
}
