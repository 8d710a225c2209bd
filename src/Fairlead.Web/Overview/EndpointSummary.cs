using System.Runtime.CompilerServices;
using Fairlead.Client.Api;
using Fairlead.Web.Charts;
using Fairlead.Web.Live;

namespace Fairlead.Web.Overview;

/// <summary>An endpoint as a list shows it: every figure already a decision of what to say. Pure.</summary>
public sealed class EndpointSummary
{
    private static readonly ConditionalWeakTable<LiveState, List<EndpointSummary>> Made = [];

    private readonly Lazy<SparkShape> _minutes;

    private EndpointSummary(EndpointTrafficInfo? traffic) =>
        _minutes = new Lazy<SparkShape>(() => SparkShape.Of((traffic?.Requests ?? []).Select(count => (double)count)));

    public required EndpointInfo Endpoint { get; init; }

    /// <summary><c>healthy</c>, <c>placing</c>, <c>degraded</c> (on some replicas) or <c>failing</c>.</summary>
    public required string Health { get; init; }

    /// <summary>Why it is not healthy.</summary>
    public string? HealthWhy { get; init; }

    public TrafficRate Rate { get; init; } = TrafficRate.None;

    /// <summary>Requests of each minute of the last hour.</summary>
    public SparkShape Minutes => _minutes.Value;

    /// <summary>Seconds.</summary>
    public double? P95 { get; init; }

    /// <summary>
    /// <c>drift</c>, <c>no drift</c>, <c>insufficient data</c>, <c>failed</c>; null: nobody watches it.
    /// </summary>
    public string? Drift { get; init; }

    public RolloutInfo? Rollout { get; init; }

    /// <summary>Alerts that fire.</summary>
    public int Alerts { get; init; }

    /// <summary>Every endpoint of a reading, by name; made once for all who look.</summary>
    public static IReadOnlyList<EndpointSummary> AllOf(LiveState state) => Made.GetValue(state, Make);

    private static List<EndpointSummary> Make(LiveState state)
    {
        var traffic = state.Traffic.Endpoints.ToDictionary(each => each.Endpoint, StringComparer.Ordinal);
        var rollouts = state.Rollouts.DistinctBy(each => each.Endpoint)
            .ToDictionary(each => each.Endpoint, StringComparer.Ordinal);
        var monitors = state.Monitors.ToLookup(each => each.Endpoint, StringComparer.Ordinal);
        var alerts = state.Alerts.ToLookup(each => each.Endpoint, StringComparer.Ordinal);
        return [.. state.Endpoints.Select(endpoint =>
        {
            var asked = traffic.GetValueOrDefault(endpoint.Name);
            var (health, why) = HealthOf(endpoint);
            return new EndpointSummary(asked)
            {
                Endpoint = endpoint,
                Health = health,
                HealthWhy = why,
                Rate = state.Rates.GetValueOrDefault(endpoint.Name, TrafficRate.None),
                P95 = asked?.P95,
                Drift = DriftOf(monitors[endpoint.Name]),
                Rollout = rollouts.GetValueOrDefault(endpoint.Name),
                Alerts = alerts[endpoint.Name].Count(),
            };
        })];
    }

    /// <summary>Replicas that are gone say nothing.</summary>
    public static (string Health, string? Why) HealthOf(EndpointInfo endpoint)
    {
        var live = endpoint.Placements.Where(placement => placement.Live).ToList();
        var failed = live.Where(placement => placement.State == "failed").ToList();
        if (failed.Count > 0)
        {
            var serves = live.Any(placement => placement.ServingGeneration > 0);
            return (serves ? "degraded" : "failing", failed[0].Why);
        }

        return live.Count > 0 && live.TrueForAll(placement => placement.State == "serving")
            ? ("healthy", null)
            : ("placing", live.Count == 0 ? "no live replica has taken it up" : null);
    }

    /// <summary>The gravest that an endpoint's monitors of drift found.</summary>
    public static string? DriftOf(IEnumerable<MonitorInfo> monitors)
    {
        var states = monitors.Where(each => each.Kind == "drift")
            .Select(each => each.State).ToHashSet(StringComparer.Ordinal);
        return states.Count == 0 ? null
            : states.Contains("breach") ? "drift"
            : states.Contains("failed") ? "failed"
            : states.Contains("insufficient_data") || states.Contains("new") ? "insufficient data"
            : "no drift";
    }
}
