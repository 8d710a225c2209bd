using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;

namespace Fairlead.Inference.Loading;

/// <summary>Brings a version from the artifact store into this process: lays its files out, checks every byte, opens and warms the model.</summary>
/// <param name="store">Where the artifacts are.</param>
/// <param name="folder">A folder of this machine for laid-out files; each load has a folder of its own below it, gone when the load is over.</param>
/// <param name="time">For load times.</param>
public sealed class VersionLoader(IArtifactStore store, string folder, TimeProvider time)
{
    private int _loads;

    /// <summary>Removes what an earlier process left behind; call it once, before the first load.</summary>
    public void Sweep()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// Loads a version.
    /// </summary>
    /// <param name="threadsPerRun">1, or more to take threads of the shared pool for each run.</param>
    /// <exception cref="ArtifactCorruptException">A file does not have the bytes that the manifest names.</exception>
    /// <exception cref="ArtifactMissingException">A file is gone from the store.</exception>
    /// <exception cref="ModelLoadException">The model cannot be opened, or is not the one that was probed.</exception>
    public async Task<PlacedVersion> LoadAsync(
        VersionId id, Manifest manifest, ProbeReport probe, int threadsPerRun, CancellationToken cancellation)
    {
        var component = manifest.Components.Single();
        if (component.Runtime != "onnx")
            throw new ModelLoadException($"The version {id} asks for the runtime '{component.Runtime}', which this program does not have.");

        var started = time.GetTimestamp();
        var laidOut = Path.Combine(folder, Interlocked.Increment(ref _loads).ToString(System.Globalization.CultureInfo.InvariantCulture));
        OnnxModel? model = null;
        try
        {
            await store.MaterializeAsync(manifest.Files, laidOut, cancellation).ConfigureAwait(false);
            model = OnnxModel.Load(Path.Combine(laidOut, component.Entry), threadsPerRun);
            if (!model.Signature.Equals(probe.Signature))
                throw new ModelLoadException($"The version {id} has another signature than when it was registered.");

            await ModelProbe.WarmAsync(model).ConfigureAwait(false);
            var placed = new PlacedVersion(id, model, probe, time.GetElapsedTime(started));
            model = null;
            return placed;
        }
        finally
        {
            if (model is not null)
                await model.DisposeAsync().ConfigureAwait(false);
            if (Directory.Exists(laidOut))
                Directory.Delete(laidOut, recursive: true);
        }
    }
}
