using Fairlead.Client.Api;

namespace Fairlead.Web.Live;

/// <summary>What every page may want to know of now, read together and shared by all who look.</summary>
public sealed record LiveState
{
    public DateTimeOffset At { get; init; }

    /// <summary>By name.</summary>
    public IReadOnlyList<EndpointInfo> Endpoints { get; init; } = [];

    /// <summary>Rollouts that are not over.</summary>
    public IReadOnlyList<RolloutInfo> Rollouts { get; init; } = [];

    /// <summary>Alerts that are firing.</summary>
    public IReadOnlyList<AlertInfo> Alerts { get; init; } = [];

    public IReadOnlyList<MonitorInfo> Monitors { get; init; } = [];

    public TrafficInfo Traffic { get; init; } = new();

    /// <summary>What is asked now, by endpoint.</summary>
    public IReadOnlyDictionary<string, TrafficRate> Rates { get; init; } = new Dictionary<string, TrafficRate>();

    /// <summary>Why the last reading failed; what is shown is older then.</summary>
    public string? Failure { get; init; }

    /// <summary>The session's key was revoked or has expired.</summary>
    public bool SignedOut { get; init; }

    public EndpointInfo? Endpoint(string name) => Endpoints.FirstOrDefault(each => each.Name == name);

    public RolloutInfo? RolloutOf(string endpoint) => Rollouts.FirstOrDefault(each => each.Endpoint == endpoint);
}

/// <summary>What an endpoint is asked now.</summary>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="FailedShare">Share of them that fail by the server's doing; null: there were none.</param>
/// <param name="Variants">Requests a second by variant.</param>
public sealed record TrafficRate(
    double PerSecond, double? FailedShare, IReadOnlyDictionary<string, double> Variants)
{
    /// <summary>Nothing is asked.</summary>
    public static TrafficRate None { get; } = new(0, null, new Dictionary<string, double>());
}
