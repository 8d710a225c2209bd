using System.Runtime.InteropServices;
using Fairlead.Client.Api;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Outcomes;

/// <summary>What a prediction is known by.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AnswerKey(int Endpoint, long Time, long Randomness, long Generation, int Arm);

/// <summary>An outcome with the prediction that it is about.</summary>
internal sealed record FoundOutcome(OutcomeItem Item, AnswerKey Key, DateTimeOffset At);

/// <summary>
/// What the database has of the predictions of one request: their outcomes and answers, read in two questions an
/// endpoint and not in two an outcome.
/// </summary>
internal sealed class OutcomePresence
{
    private readonly Dictionary<(int Endpoint, long Time, long Randomness, string Name), OutcomeRow> _outcomes = [];
    private readonly Dictionary<(int Endpoint, long Time, long Randomness), AnswerRow> _answers = [];

    /// <summary>Reads what is there; outcomes are tracked, for they may change.</summary>
    public static async Task<OutcomePresence> ReadAsync(
        FairleadDbContext db, IReadOnlyCollection<FoundOutcome> found, CancellationToken cancellation)
    {
        var present = new OutcomePresence();
        foreach (var endpoint in found.GroupBy(each => each.Key.Endpoint))
        {
            var number = endpoint.Key;
            var wanted = endpoint.Select(each => (each.Key.Time, each.Key.Randomness)).ToHashSet();
            long[] times = [.. wanted.Select(each => each.Time).Distinct()];
            var outcomes = db.Outcomes.Where(row => row.Endpoint == number && times.Contains(row.Time));
            await foreach (var row in outcomes.AsAsyncEnumerable().WithCancellation(cancellation))
                present.Add(row);
            var answers = db.Answers.AsNoTracking()
                .Where(row => row.Endpoint == number && times.Contains(row.Time));
            await foreach (var row in answers.AsAsyncEnumerable().WithCancellation(cancellation))
            {
                if (wanted.Contains((row.Time, row.Randomness)))
                    present._answers[(row.Endpoint, row.Time, row.Randomness)] = row;
            }
        }

        return present;
    }

    /// <summary>What turned out already under a name; null: nothing.</summary>
    public OutcomeRow? Outcome(AnswerKey key, string name) =>
        _outcomes.GetValueOrDefault((key.Endpoint, key.Time, key.Randomness, name));

    /// <summary>The answer; null: its record has not come yet.</summary>
    public AnswerRow? Answer(AnswerKey key) => _answers.GetValueOrDefault((key.Endpoint, key.Time, key.Randomness));

    public void Add(OutcomeRow row) => _outcomes[(row.Endpoint, row.Time, row.Randomness, row.Name)] = row;
}
