using System.Diagnostics;

namespace Fairlead.EndToEnd.Program;

/// <summary>The program as it was built beside these tests.</summary>
public static class BuiltProgram
{
    private const int SigTerm = 15;

    /// <summary>The folder of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// The program: the published one that FAIRLEAD_PROGRAM names, which starts in a third of the time, or else the one
    /// that was built in the configuration of these tests.
    /// </summary>
    public static string Path { get; } = FindProgram();

    /// <summary>Runs a verb to its end.</summary>
    public static Task<Finished> RunAsync(TimeSpan limit, params string[] arguments) =>
        RunAsync(limit, [], arguments);

    /// <summary>The same with variables of the environment.</summary>
    public static async Task<Finished> RunAsync(
        TimeSpan limit, Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"fairlead {string.Join(' ', arguments)} took longer than {limit}.\n{await error}");
        }

        return new Finished(process.ExitCode, await output, await error);
    }

    /// <summary>Starts a verb with its streams redirected.</summary>
    public static Process Start(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        if (!start.Environment.ContainsKey("DOTNET_ROOT"))
            start.Environment["DOTNET_ROOT"] =
                System.IO.Path.GetDirectoryName(Environment.ProcessPath is { } host
                && host.EndsWith("dotnet", StringComparison.Ordinal) ? host : FindDotnet());
        return Process.Start(start)!;
    }

    /// <summary>Asks a process to end in order.</summary>
    public static void Terminate(Process process) => _ = Kill(process.Id, SigTerm);

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    private static string FindDotnet() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => System.IO.Path.Combine(folder, "dotnet"))
            .Where(File.Exists)
            .Select(file => File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file)
            .First();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Fairlead.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("These tests run inside a checkout.");
    }

    private static string FindProgram()
    {
        if (Environment.GetEnvironmentVariable("FAIRLEAD_PROGRAM") is { Length: > 0 } published)
        {
            return File.Exists(published) ? published
                : throw new InvalidOperationException($"FAIRLEAD_PROGRAM names no file: '{published}'.");
        }

        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Name;
        var program = System.IO.Path.Combine(Root, "artifacts", "bin", "Fairlead.Cli", configuration, "fairlead");
        return File.Exists(program) ? program
            : throw new InvalidOperationException($"The program is not built: '{program}'.");
    }
}

/// <summary>What a verb left behind.</summary>
public sealed record Finished(int ExitCode, string Output, string Error);
