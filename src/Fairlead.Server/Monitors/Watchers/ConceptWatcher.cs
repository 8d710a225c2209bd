using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Server.Quality;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>
/// Gives the outcomes that were joined to their answers since the look before to a detector of each arm and version,
/// in that order and each once. One that is corrected after that does not enter again, since it would count as two:
/// it is counted. What was joined in the last seconds waits for the next look, for others may still be stored.
/// </summary>
internal sealed class ConceptWatcher(Database database, LabelledRead answers)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    public async Task<LookResult> LookAsync(MonitorLook look, ConceptWatch watch, CancellationToken cancellation)
    {
        var memory = look.Memory is null
            ? new ConceptMemory((look.Now - Settling).ToMicroseconds(), [])
            : StoredJson.Read<ConceptMemory>(look.Memory);
        var to = (look.Now - Settling).ToMicroseconds();
        var arrived = await answers.ArrivedAsync(
            new AnswersQuestion(look.Endpoint, watch.Outcome, null, memory.Until, to), cancellation);

        // As many as are read at once: the rest follows at the next look, from the last one on, whose moment may have
        // more of them.
        if (arrived.Count == LabelledRead.MostRows)
        {
            to = arrived[^1].At;
            arrived.RemoveAll(each => each.At == to);
        }

        var corrected = await answers.CorrectedAsync(
            new AnswersQuestion(look.Endpoint, watch.Outcome, null, memory.Until, to), cancellation);
        var generations = arrived.Select(each => each.Answer.Generation)
            .Concat(corrected.Select(each => each.Generation)).DefaultIfEmpty().ToList();
        var versions = await ArmVersions.ReadAsync(
            database, look.Endpoint, generations.Min(), generations.Max(), cancellation);
        var states = new Dictionary<string, ConceptArm>(memory.Arms);
        foreach (var (generation, number, outcomes) in corrected)
        {
            if (versions.Find(generation, number) is { } version
                && states.TryGetValue(KeyOf(version), out var known))
            {
                states[KeyOf(version)] = known with { Corrected = known.Corrected + outcomes };
            }
        }

        foreach (var arm in arrived.GroupBy(each => versions.Find(each.Answer.Generation, each.Answer.Arm)))
        {
            if (arm.Key is not { } version || !look.Wants(version.Variant))
                continue;
            var before = states.GetValueOrDefault(KeyOf(version));
            var outcomes = arm.Select(each => (
                Instants.FromMicroseconds(each.At), ConceptWatching.SignalOf(watch.Signal, each.Answer.Row)));
            states[KeyOf(version)] = new ConceptArm(version.Variant, version.Version, ConceptWatching.Next(
                before?.State ?? ConceptWatching.New(watch.Detector), outcomes), look.Now)
            {
                Corrected = before?.Corrected ?? 0,
            };
        }

        Forget(states, look.Now);
        return new(
            states.Count == 0
                ? [MonitorFinding.Whole(new(
                    AlertSign.NoData, double.NaN, $"no outcome '{watch.Outcome}' has come since the monitor began"))]
                : [.. states.Values.Select(arm => MonitorFinding.OfArm(
                    arm.Variant, arm.Version, ConceptWatching.Read(watch, arm.State, look.Now, arm.Corrected)))],
            StoredJson.Write(new ConceptMemory(to, states)));
    }

    private static string KeyOf(ArmVersion version) => $"{version.Variant}\n{version.Version}";

    /// <summary>A version that got no outcome for long does not answer any more.</summary>
    private static void Forget(Dictionary<string, ConceptArm> states, DateTimeOffset now)
    {
        foreach (var (key, arm) in states.ToList())
        {
            if (now - arm.At > MonitorRules.MaxWindow)
                states.Remove(key);
        }
    }

    /// <summary>What is remembered from look to look.</summary>
    /// <param name="Until">Outcomes that were joined before this, in microseconds, have been taken in.</param>
    /// <param name="Arms">The detectors.</param>
    private sealed record ConceptMemory(long Until, Dictionary<string, ConceptArm> Arms);

    private sealed record ConceptArm(string Variant, string Version, ConceptState State, DateTimeOffset At)
    {
        /// <summary>Outcomes that got another value after they had been taken in.</summary>
        public long Corrected { get; init; }
    }
}
