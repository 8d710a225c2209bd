using Fairlead.Server.Storage;

namespace Fairlead.Server.Outcomes;

/// <summary>Keeps answers and outcomes in order: joins what came early, and lets go of what is old.</summary>
internal sealed class OutcomeKeeping(
    Database database, OutcomeIntake intake, ControlPlaneOptions options, TimeProvider time)
{
    /// <summary>How often early outcomes are looked after.</summary>
    public static readonly TimeSpan JoinInterval = TimeSpan.FromSeconds(2);

    /// <summary>How often old rows are deleted.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);

    /// <summary>Joins everything that can be joined now.</summary>
    public async Task JoinAsync(CancellationToken cancellation)
    {
        while (await intake.JoinPendingAsync(cancellation) >= OutcomeIntake.MaxOutcomes)
        {
            // More than one round's worth was waiting.
        }
    }

    /// <summary>
    /// Deletes answers and outcomes past their life, and the facts of generations whose rollout has been over for as
    /// long; what a rollout decided, and why, stays with the rollout.
    /// </summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        var oldest = time.GetUtcNow() - options.OutcomeLife;
        using var turn = await database.WriterAsync(cancellation);
        await using var statements = await database.OpenAsync(cancellation);
        foreach (var table in (string[])["answers", "answer_scores", "shadow_examples", "outcomes"])
        {
            await statements.ExecuteAsync(
                $"DELETE FROM {table} WHERE time < @oldest", cancellation, ("oldest", oldest.ToUnixTimeMilliseconds()));
        }

        await statements.ExecuteAsync(
            "DELETE FROM facts WHERE at < @oldest", cancellation, ("oldest", oldest.ToMicroseconds()));
    }
}
