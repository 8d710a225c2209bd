using System.Collections.Immutable;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;

namespace Fairlead.Serving.Routing;

/// <summary>
/// Where a replica learns what it shall serve. The control plane implements it over its database; the data plane needs
/// nothing else of it, and answers from the last snapshot for as long as the feed is silent.
/// </summary>
public interface IRoutingFeed
{
    /// <summary>
    /// The newest known wishes, from the database or, while that cannot be reached, from the copy on local disk.
    /// </summary>
    Task<RoutingSnapshot> ReadAsync(CancellationToken cancellation);

    /// <summary>
    /// Waits until a snapshot with a revision greater than <paramref name="seen"/> can be read, or for about 5 s.
    /// </summary>
    Task WaitForChangeAsync(long seen, CancellationToken cancellation);

    /// <summary>
    /// Reports what this replica did about one generation of one endpoint. Never throws: a report that cannot be
    /// delivered is repeated by the next one.
    /// </summary>
    Task AcknowledgeAsync(PlacementReport report, CancellationToken cancellation);
}

/// <summary>All endpoints as they shall be.</summary>
/// <param name="Revision">Grows with every change of any endpoint.</param>
public sealed record RoutingSnapshot(long Revision, ImmutableArray<RoutedEndpoint> Endpoints);

/// <summary>One endpoint as it shall be, with everything that is needed to place its versions.</summary>
/// <param name="Spec">The checked specification; its arms have their numbers.</param>
/// <param name="Number">The endpoint's permanent number.</param>
/// <param name="Generation">The generation of this specification.</param>
/// <param name="Salt">The salt of its assignment.</param>
/// <param name="Versions">The versions that the variants name, each once.</param>
public sealed record RoutedEndpoint(
    EndpointSpec Spec, int Number, long Generation, ulong Salt, ImmutableArray<RoutedVersion> Versions)
{
    /// <summary>
    /// The feed has lost contact and this is not the generation itself, but what is left of it where nobody controls:
    /// it is served, and neither counted as the generation nor acknowledged.
    /// </summary>
    public bool WithoutContact { get; init; }
}

/// <summary>What a replica needs to know of a version to load it.</summary>
public sealed record RoutedVersion(VersionId Id, Manifest Manifest, ProbeReport Probe);

/// <summary>How far a replica is with a generation.</summary>
public enum PlacementState
{
    /// <summary>Versions are being loaded; requests are answered by the generation before.</summary>
    Placing,

    /// <summary>Every version is loaded and warm, and requests are answered by this generation.</summary>
    Serving,

    /// <summary>A version cannot be loaded here; requests are still answered by the generation before.</summary>
    Failed,
}

/// <summary>A replica's word about one generation of one endpoint.</summary>
/// <param name="Why">For <see cref="PlacementState.Failed"/>: the reason, in a sentence.</param>
public sealed record PlacementReport(EndpointName Endpoint, long Generation, PlacementState State, string? Why = null);
