using System.Text;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Storage;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Outcomes;

/// <summary>
/// Keeps the worst differences between two versions' answers to the same requests: so many of each arm of a rollout,
/// over all replicas and generations. They hold what callers sent, and are swept with the answers.
/// </summary>
internal sealed class ShadowExampleStore(Database database, IPredictionKeys keys, TimeProvider time)
{
    /// <summary>Most examples of an arm of a rollout.</summary>
    public const int Most = 50;

    public Task StoreAsync(
        VariantName arm, IReadOnlyList<ShadowExample> examples, CancellationToken cancellation) =>
        database.OperateAsync(async db =>
        {
            var rollouts = new HashSet<long>();
            foreach (var example in examples)
            {
                if (await AddAsync(db, arm.ToString(), example, cancellation) is { } rollout)
                    rollouts.Add(rollout);
            }

            await db.SaveChangesAsync(cancellation);
            foreach (var rollout in rollouts)
                await TrimAsync(db, rollout, arm.ToString(), cancellation);
        }, cancellation);

    /// <summary>Adds an example unless it is known; its rollout, or null where none is told of.</summary>
    private async Task<long?> AddAsync(
        FairleadDbContext db, string arm, ShadowExample example, CancellationToken cancellation)
    {
        var (id, randomness) = (example.Id, FactsStore.Key(example.Id.Randomness));
        var rollout = await db.RolloutGenerations
            .Where(row => row.Endpoint == id.EndpointNumber && row.Generation == id.Generation)
            .Select(row => (long?)row.Rollout).SingleOrDefaultAsync(cancellation);
        if (rollout is null || await db.ShadowExamples.AnyAsync(row => row.Endpoint == id.EndpointNumber
            && row.Time == id.UnixMilliseconds && row.Randomness == randomness && row.Arm == arm, cancellation))
        {
            return null;
        }

        db.ShadowExamples.Add(new ShadowExampleRow
        {
            Rollout = rollout.Value,
            Endpoint = id.EndpointNumber,
            Time = id.UnixMilliseconds,
            Randomness = randomness,
            Generation = id.Generation,
            Arm = arm,
            PredictionId = Written(example),
            Share = example.Share,
            Largest = example.Largest,
            Inputs = example.Inputs,
            Champion = example.Champion,
            Challenger = example.Challenger,
            StoredAt = time.MicrosecondsNow(),
        });
        return rollout;
    }

    /// <summary>The id as the caller got it; empty when the key that signed it is gone.</summary>
    private string Written(ShadowExample example)
    {
        var secret = keys.Find(example.Id.KeyId);
        if (secret.IsEmpty)
            return "";
        var text = new byte[Core.Predictions.PredictionId.TextLength];
        example.Id.Write(secret.Span, text);
        return Encoding.ASCII.GetString(text);
    }

    private static async Task TrimAsync(
        FairleadDbContext db, long rollout, string arm, CancellationToken cancellation)
    {
        var surplus = await db.ShadowExamples.Where(row => row.Rollout == rollout && row.Arm == arm)
            .OrderByDescending(row => row.Share).ThenByDescending(row => row.Largest).ThenBy(row => row.Id)
            .Skip(Most).Select(row => row.Id).ToListAsync(cancellation);
        await db.ShadowExamples.Where(row => surplus.Contains(row.Id)).ExecuteDeleteAsync(cancellation);
    }
}
