using System.Text;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Tests.Wire;

/// <summary>What a run of the program left behind.</summary>
public sealed record RunResult(int ExitCode, string Out, string Error);

/// <summary>Runs real command lines in this process.</summary>
public static class Line
{
    /// <summary>Runs with pipes on both sides, the way a script does.</summary>
    public static Task<RunResult> RunAsync(FakeServer server, params string[] arguments) =>
        RunAsync(arguments, server.Address);

    /// <summary>Runs with everything said.</summary>
    public static async Task<RunResult> RunAsync(
        string[] arguments, string? address = null, string input = "", bool person = false, bool colours = false,
        Dictionary<string, string>? environment = null, CancellationToken cancellation = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        environment ??= [];
        if (address is not null)
            environment.TryAdd("FAIRLEAD_URL", address);
        var terminal = new Terminal
        {
            Out = output,
            Error = error,
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
            OutIsTerminal = person,
            ErrorIsTerminal = person,
            Colours = colours,
            Width = 100,
            Environment = name => environment.GetValueOrDefault(name),
        };
        var exitCode = await CommandLine.RunAsync(arguments, terminal, cancellation);
        return new RunResult(exitCode, output.ToString(), error.ToString());
    }
}
