namespace Fairlead.Cli.Shell;

/// <summary>
/// Where a verb reads and writes: data goes to <see cref="Out"/>, everything said to a person to <see cref="Error"/>.
/// The only place that touches the console, so that tests can run verbs in process.
/// </summary>
public sealed class Terminal
{
    private const int DefaultWidth = 120;

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input; only verbs that read it call this.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>A person looks at the data: tables may be drawn.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>A person looks at the messages: progress may be shown.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>False with NO_COLOR and on a dumb terminal; never used where nobody looks.</summary>
    public bool Colours { get; init; }

    public int Width { get; init; } = DefaultWidth;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Reads an environment variable; null when it is not set.</summary>
    public Func<string, string?> Environment { get; init; } = _ => null;

    /// <summary>The terminal, pipes and environment of this process.</summary>
    public static Terminal OfProcess()
    {
        var outIsTerminal = !Console.IsOutputRedirected;
        var plain = !string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("NO_COLOR"))
            || System.Environment.GetEnvironmentVariable("TERM") is "dumb";
        return new Terminal
        {
            Out = Console.Out,
            Error = Console.Error,
            OpenInput = Console.OpenStandardInput,
            OutIsTerminal = outIsTerminal,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Colours = !plain,
            Width = outIsTerminal ? WindowWidth() : DefaultWidth,
            Environment = System.Environment.GetEnvironmentVariable,
        };
    }

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth is > 20 and var width ? width : DefaultWidth;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }
}
