namespace Fairlead.Cli.Tests;

/// <summary>
/// Completion as it happens: zsh, fish and PowerShell are started, load the script that the program prints, and
/// complete what was typed. Where a shell is missing the tests fail and say what to install; <c>./check</c> installs
/// them.
/// </summary>
public sealed class CompletionTests
{
    /// <summary>
    /// Types into an interactive zsh on a terminal of its own and shows what stands on the line after the tab key.
    /// </summary>
    private const string ZshTerminal = """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PS1= PS2=; stty -echo; source $2; print rea''dy"
        while zpty -r shell line; do [[ $line == *ready* ]] && break; done
        zpty -w -n shell "$1"$'\t\x18'
        for ((tries = 0; tries < 600; tries++)); do
            line=
            zpty -r -t shell line || { sleep 0.05; continue }
            print -r -- "$line"
            [[ $line == *'>>'* ]] && exit 0
        done
        exit 1
        """;

    /// <summary>What a user has in his <c>.zshrc</c>, and a key that shows the line.</summary>
    private const string ZshStart = """
        autoload -Uz compinit
        compinit -u -D
        source <(fairlead completion zsh)
        show() { print -r -- "<<$BUFFER>>" }
        zle -N show
        bindkey '^X' show
        """;

    [Theory]
    [InlineData("fairlead mod", "fairlead models ")]
    [InlineData("fairlead models reg", "fairlead models register ")]
    [InlineData("fairlead keys create ci --role vie", "fairlead keys create ci --role viewer ")]
    public async Task Zsh_TabKey_CompletesTheWord(string typed, string completed)
    {
        ShouldBeInstalled("zsh");
        var folder = Directory.CreateTempSubdirectory("fairlead-zsh-");
        var (terminal, start) = (Path.Combine(folder.FullName, "terminal"), Path.Combine(folder.FullName, "start"));
        await File.WriteAllTextAsync(terminal, ZshTerminal, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(start, ZshStart, TestContext.Current.CancellationToken);

        var (exitCode, output, error) = await ProcessTests.RunAsync("zsh", ["-f", terminal, typed, start]);

        exitCode.ShouldBe(0, error);
        output.ShouldContain($"<<{completed}>>");
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("fairlead mod", "models")]
    [InlineData("fairlead models reg", "register")]
    [InlineData("fairlead keys create ci --role vie", "viewer")]
    [InlineData("fairlead predict credit --output cs", "csv")]
    public async Task Fish_CompletesTheWord(string typed, string completed)
    {
        ShouldBeInstalled("fish");

        (await FishAsync(typed)).ShouldBe([completed]);
    }

    [Fact]
    public async Task Fish_AfterAVerb_OffersItsVerbsAndNoFiles_AndFilesWhereNothingElseFits()
    {
        ShouldBeInstalled("fish");

        var verbs = await FishAsync("fairlead models ");
        verbs.ShouldContain("register");
        verbs.ShouldNotContain("predict");
        verbs.ShouldNotContain("fairlead.dll");
        (await FishAsync("fairlead models register credit fairlead.d")).ShouldContain("fairlead.dll");
    }

    /// <summary>PowerShell starts slowly, so that one of them answers everything.</summary>
    [Fact]
    public async Task PowerShell_CompletesTheWord()
    {
        string[] typed =
        [
            "fairlead mod", "fairlead models reg", "fairlead keys create ci --role vie", "fairlead models ",
        ];
        var asking = typed.Select(line =>
            $"(TabExpansion2 -inputScript '{line}' -cursorColumn {line.Length}).CompletionMatches.CompletionText "
            + "-join ' '");
        var script = "fairlead completion powershell | Out-String | Invoke-Expression; " + string.Join("; ", asking);

        var (exitCode, output, error) = await ProcessTests.RunAsync(
            "dotnet", ["tool", "run", "pwsh", "--", "-NoProfile", "-NonInteractive", "-Command", script]);

        exitCode.ShouldBe(0, $"'dotnet tool restore' installs it. {output}{error}");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[..3].ShouldBe(["models", "register", "viewer"]);
        lines[3].Split(' ').ShouldContain("register");
        lines[3].Split(' ').ShouldNotContain("predict");
    }

    private static async Task<string[]> FishAsync(string typed)
    {
        var script = $"cd '{AppContext.BaseDirectory}'; fairlead completion fish | source; complete -C '{typed}'";
        var (exitCode, output, error) = await ProcessTests.RunAsync("fish", ["--no-config", "-c", script]);
        exitCode.ShouldBe(0, error);

        // A word may come with a description behind a tab.
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0])];
    }

    private static void ShouldBeInstalled(string shell) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, shell)))
            .ShouldBeTrue($"This test needs {shell}: install the package '{shell}' (Debian: apt-get install {shell}).");
}
