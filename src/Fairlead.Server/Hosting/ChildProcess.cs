using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Fairlead.Server.Hosting;

/// <summary>What a child process may take before it is stopped.</summary>
/// <param name="Time">From its start to its end.</param>
/// <param name="MemoryBytes">Resident memory.</param>
/// <param name="ProcessorTime">Of all its threads together.</param>
/// <param name="OutputBytes">What is kept of its output; the rest is read and dropped.</param>
internal sealed record ChildLimits(TimeSpan Time, long MemoryBytes, TimeSpan ProcessorTime, int OutputBytes);

/// <summary>Why a child process was stopped.</summary>
internal enum ChildStop
{
    /// <summary>It ended by itself.</summary>
    None,

    /// <summary>It took too long.</summary>
    Time,

    /// <summary>It took too much memory.</summary>
    Memory,

    /// <summary>It took too much of the processors.</summary>
    Processor,
}

/// <summary>What a child process left.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Errors, ChildStop Stopped)
{
    // A signal that ended a process shows as 128 and its number.
    private const int SignalBase = 128;

    /// <summary>It ended by a signal, or in a way that it did not choose.</summary>
    public bool Crashed => ExitCode is > SignalBase or < 0;

    /// <summary>How it crashed, in words.</summary>
    public string CrashText => ExitCode is > SignalBase and <= SignalBase + 64
        ? $"signal {ExitCode - SignalBase}"
        : $"exit code {ExitCode}";
}

/// <summary>
/// Runs work in a child process of this program, whose death takes nothing else with it and which is stopped when it
/// takes too much.
/// </summary>
internal static class ChildProcess
{
    private const int MaxReasonChars = 4_000;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Runs a program to its end. Throws <see cref="System.ComponentModel.Win32Exception"/> when it cannot be started.
    /// </summary>
    /// <param name="program">The program with its first arguments; empty: this program.</param>
    /// <param name="arguments">The other arguments.</param>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="limits">What it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<ChildResult> RunAsync(
        IReadOnlyList<string> program, IReadOnlyList<string> arguments, string input, ChildLimits limits,
        TimeProvider time, CancellationToken cancellation)
    {
        using var process = Start(program.Count > 0 ? program : ThisProgram(), arguments);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var stopped = GuardAsync(process, limits, time, ending.Token);
        string output, errors;
        try
        {
            var reading = ReadAsync(process.StandardOutput, limits.OutputBytes);
            var complaining = ReadAsync(process.StandardError, MaxReasonChars);
            await WriteAsync(process, input);
            await process.WaitForExitAsync(cancellation);
            output = await reading.WaitAsync(cancellation);
            errors = await complaining.WaitAsync(cancellation);
        }
        finally
        {
            await ending.CancelAsync();
            Kill(process);
        }

        return new ChildResult(process.ExitCode, output, errors.Trim(), await stopped);
    }

    private static Process Start(IReadOnlyList<string> program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in program.Skip(1).Concat(arguments))
            start.ArgumentList.Add(argument);

        // The child needs nothing that opens this server.
        start.Environment.Remove("FAIRLEAD_ADMIN_KEY");
        return Process.Start(start)!;
    }

    private static async Task WriteAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code says why.
        }
    }

    /// <summary>Stops a child that takes too long or too much; says which.</summary>
    private static async Task<ChildStop> GuardAsync(
        Process process, ChildLimits limits, TimeProvider time, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        try
        {
            while (!process.HasExited)
            {
                await Task.Delay(CheckInterval, time, cancellation);
                var (memory, processor) = Taken(process);
                var why = time.GetElapsedTime(started) > limits.Time ? ChildStop.Time
                    : memory > limits.MemoryBytes ? ChildStop.Memory
                    : processor > limits.ProcessorTime ? ChildStop.Processor
                    : ChildStop.None;
                if (why == ChildStop.None)
                    continue;
                Kill(process);
                return why;
            }
        }
        catch (OperationCanceledException)
        {
            // The child is done, or nobody waits for it any more.
        }

        return ChildStop.None;
    }

    private static (long Memory, TimeSpan Processor) Taken(Process process)
    {
        try
        {
            process.Refresh();
            return (process.WorkingSet64, process.TotalProcessorTime);
        }
        catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It ended while it was asked.
            return (0, TimeSpan.Zero);
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

    private static IReadOnlyList<string> ThisProgram()
    {
        var process = Environment.ProcessPath
            ?? throw new System.ComponentModel.Win32Exception("The path of this program is not known.");
        var hosted = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return hosted ? [process, Assembly.GetEntryAssembly()!.Location] : [process];
    }
}
