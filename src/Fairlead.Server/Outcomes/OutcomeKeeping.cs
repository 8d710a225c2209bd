using Fairlead.Server.Storage;

namespace Fairlead.Server.Outcomes;

/// <summary>Keeps answers and outcomes in order: joins what came early, and lets go of what is old.</summary>
internal sealed class OutcomeKeeping(
    Database database, OutcomeIntake intake, OutcomeMeter meter, ControlPlaneOptions options, TimeProvider time)
{
    /// <summary>How often early outcomes are looked after.</summary>
    public static readonly TimeSpan JoinInterval = TimeSpan.FromSeconds(2);

    /// <summary>How often old rows are deleted.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);

    /// <summary>Rows that are removed in one transaction, about: more have the same millisecond.</summary>
    public const int SweepRows = 5_000;

    /// <summary>Joins everything that can be joined now.</summary>
    public async Task JoinAsync(CancellationToken cancellation)
    {
        while (await intake.JoinPendingAsync(cancellation) >= OutcomeIntake.MaxOutcomes)
        {
            // More than one round's worth was waiting.
        }
    }

    /// <summary>
    /// Removes answers and outcomes past their life, and the facts of generations whose rollout has been over for as
    /// long; what a rollout decided, and why, stays with the rollout. Tables that grow with every request are emptied
    /// in small parts, between which others write.
    /// </summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        var oldest = time.GetUtcNow() - options.OutcomeLife;
        foreach (var endpoint in await EndpointsAsync(cancellation))
        {
            foreach (var table in (string[])["answers", "answer_scores", "outcomes"])
            {
                while (!await RemoveAsync(table, endpoint, oldest.ToUnixTimeMilliseconds(), cancellation))
                    await Task.Yield();
            }
        }

        await RemoveAsync("shadow_examples", "time", oldest.ToUnixTimeMilliseconds(), cancellation);
        await RemoveAsync("facts", "at", oldest.ToMicroseconds(), cancellation);
    }

    /// <summary>The numbers of all endpoints that ever were: their records outlive them.</summary>
    private async Task<List<int>> EndpointsAsync(CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync("SELECT number FROM endpoints", row => row.GetInt32(0), cancellation);
    }

    /// <summary>Removes at most about <see cref="SweepRows"/> rows of an endpoint, by its key; true when none is left.
    /// </summary>
    private async Task<bool> RemoveAsync(string table, int endpoint, long oldest, CancellationToken cancellation)
    {
        var (removed, isLast) = await database.StateAsync(async statements =>
        {
            var last = await statements.NumberAsync(
                $"SELECT time FROM {table} WHERE endpoint = @endpoint AND time < @oldest "
                    + $"ORDER BY time LIMIT 1 OFFSET {SweepRows - 1}",
                cancellation, ("endpoint", endpoint), ("oldest", oldest));
            var rows = await statements.ExecuteAsync(
                $"DELETE FROM {table} WHERE endpoint = @endpoint AND time <= @last", cancellation,
                ("endpoint", endpoint), ("last", last ?? oldest - 1));
            return (rows, last is null);
        }, cancellation);
        meter.Removed.Add(table, removed);
        return isLast;
    }

    private async Task RemoveAsync(string table, string column, long oldest, CancellationToken cancellation) =>
        meter.Removed.Add(table, await database.StateAsync(statements => statements.ExecuteAsync(
            $"DELETE FROM {table} WHERE {column} < @oldest", cancellation, ("oldest", oldest)), cancellation));
}
