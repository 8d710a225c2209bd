using Spectre.Console;

namespace Fairlead.Cli.Shell;

/// <summary>
/// Gives the drawing library the writers of a <see cref="Terminal"/> instead of the process's console.
/// </summary>
internal static class Drawing
{
    public static IAnsiConsole OnOut(Terminal terminal) => On(terminal, terminal.Out, terminal.OutIsTerminal);

    public static IAnsiConsole OnError(Terminal terminal) => On(terminal, terminal.Error, terminal.ErrorIsTerminal);

    private static IAnsiConsole On(Terminal terminal, TextWriter writer, bool seen)
    {
        var colours = seen && terminal.Colours;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = seen ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = terminal.Width;
        return console;
    }
}
