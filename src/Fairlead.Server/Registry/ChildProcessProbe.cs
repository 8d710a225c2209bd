using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Registry;

/// <summary>
/// Probes in a child process of this program (<c>probe FOLDER --entry FILE</c>), which writes a report to its output: a
/// model that crashes or devours memory takes the child with it and nothing else.
/// </summary>
internal sealed class ChildProcessProbe(ControlPlaneOptions options, TimeProvider time) : IVersionProbe, IDisposable
{
    private const int MaxReportBytes = 16 << 20;
    private const int MaxReasonChars = 4_000;

    // A signal that ended a process shows as 128 and its number.
    private const int SignalBase = 128;

    private static readonly TimeSpan MemoryCheckInterval = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _slots = new(options.ProbesAtOnce, options.ProbesAtOnce);

    public async Task<ProbeReport> ProbeAsync(string folder, string entry, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            using var process = Start(folder, entry);
            return await WatchAsync(process, cancellation);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private Process Start(string folder, string entry)
    {
        var program = options.ProbeProgram is { Count: > 0 } given ? given : ThisProgram();
        var start = new ProcessStartInfo(program[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in program.Skip(1))
            start.ArgumentList.Add(argument);
        foreach (var argument in (ReadOnlySpan<string>)["probe", folder, "--entry", entry])
            start.ArgumentList.Add(argument);

        // The child needs nothing that opens this server.
        start.Environment.Remove("FAIRLEAD_ADMIN_KEY");
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw Failed($"The probe program '{program[0]}' cannot be started: {failure.Message}");
        }
    }

    private async Task<ProbeReport> WatchAsync(Process process, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var stopped = GuardAsync(process, ending.Token);
        string output, errors;
        try
        {
            process.StandardInput.Close();
            var reading = ReadAsync(process.StandardOutput, MaxReportBytes);
            var complaining = ReadAsync(process.StandardError, MaxReasonChars);
            await process.WaitForExitAsync(cancellation);
            output = await reading.WaitAsync(cancellation);
            errors = await complaining.WaitAsync(cancellation);
        }
        finally
        {
            await ending.CancelAsync();
            Kill(process);
        }

        if (await stopped is { } why)
            throw new RefusalException(why);
        return process.ExitCode == 0 ? Report(output) : throw new RefusalException(Refused(process.ExitCode, errors));
    }

    /// <summary>Stops a child that takes too long or too much; says which.</summary>
    private async Task<Refusal?> GuardAsync(Process process, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        try
        {
            while (!process.HasExited)
            {
                await Task.Delay(MemoryCheckInterval, time, cancellation);
                var why = time.GetElapsedTime(started) > options.ProbeTimeout
                    ? Fault("probe_timeout", $"The model was not loaded and run within {options.ProbeTimeout}.")
                    : ResidentBytes(process) > options.ProbeMemoryBytes
                        ? Fault("model_too_large", string.Create(CultureInfo.InvariantCulture,
                            $"Loading the model took more than the allowed {options.ProbeMemoryBytes >> 20} MiB."))
                        : null;
                if (why is null)
                    continue;
                Kill(process);
                return why;
            }
        }
        catch (OperationCanceledException)
        {
            // The child is done, or nobody waits for it any more.
        }

        return null;
    }

    private static long ResidentBytes(Process process)
    {
        try
        {
            process.Refresh();
            return process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It ended by itself.
        }
    }

    /// <summary>Reads to the end, so that the child is never held up, and keeps no more than the bound.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, int maxChars)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var read)
            kept.Append(buffer, 0, Math.Min(read, maxChars - kept.Length));
        return kept.ToString();
    }

    private static ProbeReport Report(string output)
    {
        try
        {
            var report = StoredJson.Read<ProbeReport>(output);
            return report.Signature is not null ? report : throw Failed("The probe's report has no signature.");
        }
        catch (JsonException failure)
        {
            throw Failed($"The probe's report cannot be read: {failure.Message}");
        }
    }

    private static Refusal Refused(int exitCode, string errors)
    {
        var reason = errors.Trim();
        var crashed = exitCode is > SignalBase or < 0;
        var said = reason.Length == 0 ? "It gave no reason." : reason;
        return crashed
            ? Fault("model_crashed", exitCode is > SignalBase and <= SignalBase + 64
                ? $"Loading the model crashed the probe (signal {exitCode - SignalBase}). {said}"
                : $"Loading the model crashed the probe (exit code {exitCode}). {said}")
            : Fault("model_refused", $"The model cannot be served: {said}");
    }

    /// <summary>The probe itself is at fault, and not the model.</summary>
    private static RefusalException Failed(string message) =>
        new(new Refusal(RefusalKind.Unavailable, "probe_failed", message));

    private static Refusal Fault(string code, string message) => new(RefusalKind.Invalid, code, message);

    private static IReadOnlyList<string> ThisProgram()
    {
        var process = Environment.ProcessPath ?? throw Failed("The path of this program is not known.");
        var hosted = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return hosted ? [process, Assembly.GetEntryAssembly()!.Location] : [process];
    }
}
