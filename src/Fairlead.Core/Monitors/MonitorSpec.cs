using System.Collections.Immutable;
using Fairlead.Core.Alerts;
using Fairlead.Core.Endpoints;

namespace Fairlead.Core.Monitors;

/// <summary>A standing check of an endpoint, as its owner wrote it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Endpoint">What it watches.</param>
/// <param name="Watch">What it looks at, and from where on it speaks.</param>
public sealed record MonitorSpec(MonitorName Name, EndpointName Endpoint, Watch Watch)
{
    /// <summary>Time from look to look.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Only this variant; null: each by itself.</summary>
    public VariantName? Variant { get; init; }

    /// <summary>What becomes of what it finds.</summary>
    public MonitorAlert Alert { get; init; } = new();

    /// <summary>Why it is there, in its owner's words.</summary>
    public string Description { get; init; } = "";
}

/// <summary>How a monitor's alerts live and whom they are told to.</summary>
public sealed record MonitorAlert
{
    /// <summary>The severities that there are, the gravest first.</summary>
    public static ImmutableArray<string> Severities { get; } = ["page", "ticket", "info"];

    /// <summary>Its times.</summary>
    public AlertPolicy Policy { get; init; } = new();

    /// <summary>One of <see cref="Severities"/>.</summary>
    public string Severity { get; init; } = "ticket";

    /// <summary>Further labels of every alert.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Names of receivers.</summary>
    public ImmutableArray<string> Notify { get; init; } = [];
}
