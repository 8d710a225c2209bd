using Fairlead.Server.Storage;

namespace Fairlead.Server.Quality;

/// <summary>The numbers that one request was asked with.</summary>
/// <param name="Generation">The generation that answered.</param>
/// <param name="Arm">The arm's permanent number.</param>
/// <param name="Numbers">In the order of the inputs; NaN where there was none.</param>
internal sealed record KeptRow(long Generation, int Arm, double[] Numbers);

/// <summary>
/// Reads what requests were asked with, as it was kept with their answers: so many rows spread over a stretch, some of
/// each part of it, so that a long stretch costs no more than a short one.
/// </summary>
internal sealed class KeptRows(Database database)
{
    /// <summary>Most rows of a stretch.</summary>
    public const int MostRows = 16_000;

    /// <summary>Parts of a stretch that each give some of them.</summary>
    private const int Parts = 32;

    private const string Kept = """
        SELECT generation, arm, features FROM answers
        WHERE endpoint = @endpoint AND time >= @from AND time < @to AND features IS NOT NULL
        ORDER BY time DESC
        LIMIT @most
        """;

    /// <summary>Reads a stretch.</summary>
    /// <param name="endpoint">The endpoint's number.</param>
    /// <param name="from">The first moment of the answers.</param>
    /// <param name="to">The moment after the last.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<List<KeptRow>> ReadAsync(
        int endpoint, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        var rows = new List<KeptRow>();
        await using var statements = await database.OpenAsync(cancellation);
        for (var part = 0; part < Parts; part++)
        {
            var (begin, end) = (from + (to - from) * part / Parts, from + (to - from) * (part + 1) / Parts);
            rows.AddRange(await statements.QueryAsync(
                Kept,
                row => new KeptRow(
                    row.GetInt64(0), row.GetInt32(1), StoredJson.Read<double[]>(row.GetString(2))),
                cancellation, ("endpoint", endpoint), ("from", begin.ToUnixTimeMilliseconds()),
                ("to", end.ToUnixTimeMilliseconds()), ("most", MostRows / Parts)));
        }

        return rows;
    }
}
