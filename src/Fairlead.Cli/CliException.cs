namespace Fairlead.Cli;

/// <summary>
/// Ends a verb with a sentence for people and an exit code for scripts. The sentence says what is wrong and where; the
/// <see cref="Hint"/> says what to do.
/// </summary>
internal sealed class CliException(int exitCode, string message, string? hint = null) : Exception(message)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;

    public string? Hint { get; } = hint;

    public static CliException Usage(string message, string? hint = null) => new(ExitCodes.Usage, message, hint);
}
