using System.Data.Common;
using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Core.Audit;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Audit;

/// <summary>Reads the sealed log: page by page, in one state of the database.</summary>
internal static class AuditReads
{
    private const int PageSize = 1_000;

    private const string Links = """
        SELECT s.sequence, s.entry, s.hash, a.id, a.at, a.who, a.key_id, a.what, a.subject, a.reason, a.before, a.after
        FROM audit_seals s LEFT JOIN audit a ON a.id = s.entry
        WHERE s.sequence > @after
        ORDER BY s.sequence
        LIMIT @most
        """;

    /// <summary>The newest link, and how many entries wait to be sealed.</summary>
    public static async Task<AuditHeadInfo> HeadAsync(Database database, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        return await HeadAsync(statements, cancellation);
    }

    /// <summary>Walks the whole chain.</summary>
    /// <param name="expected">A head that was noted elsewhere.</param>
    public static async Task<AuditVerificationInfo> VerifyAsync(
        Database database, (long Sequence, ReadOnlyMemory<byte> Hash)? expected, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var policy = (await statements.QueryAsync(
            "SELECT cut_sequence, cut_hash, head_sequence, head_hash FROM audit_policy WHERE id = 1",
            row => (Cut: row.GetInt64(0), CutHash: row.GetFieldValue<byte[]>(1), Head: row.GetInt64(2),
                HeadHash: row.GetFieldValue<byte[]>(3)), cancellation)).Single();
        var walk = new AuditVerification(policy.Cut, policy.CutHash, expected);
        await EachAsync(statements, policy.Cut, (link, entry) =>
        {
            walk.Next(link, entry);
            return Task.CompletedTask;
        }, cancellation);
        walk.End((policy.Head, policy.Head == 0 ? AuditChain.Origin : policy.HeadHash));
        await AddedAsync(statements, walk, cancellation);
        await CutAsync(statements, walk, policy.Cut, policy.CutHash, cancellation);
        return new AuditVerificationInfo
        {
            Intact = walk.FaultCount == 0,
            Links = walk.Links,
            RemovedUpTo = policy.Cut,
            Head = await HeadAsync(statements, cancellation),
            FaultCount = walk.FaultCount,
            Faults = [.. walk.Faults.Select(each =>
                new AuditFaultInfo(each.Kind, each.Sequence, each.Entry, each.Message))],
        };
    }

    /// <summary>Reads every link behind one, with its entry; null for an entry that is not there.</summary>
    public static async Task EachAsync(
        Statements statements, long after, Func<AuditLink, AuditRecord?, Task> take, CancellationToken cancellation)
    {
        while (true)
        {
            var page = await statements.QueryAsync(Links, row => (
                Link: new AuditLink(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)),
                Entry: row.IsDBNull(3) ? null : Record(row, 3)), cancellation,
                ("after", after), ("most", PageSize));
            foreach (var (link, entry) in page)
                await take(link, entry);
            if (page.Count < PageSize)
                return;
            after = page[^1].Link.Sequence;
        }
    }

    /// <summary>Reads an entry from a row.</summary>
    public static AuditRecord Record(DbDataReader row) => Record(row, 0);

    private static AuditRecord Record(DbDataReader row, int from) => new(
        row.GetInt64(from), row.GetInt64(from + 1), row.GetString(from + 2), row.GetInt64(from + 3),
        row.GetString(from + 4), row.GetString(from + 5), Text(row, from + 6), Text(row, from + 7),
        Text(row, from + 8));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static async Task<AuditHeadInfo> HeadAsync(Statements statements, CancellationToken cancellation)
    {
        var unsealed = await statements.NumberAsync(
            "SELECT COUNT(*) FROM audit WHERE id > COALESCE((SELECT MAX(entry) FROM audit_seals), 0)", cancellation);
        return (await statements.QueryAsync("SELECT head_sequence, head_hash FROM audit_policy WHERE id = 1",
            row => new AuditHeadInfo
            {
                Sequence = row.GetInt64(0),
                Hash = Convert.ToHexStringLower(row.GetFieldValue<byte[]>(1)),
                Unsealed = unsealed ?? 0,
            }, cancellation)).Single();
    }

    /// <summary>Entries that no link seals although later ones are sealed: they were put between afterwards.</summary>
    private static async Task AddedAsync(
        Statements statements, AuditVerification walk, CancellationToken cancellation)
    {
        var added = await statements.QueryAsync(
            "SELECT a.id FROM audit a LEFT JOIN audit_seals s ON s.entry = a.id WHERE s.entry IS NULL "
            + "AND a.id < (SELECT MAX(entry) FROM audit_seals) ORDER BY a.id LIMIT @most",
            row => row.GetInt64(0), cancellation, ("most", AuditVerification.MostFaults));
        foreach (var id in added)
            walk.Tell("added", 0, id, $"entry {id} is in no link, and later ones are: it was put there afterwards");
    }

    /// <summary>What retention removes it says in the log itself; a beginning that nobody removed was taken away.
    /// </summary>
    private static async Task CutAsync(
        Statements statements, AuditVerification walk, long cut, byte[] hash, CancellationToken cancellation)
    {
        if (cut == 0)
            return;
        var told = await statements.QueryAsync(
            "SELECT after FROM audit WHERE what = @what AND subject = @subject ORDER BY id DESC LIMIT 1",
            row => row.IsDBNull(0) ? null : row.GetString(0), cancellation,
            ("what", AuditRetention.CutRecord), ("subject", AuditRetention.Subject));
        if (told is not [{ } text] || !Says(text, cut, hash))
            walk.Tell("cut", cut, 0, $"the log begins behind link {cut}, and no entry tells that retention removed it");
    }

    private static bool Says(string text, long cut, byte[] hash)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.GetProperty("sequence").GetInt64() == cut
                && document.RootElement.GetProperty("hash").GetString() == Convert.ToHexStringLower(hash);
        }
        catch (Exception bad) when (bad is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }
}
