using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Audit;

/// <summary>
/// How long the audit log is kept. Entries go from the oldest on and without a gap, so that the rest of the chain can
/// still be walked from the hash of the last one that went; nothing from the oldest held entry on goes.
/// </summary>
internal sealed class AuditRetention(ControlPlane control, Database database, AuditMeter meter, TimeProvider time)
{
    /// <summary>Longest retention.</summary>
    public const int MaxDays = 36_500;

    /// <summary>Most holds.</summary>
    public const int MaxHolds = 100;

    /// <summary>Most entries that are removed in one transaction.</summary>
    public const int MostAtOnce = 5_000;

    /// <summary>What the log says of a removal.</summary>
    public const string CutRecord = "audit.cut";

    /// <summary>What the log calls itself.</summary>
    public const string Subject = "audit";

    private const string FirstKept = """
        SELECT MIN(s.sequence) FROM audit_seals s JOIN audit a ON a.id = s.entry
        WHERE a.at >= @since AND substr(a.subject, 1, @length) = @subject
        """;

    public async Task<AuditRetentionInfo> ReadAsync(CancellationToken cancellation) =>
        await database.ReadAsync(db => ReadAsync(db, cancellation), cancellation);

    public Task<AuditRetentionInfo> PutAsync(
        Principal caller, PutAuditRetentionRequest request, CancellationToken cancellation)
    {
        if (request.Days is < 1 or > MaxDays)
            throw Invalid("days", $"Entries are kept 1 to {MaxDays} days, or for ever (null).");
        return control.WriteAsync(caller, request.Reason, async write =>
        {
            var policy = await write.Db.AuditPolicies.SingleAsync(write.Cancellation);
            if (policy.RetentionDays == request.Days)
                return await ReadAsync(write.Db, write.Cancellation);
            write.Record("audit.retention", Subject, new { days = policy.RetentionDays }, new { days = request.Days });
            policy.RetentionDays = request.Days;
            await write.Db.SaveChangesAsync(write.Cancellation);
            return await ReadAsync(write.Db, write.Cancellation);
        }, cancellation);
    }

    public Task<AuditRetentionInfo> HoldAsync(
        Principal caller, string name, PutAuditHoldRequest request, CancellationToken cancellation)
    {
        TextRules.ThrowIfAny([
            TextRules.WhyNot("subject", request.Subject, TextRules.MaxTagName),
            TextRules.WhyNot("name", name, TextRules.MaxTagName),
        ]);
        if (string.IsNullOrWhiteSpace(request.Reason))
            throw Invalid("reason", "A hold says why.");
        return control.WriteAsync(caller, request.Reason, async write =>
        {
            var row = await write.Db.AuditHolds.SingleOrDefaultAsync(each => each.Name == name, write.Cancellation);
            if (row is null && await write.Db.AuditHolds.CountAsync(write.Cancellation) >= MaxHolds)
                throw Invalid("name", $"There are {MaxHolds} holds already.");
            var before = row is null ? null : Shown(row);
            if (row is null)
                write.Db.AuditHolds.Add(row = new AuditHoldRow { Name = name });
            (row.Reason, row.Subject) = (request.Reason, request.Subject);
            row.Since = request.Since?.ToMicroseconds();
            (row.Who, row.At) = (write.Principal.Name, write.NowMicroseconds);
            write.Record("audit.hold", $"{Subject}/holds/{name}", before, Shown(row));
            await write.Db.SaveChangesAsync(write.Cancellation);
            return await ReadAsync(write.Db, write.Cancellation);
        }, cancellation);
    }

    public Task<bool> ReleaseAsync(Principal caller, string name, string? reason, CancellationToken cancellation) =>
        control.WriteAsync(caller, reason, async write =>
        {
            var row = await write.Db.AuditHolds.SingleOrDefaultAsync(each => each.Name == name, write.Cancellation)
                ?? throw new RefusalException(new Refusal(RefusalKind.NotFound, "hold_not_found",
                    $"There is no legal hold '{name}'."));
            write.Db.AuditHolds.Remove(row);
            write.Record("audit.release", $"{Subject}/holds/{name}", Shown(row), null);
            return true;
        }, cancellation);

    /// <summary>Removes what is older than the retention and not held; how many entries that was.</summary>
    public async Task<int> CutAsync(Principal who, CancellationToken cancellation)
    {
        var (first, last, holds) = await FindAsync(cancellation);
        if (last < first)
            return 0;

        var removed = await control.WriteAsync(who, "retention", async write =>
        {
            // Under the lock of all writers: a hold may have come since it was looked, or another process.
            var policy = await write.Db.AuditPolicies.SingleAsync(write.Cancellation);
            if (policy.CutSequence != first - 1 || await HoldsAsync(write.Db, write.Cancellation) != holds)
                return 0;

            var links = await write.Db.AuditSeals.Where(link => link.Sequence >= first && link.Sequence <= last)
                .OrderBy(link => link.Sequence).Take(MostAtOnce).ToListAsync(write.Cancellation);
            var entries = links.ConvertAll(link => link.Entry);
            (policy.CutSequence, policy.CutHash) = (links[^1].Sequence, links[^1].Hash);
            await write.Db.Audit.Where(row => entries.Contains(row.Id)).ExecuteDeleteAsync(write.Cancellation);
            write.Db.AuditSeals.RemoveRange(links);
            write.Record(CutRecord, Subject, null, new
            {
                sequence = policy.CutSequence,
                hash = Convert.ToHexStringLower(policy.CutHash),
                entries = links.Count,
            });
            await write.Db.SaveChangesAsync(write.Cancellation);
            return links.Count;
        }, cancellation);
        meter.AddRemoved(removed);
        return removed;
    }

    /// <summary>The first link that is there, and the last one that may go.</summary>
    private async Task<(long First, long Last, string Holds)> FindAsync(CancellationToken cancellation)
    {
        // Most logs are kept for ever, and what is asked each hour for ever is asked in plain words.
        await using (var plain = await database.OpenAsync(cancellation))
        {
            if (await plain.NumberAsync("SELECT retention_days FROM audit_policy WHERE id = 1", cancellation) is null)
                return (1, 0, "");
        }

        var (policy, holds, known) = await database.ReadAsync(async db => (
            await db.AuditPolicies.SingleAsync(cancellation), await db.AuditHolds.ToListAsync(cancellation),
            await HoldsAsync(db, cancellation)), cancellation);
        if (policy.RetentionDays is not { } days)
            return (1, 0, known);

        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var young = (time.GetUtcNow() - TimeSpan.FromDays(days)).ToMicroseconds();
        var kept = await statements.NumberAsync(FirstKept, cancellation,
            ("since", young), ("length", 0), ("subject", "")) ?? policy.HeadSequence + 1;
        foreach (var hold in holds)
        {
            var held = await statements.NumberAsync(FirstKept, cancellation,
                ("since", hold.Since ?? 0L), ("length", hold.Subject.Length), ("subject", hold.Subject));
            kept = Math.Min(kept, held ?? kept);
        }

        // The newest link stays: the chain has a head.
        return (policy.CutSequence + 1, Math.Min(kept, policy.HeadSequence) - 1, known);
    }

    /// <summary>All holds as one text, to see whether they are still the same.</summary>
    private static async Task<string> HoldsAsync(FairleadDbContext db, CancellationToken cancellation) =>
        StoredJson.Write(await db.AuditHolds.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation));

    private static async Task<AuditRetentionInfo> ReadAsync(FairleadDbContext db, CancellationToken cancellation)
    {
        var policy = await db.AuditPolicies.AsNoTracking().SingleAsync(cancellation);
        var holds = await db.AuditHolds.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation);
        return new AuditRetentionInfo
        {
            Days = policy.RetentionDays,
            RemovedUpTo = policy.CutSequence,
            Holds = holds.ConvertAll(Shown),
        };
    }

    private static AuditHoldInfo Shown(AuditHoldRow row) => new()
    {
        Name = row.Name,
        Reason = row.Reason,
        Since = row.Since is { } since ? Instants.FromMicroseconds(since) : null,
        Subject = row.Subject,
        Who = row.Who,
        When = Instants.FromMicroseconds(row.At),
    };

    private static RefusalException Invalid(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_retention", message) { Field = field });
}
