using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs;

/// <summary>Prints the script that makes a shell complete the program's verbs and options.</summary>
internal static class CompletionVerb
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["bash"] = "fairlead.bash",
        ["zsh"] = "fairlead.zsh",
        ["fish"] = "fairlead.fish",
        ["powershell"] = "fairlead.ps1",
    };

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = "The shell to complete in" };
        shell.AcceptOnlyFromAmong([.. Files.Keys]);
        return new Command("completion", "Print a completion script: source <(fairlead completion bash)") { shell }
            .Runs(terminal, async (call, cancellation) =>
        {
            await using var script = typeof(CompletionVerb).Assembly
                .GetManifestResourceStream(Files[call.Value(shell)])!;
            using var reader = new StreamReader(script);
            await terminal.Out.WriteAsync(await reader.ReadToEndAsync(cancellation));
        });
    }
}
