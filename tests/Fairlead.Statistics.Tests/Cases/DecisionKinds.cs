using System.Text.Json;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Statistics.Tests.Cases;

/// <summary>Assignment of units, and the decisions of the rollout machine that have reference cases.</summary>
internal static class DecisionKinds
{
    internal static readonly IReadOnlyDictionary<string, KindRunner> Kinds = new Dictionary<string, KindRunner>
    {
        ["hash_bucket"] = HashBucket,
        ["monotone_ramp"] = MonotoneRamp,
        ["weighted_rendezvous"] = Rendezvous,
        ["argo_metric_assessment"] = MetricAssessment,
        ["flagger_weight_schedule"] = WeightSchedule,
    };

    private static Dictionary<string, object?> HashBucket(JsonElement inputs)
    {
        var hash = inputs.GetProperty("hash").GetString()!;
        Func<string, double> bucket;
        if (hash.Contains("Unleash", StringComparison.Ordinal))
            bucket = user => UnleashBucket.Of(inputs.GetProperty("group").GetString()!, user);
        else if (hash.Contains("GrowthBook v2", StringComparison.Ordinal))
            bucket = user => GrowthBookBucket.V2(inputs.GetProperty("seed").GetString()!, user);
        else if (hash.Contains("GrowthBook v1", StringComparison.Ordinal))
            bucket = user => GrowthBookBucket.V1(inputs.GetProperty("seed").GetString()!, user);
        else if (hash.Contains("Eppo", StringComparison.Ordinal) || hash.Contains("md5", StringComparison.Ordinal))
            bucket = Shard(inputs);
        else
            throw new ArgumentException($"An unknown hash: {hash}.");

        return new() { ["bucket"] = Users(inputs).Select(bucket).ToArray() };
    }

    private static Dictionary<string, object?> MonotoneRamp(JsonElement inputs)
    {
        var seed = inputs.GetProperty("seed").GetString()!;
        var treated = inputs.GetProperty("weights").EnumerateArray()
            .Select(weight => Users(inputs)
                .Where(user => GrowthBookBucket.V2(seed, user) < weight.GetDouble()).ToArray())
            .ToArray();
        for (var i = 1; i < treated.Length; i++)
            treated[i - 1].Except(treated[i]).ShouldBeEmpty();
        return new() { ["treated"] = treated };
    }

    private static Dictionary<string, object?> Rendezvous(JsonElement inputs)
    {
        var weights = inputs.GetProperty("weights").EnumerateObject()
            .Select(arm => (arm.Name, Weight: arm.Value.GetDouble())).ToArray();
        var range = inputs.GetProperty("users").GetString()!.Split("..");
        var (from, to) = (int.Parse(range[0]), int.Parse(range[1]));
        var (logarithmic, linear) = (0, 0);
        for (var user = from; user <= to; user++)
        {
            var draws = weights.Select(arm => (Murmur3.Of($"{arm.Name}:{user}") + 0.5) / (1L << 32)).ToArray();
            if (First(weights.Select((arm, i) => WeightedRendezvous.Score(arm.Weight, draws[i]))))
                logarithmic++;

            // The score that must not be used: a small arm gets too little.
            if (First(weights.Select((arm, i) => arm.Weight * draws[i])))
                linear++;
        }

        double units = to - from + 1;
        return new()
        {
            [$"share_{weights[0].Name}"] = logarithmic / units,
            [$"linear_score_share_{weights[0].Name}_WRONG"] = linear / units,
            ["linear_theory"] = weights[0].Weight / (2 * weights[1].Weight),
        };
    }

    private static Dictionary<string, object?> MetricAssessment(JsonElement inputs)
    {
        int Limit(string name, int otherwise) =>
            inputs.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
                ? value.GetInt32()
                : otherwise;

        // Null is "until it is ended"; without a number one measurement is taken, unless an interval says otherwise.
        var endless = inputs.TryGetProperty("count", out var given) && given.ValueKind == JsonValueKind.Null
            || inputs.TryGetProperty("interval", out var interval) && interval.ValueKind != JsonValueKind.Null;
        var count = Limit("count", 0);
        var limits = new MeasurementLimits(count > 0 ? count : endless ? null : 1)
        {
            Failures = Limit("failure_limit", 0),
            Inconclusives = Limit("inconclusive_limit", 0),
            ConsecutiveErrors = Limit("consecutive_error_limit", 4),
            ConsecutiveSuccesses = Limit("consecutive_success_limit", 0),
        };
        var end = inputs.TryGetProperty("terminated", out var terminated) && terminated.GetBoolean()
            ? MeasurementEnd.Completed
            : MeasurementEnd.None;

        var letters = inputs.GetProperty("measurements").GetString()!;
        var (tally, taken, phase) = (default(MeasurementTally), 0, MeasurementPhase.Running);
        while (taken < letters.Length && phase == MeasurementPhase.Running)
        {
            tally = tally.With(letters[taken++] switch
            {
                'S' => MeasurementOutcome.Success,
                'F' => MeasurementOutcome.Failure,
                'I' => MeasurementOutcome.Inconclusive,
                'E' => MeasurementOutcome.Error,
                var letter => throw new ArgumentException($"An unknown measurement: {letter}."),
            });
            phase = MeasurementAssessment.Assess(tally, limits, MeasurementEnd.None);
        }

        if (phase == MeasurementPhase.Running)
            phase = MeasurementAssessment.Assess(tally, limits, end);
        return new() { ["phase"] = phase.ToString(), ["measurements_taken"] = taken, ["count"] = tally.Count };
    }

    private static Dictionary<string, object?> WeightSchedule(JsonElement inputs)
    {
        var total = inputs.TryGetProperty("total", out var given) ? given.GetDouble() : 100;
        var listed = inputs.TryGetProperty("step_weights", out var list) && list.ValueKind == JsonValueKind.Array;
        var (ladder, refusal) = listed
            ? WeightLadder.Of(list.EnumerateArray().Select(weight => weight.GetDouble() / total * 100))
            : WeightLadder.Linear(
                inputs.GetProperty("step_weight").GetDouble() / total * 100,
                inputs.GetProperty("max_weight").GetDouble() / total * 100);
        refusal.ShouldBeNull();

        var weights = new List<double>();
        for (var next = ladder!.Next(0); next is { } weight; next = ladder.Next(weight))
            weights.Add(weight * total / 100);
        return new() { ["canary_weights"] = weights.ToArray(), ["then"] = "promote" };
    }

    private static string[] Users(JsonElement inputs) =>
        [.. inputs.GetProperty("users").EnumerateArray().Select(user => user.GetString()!)];

    private static Func<string, double> Shard(JsonElement inputs)
    {
        var salt = inputs.TryGetProperty("salt", out var named) ? named.GetString()!
            : inputs.GetProperty("seed").GetString()!;
        var shards = inputs.TryGetProperty("total_shards", out var total) ? total.GetInt32() : 10_000;
        return user => EppoShard.Of(salt, user, shards);
    }

    /// <summary>The first of the scores is the greatest.</summary>
    private static bool First(IEnumerable<double> scores)
    {
        var all = scores.ToArray();
        return all[0] >= all.Max();
    }
}
