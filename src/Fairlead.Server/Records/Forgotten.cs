using Fairlead.Server.Storage;

namespace Fairlead.Server.Records;

/// <summary>One person whose records of an endpoint are removed up to a moment.</summary>
/// <param name="Id">Grows with each.</param>
/// <param name="Endpoint">The endpoint's number.</param>
/// <param name="Subject">The keyed hash of the person.</param>
/// <param name="At">Microseconds since 1970 UTC.</param>
internal sealed record ForgottenSubject(long Id, int Endpoint, string Subject, long At);

/// <summary>
/// Everybody who shall be forgotten, as this process knows it: from the database, and while that is away from the copy
/// on the local disk. Whoever writes or reads records leaves their rows out.
/// </summary>
internal sealed class Forgotten(Database database, DataFolder folder)
{
    private readonly LocalCopy<List<ForgottenSubject>> _copy = new(folder, "forgotten.json");
    private Dictionary<(int Endpoint, string Subject), long> _subjects = [];
    private List<ForgottenSubject>? _all;

    /// <summary>All of them, as read last.</summary>
    public IReadOnlyList<ForgottenSubject> All => Volatile.Read(ref _all) ?? [];

    /// <summary>
    /// Reads them. Throws when they cannot be had and no copy is there: nothing is told of records then.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            await using var statements = await database.OpenAsync(cancellation);
            var rows = await statements.QueryAsync(
                "SELECT id, endpoint, subject, at FROM forgotten_subjects ORDER BY id",
                row => new ForgottenSubject(row.GetInt64(0), row.GetInt32(1), row.GetString(2), row.GetInt64(3)),
                cancellation);
            _copy.Write(rows);
            Use(rows);
        }
        catch (Exception failure) when (Database.IsUnreachable(failure))
        {
            if (_all is not null)
                return;
            if (_copy.Read() is not { } kept)
                throw;
            Use(kept);
        }
    }

    /// <summary>Says whether a row is of somebody who shall be forgotten.</summary>
    public bool Has(int endpoint, string? subject, long microseconds) =>
        subject is not null && Volatile.Read(ref _subjects) is { Count: > 0 } subjects
        && subjects.TryGetValue((endpoint, subject), out var at) && microseconds <= at;

    private void Use(List<ForgottenSubject> rows)
    {
        Volatile.Write(ref _subjects, rows.GroupBy(row => (row.Endpoint, row.Subject))
            .ToDictionary(group => group.Key, group => group.Max(row => row.At)));
        Volatile.Write(ref _all, rows);
    }
}
