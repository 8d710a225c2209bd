using System.Diagnostics;
using System.Globalization;

namespace Fairlead.Inference.Tests;

/// <summary>Starts the program that measures what can only be measured in a process of its own.</summary>
internal static class ChildProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs a task in a process whose home is <paramref name="home"/>, and returns what it printed.</summary>
    public static async Task<string> RunAsync(string task, string model, int number, string home)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Fairlead.Inference.Child.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { program, task, model, number.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);

        // Nothing that this process or its caller switched off may be inherited.
        foreach (var name in new[] { "ORT_DISABLE_TELEMETRY", "CI", "XDG_CACHE_HOME", "XDG_DATA_HOME" })
            start.Environment.Remove(name);
        start.Environment["HOME"] = home;
        start.Environment["DOTNET_CLI_HOME"] = Path.GetTempPath();
        start.Environment["DOTNET_EnableDiagnostics"] = "0";

        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Patience);
        var error = process.StandardError.ReadToEndAsync(timeout.Token);
        var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        process.ExitCode.ShouldBe(0, await error);
        return output.Trim();
    }
}
