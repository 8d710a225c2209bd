using System.Globalization;
using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;

namespace Fairlead.Inference.Loading;

/// <summary>
/// Brings a version from the artifact store into this process: lays its files out, checks every byte, opens and warms
/// the model.
/// </summary>
/// <param name="store">Where the artifacts are.</param>
/// <param name="folder">
/// A folder of this machine for laid-out files; each load has a folder of its own below it, gone when the load is over.
/// </param>
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
        var component = OnlyComponent(id, manifest);
        var started = time.GetTimestamp();
        var load = Interlocked.Increment(ref _loads);
        var laidOut = Path.Combine(folder, load.ToString(CultureInfo.InvariantCulture));
        OnnxModel? model = null;
        try
        {
            await store.MaterializeAsync(manifest.Files, laidOut, cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
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
            Remove(laidOut);
        }
    }

    private static ManifestComponent OnlyComponent(VersionId id, Manifest manifest)
    {
        if (manifest.Components is not [var component])
        {
            throw new ModelLoadException(
                $"The version {id} has {manifest.Components.Length} components; this program serves versions of one.");
        }

        if (component.Runtime != "onnx")
        {
            throw new ModelLoadException(
                $"The version {id} asks for the runtime '{component.Runtime}', which this program does not have.");
        }

        // The entry becomes a path of this machine, so it must be one of the files that were laid out and checked.
        if (manifest.Files.All(file => file.Path != component.Entry))
            throw new ModelLoadException($"The version {id} has no file '{component.Entry}'.");
        return component;
    }

    /// <summary>
    /// A folder that cannot be removed is no reason to lose a loaded model: <see cref="Sweep"/> gets it.
    /// </summary>
    private static void Remove(string laidOut)
    {
        try
        {
            if (Directory.Exists(laidOut))
                Directory.Delete(laidOut, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
