using Fairlead.Client.Api;
using Fairlead.Web.Live;

namespace Fairlead.Web.Overview;

/// <summary>An endpoint as a list shows it: every figure already a decision of what to say. Pure.</summary>
public sealed record EndpointSummary
{
    public required EndpointInfo Endpoint { get; init; }

    /// <summary><c>healthy</c>, <c>placing</c>, <c>degraded</c> (on some replicas) or <c>failing</c>.</summary>
    public required string Health { get; init; }

    /// <summary>Why it is not healthy.</summary>
    public string? HealthWhy { get; init; }

    public TrafficRate Rate { get; init; } = TrafficRate.None;

    /// <summary>Requests of each minute of the last hour.</summary>
    public IReadOnlyList<double> Minutes { get; init; } = [];

    /// <summary>Seconds.</summary>
    public double? P95 { get; init; }

    /// <summary>
    /// <c>drift</c>, <c>no drift</c>, <c>insufficient data</c>, <c>failed</c>; null: nobody watches it.
    /// </summary>
    public string? Drift { get; init; }

    public RolloutInfo? Rollout { get; init; }

    /// <summary>Alerts that fire.</summary>
    public int Alerts { get; init; }

    public static EndpointSummary Of(EndpointInfo endpoint, LiveState state)
    {
        var traffic = state.TrafficOf(endpoint.Name);
        var (health, why) = HealthOf(endpoint);
        return new EndpointSummary
        {
            Endpoint = endpoint,
            Health = health,
            HealthWhy = why,
            Rate = state.Rates.GetValueOrDefault(endpoint.Name, TrafficRate.None),
            Minutes = [.. (traffic?.Requests ?? []).Select(count => (double)count)],
            P95 = traffic?.P95,
            Drift = DriftOf(endpoint.Name, state.Monitors),
            Rollout = state.RolloutOf(endpoint.Name),
            Alerts = state.Alerts.Count(alert => alert.Endpoint == endpoint.Name),
        };
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

    /// <summary>The gravest that the monitors of drift found.</summary>
    public static string? DriftOf(string endpoint, IEnumerable<MonitorInfo> monitors)
    {
        var states = monitors.Where(each => each.Endpoint == endpoint && each.Kind == "drift")
            .Select(each => each.State).ToHashSet(StringComparer.Ordinal);
        return states.Count == 0 ? null
            : states.Contains("breach") ? "drift"
            : states.Contains("failed") ? "failed"
            : states.Contains("insufficient_data") || states.Contains("new") ? "insufficient data"
            : "no drift";
    }
}
