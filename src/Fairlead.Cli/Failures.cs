using System.Net.Sockets;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli;

/// <summary>The one table from what can go wrong to an exit code, with a sentence that says what to do.</summary>
internal static class Failures
{
    /// <summary>Writes the sentence and gives the exit code.</summary>
    public static int Explain(Exception failure, Terminal terminal)
    {
        var (code, message, hint) = failure switch
        {
            CliException known => (known.ExitCode, known.Message, known.Hint),
            HttpRequestException unreachable => (ExitCodes.Unreachable, Sentence(unreachable), Reach),
            TaskCanceledException => (ExitCodes.Unreachable, "the server did not answer in time.", Reach),
            UnauthorizedAccessException or IOException => (ExitCodes.Usage, failure.Message, null),
            _ => (ExitCodes.Fault, $"a fault of this program: {failure}", "Please report it."),
        };
        terminal.Error.WriteLine($"fairlead: {message}");
        if (hint is not null)
            terminal.Error.WriteLine($"  {hint}");
        return code;
    }

    private const string Reach =
        $"Start one with `fairlead serve`, or say where it is with --server or {GlobalOptions.ServerVariable}.";

    private static string Sentence(HttpRequestException failure) => failure.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "no server answers: the connection was refused.",
        SocketException { SocketErrorCode: SocketError.HostNotFound } => $"the server's name is not known: {failure.Message}",
        _ => $"the server cannot be reached: {failure.Message}",
    };
}
