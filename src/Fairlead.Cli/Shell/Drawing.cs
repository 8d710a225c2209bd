using Spectre.Console;

namespace Fairlead.Cli.Shell;

/// <summary>Gives the drawing library a writer of the <see cref="Terminal"/> instead of the process's console.</summary>
internal static class Drawing
{
    public static IAnsiConsole On(Terminal terminal, TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal.Colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = terminal.Width;
        return console;
    }
}
