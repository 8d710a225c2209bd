using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Predictions;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;
using Fairlead.Statistics.Assignment;
using Fairlead.Statistics.Buckets;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Outcomes;

/// <summary>
/// Takes in what turned out. An outcome is known by its prediction and its name: sent again it changes nothing, sent
/// with another value it replaces what was there. Which endpoint, generation and arm it belongs to is read from the
/// prediction id, whose signature tells a forged or foreign one.
/// </summary>
internal sealed class OutcomeIntake(
    Database database, PredictionKeys keys, OutcomeMeter meter, TimeProvider time)
{
    /// <summary>Most outcomes of one request.</summary>
    public const int MaxOutcomes = 1000;

    /// <summary>Longest name or label.</summary>
    public const int MaxText = 200;

    /// <summary>How far back the answer of a unit may lie.</summary>
    public static readonly TimeSpan AttributionWindow = TimeSpan.FromDays(7);

    /// <summary>Ids that this installation did not sign, since the start.</summary>
    public long Forged => meter.Results.Count(OutcomeMeter.Forged);

    /// <summary>Ids that were signed with a key that is not known here, since the start.</summary>
    public long Foreign => meter.Results.Count(OutcomeMeter.Foreign);

    /// <summary>Units without an answer in their window, since the start.</summary>
    public long WithoutAnswer => meter.Results.Count(OutcomeMeter.WithoutAnswer);

    /// <summary>Takes outcomes in; each one is taken or refused by itself.</summary>
    public async Task<OutcomesResult> TakeAsync(
        Principal caller, OutcomesRequest request, CancellationToken cancellation)
    {
        if (request.Outcomes.Count > MaxOutcomes)
        {
            throw new RefusalException(new Refusal(RefusalKind.TooLarge, "too_many_outcomes",
                $"A request brings at most {MaxOutcomes} outcomes; send them in parts."));
        }

        var tally = new Tally();
        await database.OperateAsync(async db =>
        {
            // The write may be tried again; what was counted before does not count.
            tally = new Tally();
            var endpoints = await db.Endpoints.Where(row => row.DeletedAt == null)
                .ToDictionaryAsync(row => row.Number, row => row.Name, cancellation);
            var found = await FindAllAsync(db, caller, endpoints, request.Outcomes, tally, cancellation);
            var present = await OutcomePresence.ReadAsync(db, found, cancellation);
            foreach (var outcome in found)
                Take(db, present, outcome, tally);
            await db.SaveChangesAsync(cancellation);
        }, cancellation);
        tally.CountInto(meter.Results);
        return tally.Result();
    }

    /// <summary>Joins outcomes that came before the records of their answers; how many were joined.</summary>
    public async Task<int> JoinPendingAsync(CancellationToken cancellation)
    {
        // Records come within seconds; whoever waits for longer has none.
        var since = (time.GetUtcNow() - TimeSpan.FromHours(1)).ToMicroseconds();
        if (!await IsPendingAsync(since, cancellation))
            return 0;

        var joined = 0;
        await database.OperateAsync(async db =>
        {
            joined = 0;
            var pending = await (
                from outcome in db.Outcomes
                join answer in db.Answers on new { outcome.Endpoint, outcome.Time, outcome.Randomness }
                    equals new { answer.Endpoint, answer.Time, answer.Randomness }
                where !outcome.Joined && outcome.ReceivedAt >= since
                select new { outcome, answer }).Take(MaxOutcomes).ToListAsync(cancellation);
            foreach (var pair in pending)
                Join(pair.outcome, pair.answer, time.MicrosecondsNow());
            joined = await db.SaveChangesAsync(cancellation);
        }, cancellation);
        meter.Results.Add(OutcomeMeter.JoinedLater, joined);
        return joined;
    }

    private async Task<bool> IsPendingAsync(long since, CancellationToken cancellation)
    {
        // As the condition of the index is written, or it would not be used.
        var waits = database.IsShared ? "NOT joined" : "joined = 0";
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.NumberAsync(
            $"SELECT 1 FROM outcomes WHERE {waits} AND received_at >= @since LIMIT 1", cancellation,
            ("since", since)) is not null;
    }

    /// <summary>The predictions that outcomes are about; what cannot be taken is refused by itself.</summary>
    private async Task<List<FoundOutcome>> FindAllAsync(
        FairleadDbContext db, Principal caller, Dictionary<int, string> endpoints, IReadOnlyList<OutcomeItem> items,
        Tally tally, CancellationToken cancellation)
    {
        var found = new List<FoundOutcome>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            try
            {
                found.Add(await FindAsync(db, caller, endpoints, items[i], tally, cancellation));
            }
            catch (RefusalException refused)
            {
                var first = refused.Refusals[0];
                tally.Refused.Add(new RefusedOutcome { Index = i, Code = first.Code, Message = first.Message });
            }
        }

        return found;
    }

    private async Task<FoundOutcome> FindAsync(
        FairleadDbContext db, Principal caller, Dictionary<int, string> endpoints, OutcomeItem item, Tally tally,
        CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        OutcomeRules.Check(item, now);
        var at = item.At ?? now;
        var key = item.PredictionId is { } id
            ? Read(id, item.Row ?? 0, tally)
            : await NewestAnswerAsync(db, endpoints, item, at, cancellation);
        if (!endpoints.TryGetValue(key.Endpoint, out var endpoint))
            throw Fault("unknown_prediction", "The endpoint of this prediction does not exist any more.");
        var demand = new Demand(Role.Predictor, endpoint);
        return AccessPolicy.Allows(caller, demand)
            ? new FoundOutcome(item, key, at)
            : throw new RefusalException(AccessRefusals.Forbidden(caller, demand));
    }

    private void Take(FairleadDbContext db, OutcomePresence present, FoundOutcome found, Tally tally)
    {
        var (item, key, at) = found;
        var row = present.Outcome(key, item.Name);
        if (row is not null && row.Value == item.Value && row.Label == item.Label)
        {
            tally.Unchanged++;
            return;
        }

        var isNew = row is null;
        if (row is null)
        {
            row = new OutcomeRow { Name = item.Name, Endpoint = key.Endpoint };
            (row.Time, row.Randomness) = (key.Time, key.Randomness);
            (row.Generation, row.Arm) = (key.Generation, key.Arm);
            db.Outcomes.Add(row);
            present.Add(row);
        }

        (row.Value, row.Label) = (item.Value, item.Label);
        (row.HappenedAt, row.ReceivedAt) = (at.ToMicroseconds(), time.MicrosecondsNow());
        if (!row.Joined && present.Answer(key) is { } answer)
            Join(row, answer, row.ReceivedAt);
        tally.Count(isNew, row.Joined);
    }

    private static void Join(OutcomeRow outcome, AnswerRow answer, long now)
    {
        (outcome.Joined, outcome.JoinedAt) = (true, now);
        (outcome.Bucket, outcome.Sampled) = (answer.Bucket, answer.Sampled);
        outcome.Slices = answer.Slices;
        outcome.Predicted = StoredJson.Read<Dictionary<string, string>>(answer.Labels).GetValueOrDefault(outcome.Name);
    }

    private AnswerKey Read(string id, int row, Tally tally)
    {
        var isForeign = false;
        if (!PredictionId.TryRead(Encoding.UTF8.GetBytes(id), Find, out var read))
        {
            _ = isForeign ? tally.Foreign++ : tally.Forged++;
            throw Fault("unknown_prediction",
                "The prediction id was not given by this installation, or was changed on the way.");
        }

        return new AnswerKey(read.EndpointNumber, read.UnixMilliseconds, FactsStore.Key(read.Randomness, row),
            read.Generation, read.ArmNumber);

        ReadOnlyMemory<byte> Find(byte key)
        {
            var secret = keys.Find(key);
            isForeign = secret.IsEmpty;
            return secret;
        }
    }

    private static async Task<AnswerKey> NewestAnswerAsync(
        FairleadDbContext db, Dictionary<int, string> endpoints, OutcomeItem item, DateTimeOffset at,
        CancellationToken cancellation)
    {
        var number = endpoints.FirstOrDefault(each => each.Value == item.Endpoint).Key;
        if (number == 0)
            throw Fault("endpoint_not_found", $"There is no endpoint '{item.Endpoint}'.");

        var hash = UnitHash.Of(item.Unit!);
        var (bucket, unit) = (BucketTotals.BucketOf(hash), (long)hash);
        var (until, since) = (at.ToUnixTimeMilliseconds(), (at - AttributionWindow).ToUnixTimeMilliseconds());
        var answer = await db.Answers
            .Where(row => row.Endpoint == number && row.Bucket == bucket && row.Unit == unit && row.Time <= until
                && row.Time >= since)
            .OrderByDescending(row => row.Time).ThenBy(row => row.Randomness).FirstOrDefaultAsync(cancellation);
        return answer is null
            ? throw Fault("no_answer", $"The unit had no answer of '{item.Endpoint}' in the "
                + $"{AttributionWindow.TotalDays:0} days before.")
            : new AnswerKey(
                number, answer.Time, FactsStore.Key((ulong)answer.Randomness, item.Row ?? 0), answer.Generation,
                answer.Arm);
    }

    private static RefusalException Fault(string code, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message));

    private sealed class Tally
    {
        public int Unchanged { get; set; }

        public int Forged { get; set; }

        public int Foreign { get; set; }

        public List<RefusedOutcome> Refused { get; } = [];

        private int Accepted { get; set; }

        private int Pending { get; set; }

        private int Corrected { get; set; }

        public void Count(bool isNew, bool joined)
        {
            if (!isNew)
                Corrected++;
            else if (joined)
                Accepted++;
            else
                Pending++;
        }

        public void CountInto(ReasonCounts results)
        {
            var withoutAnswer = Refused.Count(each => each.Code == "no_answer");
            results.Add(OutcomeMeter.Matched, Accepted);
            results.Add(OutcomeMeter.Unmatched, Pending);
            results.Add(OutcomeMeter.Duplicate, Unchanged);
            results.Add(OutcomeMeter.Corrected, Corrected);
            results.Add(OutcomeMeter.Forged, Forged);
            results.Add(OutcomeMeter.Foreign, Foreign);
            results.Add(OutcomeMeter.WithoutAnswer, withoutAnswer);
            results.Add(OutcomeMeter.Refused, Refused.Count - Forged - Foreign - withoutAnswer);
        }

        public OutcomesResult Result() => new()
        {
            Accepted = Accepted,
            Pending = Pending,
            Unchanged = Unchanged,
            Corrected = Corrected,
            Refused = Refused,
        };
    }
}
