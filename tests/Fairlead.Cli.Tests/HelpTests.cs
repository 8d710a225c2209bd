using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Tests.Wire;

namespace Fairlead.Cli.Tests;

/// <summary>
/// The command line is a public interface: the help of every verb is committed, so that a change of it shows in the
/// difference. FAIRLEAD_UPDATE_SNAPSHOTS=1 writes the files anew.
/// </summary>
public sealed class HelpTests
{
    private static readonly string Expectations = Path.Combine(ProjectFolder(), "Expectations");

    public static TheoryData<string> Verbs => [.. Walk(Root(), "").Select(verb => verb.Path)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Help_OfEveryVerb_IsAsCommitted(string verb)
    {
        var result = await Line.RunAsync([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        var help = Tidied(result.Out).Replace(RootCommand.ExecutableName, "fairlead");

        result.ExitCode.ShouldBe(ExitCodes.Ok);
        result.Error.ShouldBeEmpty();
        var file = Path.Combine(Expectations, $"{(verb.Length == 0 ? "fairlead" : verb.Replace(' ', '-'))}.txt");
        if (Environment.GetEnvironmentVariable("FAIRLEAD_UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Expectations);
            await File.WriteAllTextAsync(file, help, TestContext.Current.CancellationToken);
        }

        help.ShouldBe(Tidied(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Expectations_HoldNoVerbThatIsGone()
    {
        var verbs = Walk(Root(), "").Select(verb => verb.Path.Length == 0 ? "fairlead" : verb.Path.Replace(' ', '-'));

        Directory.GetFiles(Expectations).Select(Path.GetFileNameWithoutExtension).Except(verbs).ShouldBeEmpty();
    }

    [Fact]
    public void EveryVerbArgumentAndOption_SaysWhatItIs()
    {
        var silent = Walk(Root(), "").SelectMany(verb =>
            verb.Command.Arguments.Cast<Symbol>().Concat(verb.Command.Options).Append(verb.Command)
                .Where(symbol => string.IsNullOrWhiteSpace(symbol.Description))
                .Select(symbol => $"{verb.Path} {symbol.Name}"));

        silent.ShouldBeEmpty();
    }

    /// <summary>The text without the spaces that end its lines and the empty lines that end it.</summary>
    private static string Tidied(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd() + "\n";

    private static RootCommand Root() => CommandLine.Create(new Terminal
    {
        Out = TextWriter.Null,
        Error = TextWriter.Null,
        OpenInput = () => Stream.Null,
    });

    private static IEnumerable<(string Path, Command Command)> Walk(Command command, string path) =>
        command.Subcommands.SelectMany(verb => Walk(verb, $"{path} {verb.Name}".Trim())).Prepend((path, command));

    private static string ProjectFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Fairlead.slnx")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, "tests", "Fairlead.Cli.Tests");
    }
}
