using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Server.Quality;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>
/// Gives the outcomes that came since the look before to a detector of each arm and version, in the order of their
/// coming. What came in the last seconds waits for the next look: its answer may still be on the way.
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

        var versions = await ArmVersions.OfAsync(
            database, look.Endpoint, arrived.ConvertAll(each => each.Answer), cancellation);
        var states = new Dictionary<string, ConceptArm>(memory.Arms);
        foreach (var arm in arrived.GroupBy(each => versions.Find(each.Answer.Generation, each.Answer.Arm)))
        {
            if (arm.Key is not { } version || !look.Wants(version.Variant))
                continue;
            var key = $"{version.Variant}\n{version.Version}";
            var before = states.GetValueOrDefault(key)?.State ?? ConceptWatching.New(watch.Detector);
            states[key] = new ConceptArm(version.Variant, version.Version, ConceptWatching.Next(
                before, arm.Select(each => (Instants.FromMicroseconds(each.At),
                    ConceptWatching.SignalOf(watch.Signal, each.Answer.Row)))), look.Now);
        }

        Forget(states, look.Now);
        return new(
            states.Count == 0
                ? [MonitorFinding.Whole(new(
                    AlertSign.NoData, double.NaN, $"no outcome '{watch.Outcome}' has come since the monitor began"))]
                : [.. states.Values.Select(arm => MonitorFinding.OfArm(
                    arm.Variant, arm.Version, ConceptWatching.Read(watch, arm.State, look.Now)))],
            StoredJson.Write(new ConceptMemory(to, states)));
    }

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
    /// <param name="Until">Outcomes that came before this, in microseconds, have been taken in.</param>
    /// <param name="Arms">The detectors.</param>
    private sealed record ConceptMemory(long Until, Dictionary<string, ConceptArm> Arms);

    private sealed record ConceptArm(string Variant, string Version, ConceptState State, DateTimeOffset At);
}
