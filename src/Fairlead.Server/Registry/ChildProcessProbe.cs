using System.Globalization;
using System.Text.Json;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Hosting;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Registry;

/// <summary>
/// Probes in a child process of this program (<c>probe FOLDER --entry FILE</c>), which writes a report to its output: a
/// model that crashes or devours memory takes the child with it and nothing else.
/// </summary>
internal sealed class ChildProcessProbe(ControlPlaneOptions options, TimeProvider time) : IVersionProbe, IDisposable
{
    private const int MaxReportBytes = 16 << 20;

    private readonly SemaphoreSlim _slots = new(options.ProbesAtOnce, options.ProbesAtOnce);

    public async Task<ProbeReport> ProbeAsync(string folder, string entry, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            var limits = new ChildLimits(
                options.ProbeTimeout, options.ProbeMemoryBytes, TimeSpan.MaxValue, MaxReportBytes);
            return Report(await ChildProcess.RunAsync(
                options.ProbeProgram, ["probe", folder, "--entry", entry], "", limits, time, cancellation));
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw Failed($"The probe program cannot be started: {failure.Message}");
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private ProbeReport Report(ChildResult child)
    {
        if (WhyNot(child) is { } why)
            throw new RefusalException(why);
        try
        {
            return StoredJson.Read<ProbeReport>(child.Output);
        }
        catch (JsonException failure)
        {
            throw Failed($"The probe's report cannot be read: {failure.Message}");
        }
    }

    private Refusal? WhyNot(ChildResult child)
    {
        var said = child.Errors.Length == 0 ? "It gave no reason." : child.Errors;
        return child switch
        {
            { Stopped: ChildStop.Memory } => Fault("model_too_large", string.Create(CultureInfo.InvariantCulture,
                $"Loading the model took more than the allowed {options.ProbeMemoryBytes >> 20} MiB.")),
            { Stopped: not ChildStop.None } =>
                Fault("probe_timeout", $"The model was not loaded and run within {options.ProbeTimeout}."),
            { ExitCode: 0 } => null,
            { Crashed: true } =>
                Fault("model_crashed", $"Loading the model crashed the probe ({child.CrashText}). {said}"),
            _ => Fault("model_refused", $"The model cannot be served: {said}"),
        };
    }

    /// <summary>The probe itself is at fault, and not the model.</summary>
    private static RefusalException Failed(string message) =>
        new(new Refusal(RefusalKind.Unavailable, "probe_failed", message));

    private static Refusal Fault(string code, string message) => new(RefusalKind.Invalid, code, message);
}
