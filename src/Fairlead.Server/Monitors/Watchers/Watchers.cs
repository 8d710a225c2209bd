using Fairlead.Core.Monitors;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>One look of a monitor under way.</summary>
/// <param name="Spec">The monitor.</param>
/// <param name="Endpoint">The number of its endpoint.</param>
/// <param name="Memory">What the look before left; null: nothing.</param>
/// <param name="LookedAt">When that was; null: it never looked.</param>
/// <param name="Now">The moment of the look.</param>
internal sealed record MonitorLook(
    MonitorSpec Spec, int Endpoint, string? Memory, DateTimeOffset? LookedAt, DateTimeOffset Now)
{
    /// <summary>Windows of a minute are there so long after its end.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    /// <summary>The minute after the last one that is complete, since 1970 UTC.</summary>
    public long LastMinute => (Now - Settling).ToUnixTimeSeconds() / 60;

    /// <summary>Whether an arm is watched.</summary>
    public bool Wants(string variant) => Spec.Variant is not { } only || only.ToString() == variant;
}

/// <summary>What a look found.</summary>
/// <param name="Findings">Of each thing what it says.</param>
/// <param name="Memory">What the next look needs; null: nothing.</param>
internal sealed record LookResult(IReadOnlyList<MonitorFinding> Findings, string? Memory = null);

/// <summary>Gathers the facts of a look and has them judged, for each kind of monitor.</summary>
internal sealed class Watchers(
    DriftWatcher drift, ServiceWatcher service, QualityWatcher quality, EstimateWatcher estimate,
    ConceptWatcher concept, SeriesWatcher series, SchemaWatcher schema)
{
    public Task<LookResult> LookAsync(MonitorLook look, CancellationToken cancellation) => look.Spec.Watch switch
    {
        DriftWatch watch => drift.LookAsync(look, watch, cancellation),
        ServiceWatch watch => service.LookAsync(look, watch, cancellation),
        ObjectiveWatch watch => service.LookAsync(look, watch, cancellation),
        QualityWatch watch => quality.LookAsync(look, watch, cancellation),
        EstimateWatch watch => estimate.LookAsync(look, watch, cancellation),
        ConceptWatch watch => concept.LookAsync(look, watch, cancellation),
        SchemaWatch watch => schema.LookAsync(look, watch, cancellation),
        SeriesWatch watch => series.LookAsync(look, watch, cancellation),
        var other => throw new ArgumentOutOfRangeException(nameof(look), other.Word, "No such kind of monitor."),
    };
}
