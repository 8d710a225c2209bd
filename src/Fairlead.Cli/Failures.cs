using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Fairlead.Cli.Shell;
using Fairlead.Client;

namespace Fairlead.Cli;

/// <summary>The one table from what can go wrong to an exit code, with a sentence that says what to do.</summary>
internal static class Failures
{
    private const string Reach =
        $"Start one with `fairlead serve`, or say where it is with --server or {GlobalOptions.ServerVariable}.";

    /// <summary>Writes the sentence and gives the exit code.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="server">The address that was asked.</param>
    /// <param name="terminal">Receives the sentence.</param>
    public static int Explain(Exception failure, string server, Terminal terminal)
    {
        var (code, message, hint) = failure switch
        {
            CliException known => (known.ExitCode, known.Message, known.Hint),
            FairleadApiException refused => (CodeOf(refused.Status), Sentence(refused), Hint(refused.Status)),
            HttpRequestException { InnerException: AuthenticationException untrusted } => (ExitCodes.Unreachable,
                $"the certificate of {server} is not trusted: {untrusted.Message}",
                $"Name its authority with --ca or {GlobalOptions.AuthorityVariable}, and the server as the certificate "
                + "does."),
            HttpRequestException unreachable => (ExitCodes.Unreachable, Sentence(unreachable, server), Reach),
            OperationCanceledException => (ExitCodes.Unreachable, $"{server} did not answer in time.", Reach),
            JsonException => (ExitCodes.Unreachable,
                $"{server} gave an answer that is not understood: {failure.Message}",
                "Is this a Fairlead server, and of the same version as this program?"),
            UnauthorizedAccessException or IOException => (ExitCodes.Usage, failure.Message, null),
            _ => (ExitCodes.Fault, $"a fault of this program: {failure}", "Please report it."),
        };
        terminal.Error.WriteLine($"fairlead: {message}");
        if (hint is not null)
            terminal.Error.WriteLine($"  {hint}");
        return code;
    }

    /// <summary>The exit code of an answer's status.</summary>
    public static int CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCodes.NotAllowed,
        HttpStatusCode.NotFound => ExitCodes.NotFound,
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => ExitCodes.Conflict,
        _ => ExitCodes.Refused,
    };

    /// <summary>Why a server was not reached.</summary>
    public static string Sentence(HttpRequestException failure, string server) => failure.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"no server answers at {server}.",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain } =>
            $"the host of {server} is not known.",
        _ => $"{server} cannot be reached: {failure.Message}",
    };

    private static string? Hint(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => $"Give a key with {GlobalOptions.KeyVariable} or --key.",
        HttpStatusCode.Forbidden => "The key's role or its limits do not allow this; ask an administrator.",
        HttpStatusCode.TooManyRequests => "The limit is reached; try again a little later.",
        _ => null,
    };

    private static string Sentence(FairleadApiException refused)
    {
        var errors = refused.Problem.Errors;
        if (errors.Count <= 1)
            return Fault(refused.Message, refused.Problem.Field, refused.Code);
        return $"{errors.Count} faults:" + string.Concat(
            errors.Select(error => $"\n  - {Fault(error.Detail, error.Field, error.Code)}"));
    }

    private static string Fault(string message, string? field, string code) =>
        Listing.Cell(field is null ? $"{message} ({code})" : $"{field}: {message} ({code})");
}
