using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;

namespace Fairlead.Inference.Loading;

/// <summary>A version that is loaded and warm in this process.</summary>
/// <param name="Id">Which version.</param>
/// <param name="Runtime">The open model.</param>
/// <param name="Probe">What the probe found out about it.</param>
/// <param name="LoadTime">How long it took to load and warm here.</param>
public sealed record PlacedVersion(VersionId Id, IModelRuntime Runtime, ProbeReport Probe, TimeSpan LoadTime)
    : IAsyncDisposable
{
    /// <summary>Memory that the version is accounted with, as measured by the probe in a process of its own.</summary>
    public long AccountedBytes => Probe.ResidentBytes;

    /// <summary>Waits for runs under way, then frees the model.</summary>
    public ValueTask DisposeAsync() => Runtime.DisposeAsync();
}
