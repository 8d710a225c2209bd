using System.Globalization;
using System.Text.Json;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Hosting;
using Fairlead.Server.Storage;
using Fairlead.Serving.Scoring;

namespace Fairlead.Server.Evaluating;

/// <summary>
/// Asks a version about rows in a child process of this program, whether an endpoint serves it or not: the same reading
/// and runtime that answer callers, and whatever the model does to its process, this one goes on.
/// </summary>
internal sealed class RowScoring : IDisposable
{
    private const int MaxAnswerBytes = 64 << 20;
    private const string FolderName = "scoring";

    private readonly IArtifactStore _store;
    private readonly ControlPlaneOptions _options;
    private readonly TimeProvider _time;
    private readonly string _folder;
    private readonly SemaphoreSlim _slots;
    private long _runs;

    public RowScoring(IArtifactStore store, ControlPlaneOptions options, DataFolder folder, TimeProvider time)
    {
        (_store, _options, _time) = (store, options, time);
        _slots = new SemaphoreSlim(options.ProbesAtOnce, options.ProbesAtOnce);

        // What a killed process left laid out is of no use to anybody.
        Directory.Delete(folder.Below(FolderName), recursive: true);
        _folder = folder.Below(FolderName);
    }

    /// <summary>Asks a version.</summary>
    public async Task<RowScores> ScoreAsync(
        Manifest manifest, ScoreQuestion question, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        var laidOut = Path.Combine(_folder, $"{Interlocked.Increment(ref _runs)}");
        try
        {
            await _store.MaterializeAsync(manifest.Files, laidOut, cancellation);
            var limits = new ChildLimits(
                _options.ProbeTimeout, _options.ProbeMemoryBytes, TimeSpan.MaxValue, MaxAnswerBytes);
            var child = await ChildProcess.RunAsync(
                _options.QueryProgram, ["score", Path.Combine(laidOut, manifest.Components[0].Entry)],
                JsonSerializer.Serialize(question, ScoreChild.Json), limits, _time, cancellation);
            return WhyNot(child) is { } why
                ? throw new RefusalException(why)
                : JsonSerializer.Deserialize<RowScores>(child.Output, ScoreChild.Json)!;
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or JsonException
            or ArtifactMissingException or ArtifactCorruptException)
        {
            throw new RefusalException(new Refusal(
                RefusalKind.Unavailable, "scoring_failed", $"The rows cannot be scored: {failure.Message}"));
        }
        finally
        {
            if (Directory.Exists(laidOut))
                Directory.Delete(laidOut, recursive: true);
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private Refusal? WhyNot(ChildResult child)
    {
        var said = child.Errors.Length == 0 ? "It gave no reason." : child.Errors;
        return child switch
        {
            { Stopped: ChildStop.Memory } => Fault("model_too_large", string.Create(CultureInfo.InvariantCulture,
                $"Scoring took more than the allowed {_options.ProbeMemoryBytes >> 20} MiB.")),
            { Stopped: not ChildStop.None } => Fault(
                "scoring_timeout", $"The rows were not scored within {_options.ProbeTimeout}; send fewer at once."),
            { ExitCode: 0 } => null,
            { Crashed: true } => Fault("model_crashed", $"Scoring crashed ({child.CrashText}). {said}"),
            _ => Fault("invalid_rows", said),
        };
    }

    private static Refusal Fault(string code, string message) => new(RefusalKind.Invalid, code, message);
}
