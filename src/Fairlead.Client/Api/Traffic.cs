namespace Fairlead.Client.Api;

/// <summary>
/// How much every endpoint is asked, and how it answers: what a list of endpoints shows beside the names.
/// </summary>
public sealed record TrafficInfo
{
    /// <summary>When it was read; counters are as of then.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The first minute of the lists of minutes.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>The replica whose own counts are told; those of the minutes are of all.</summary>
    public string Replica { get; set; } = "";

    /// <summary>By name; those that the caller may see.</summary>
    public IReadOnlyList<EndpointTrafficInfo> Endpoints { get; set; } = [];
}

/// <summary>How much one endpoint is asked.</summary>
public sealed record EndpointTrafficInfo
{
    public required string Endpoint { get; init; }

    /// <summary>Requests of each minute that is over, oldest first, of all replicas and variants.</summary>
    public IReadOnlyList<long> Requests { get; set; } = [];

    /// <summary>Requests of each of these minutes that failed by the server's doing.</summary>
    public IReadOnlyList<long> Failed { get; set; } = [];

    /// <summary>
    /// Seconds within which 95 % of the answers of the newest minute with requests were given; null: there was none in
    /// the last five.
    /// </summary>
    public double? P95 { get; init; }

    /// <summary>What each variant was asked on this replica.</summary>
    public IReadOnlyList<VariantTrafficInfo> Variants { get; set; } = [];
}

/// <summary>Counts of one variant on one replica; they only grow while it is served there.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Version"><c>model/3</c>, or <c>none</c>, <c>constant</c>, <c>rule</c>.</param>
/// <param name="Requests">Requests that ended, copies not counted.</param>
/// <param name="Failed">Those of them that failed by the server's doing.</param>
public sealed record VariantTrafficInfo(string Variant, string Version, long Requests, long Failed);
