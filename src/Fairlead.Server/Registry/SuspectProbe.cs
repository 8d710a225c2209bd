using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Storage;
using Fairlead.Serving.Routing;

namespace Fairlead.Server.Registry;

/// <summary>Probes a version again before this replica loads it, when it may have brought a process down.</summary>
internal sealed class SuspectProbe(IArtifactStore store, IVersionProbe probe, DataFolder folder) : IVersionCheck
{
    /// <summary>Where suspects are laid out, below the data folder.</summary>
    public const string FolderName = "suspects";

    private long _number;

    public async Task<string?> WhyNotAsync(RoutedVersion version, CancellationToken cancellation)
    {
        var laidOut = Path.Combine(folder.Below(FolderName), $"{Interlocked.Increment(ref _number)}");
        try
        {
            await store.MaterializeAsync(version.Manifest.Files, laidOut, cancellation);
            await probe.ProbeAsync(laidOut, version.Manifest.Components[0].Entry, cancellation);
            return null;
        }
        catch (RefusalException refused)
        {
            return refused.Message;
        }
        catch (IOException failure)
        {
            return failure.Message;
        }
        finally
        {
            if (Directory.Exists(laidOut))
                Directory.Delete(laidOut, recursive: true);
        }
    }
}
