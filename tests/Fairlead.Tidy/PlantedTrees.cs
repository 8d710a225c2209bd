namespace Fairlead.Tidy;

/// <summary>A small tree for one rule, with a part of the message that the rule must give.</summary>
internal sealed record PlantedTree(string Rule, string Expected, SourceTree Tree)
{
    public static PlantedTree Of(string rule, string expected, params (string Path, string Text)[] files) =>
        new(rule, expected, SourceTree.Of(files));
}

internal static class PlantedTrees
{
    private const string Table = """
        # Architecture
        | project | uses |
        |---|---|
        | `Fairlead.Alpha` | nothing |
        | `Fairlead.Beta` | `Fairlead.Alpha` |
        """;

    private const string Alone = "<Project Sdk=\"Microsoft.NET.Sdk\" />";

    private const string Changelog = """
        # Changelog

        ## [Unreleased]

        ### Added
        - One.

        ## [0.2.0] - 2026-02-01

        ## [0.1.0] - 2026-01-01
        """;

    public static IReadOnlyList<PlantedTree> Violating { get; } =
    [
        PlantedTree.Of("references", "Fairlead.Alpha uses Fairlead.Beta", ("ARCHITECTURE.md", Table),
            ("src/Fairlead.Alpha/Fairlead.Alpha.csproj", Using("Fairlead.Beta")),
            ("src/Fairlead.Beta/Fairlead.Beta.csproj", Using("Fairlead.Alpha"))),
        PlantedTree.Of("references", "lets Fairlead.Beta use Fairlead.Alpha", ("ARCHITECTURE.md", Table),
            ("src/Fairlead.Alpha/Fairlead.Alpha.csproj", Alone),
            ("src/Fairlead.Beta/Fairlead.Beta.csproj", Alone)),
        PlantedTree.Of("references", "Fairlead.Gamma has no row", ("ARCHITECTURE.md", Table),
            ("src/Fairlead.Alpha/Fairlead.Alpha.csproj", Alone),
            ("src/Fairlead.Beta/Fairlead.Beta.csproj", Using("Fairlead.Alpha")),
            ("src/Fairlead.Gamma/Fairlead.Gamma.csproj", Alone)),
        PlantedTree.Of("references", "no project in src", ("ARCHITECTURE.md", Table),
            ("src/Fairlead.Alpha/Fairlead.Alpha.csproj", Alone)),
        PlantedTree.Of("solution", "does not list tests/B.Tests/B.Tests.csproj",
            ("Fairlead.slnx", Solution("src/A/A.csproj")), ("src/A/A.csproj", Alone),
            ("tests/B.Tests/B.Tests.csproj", Alone)),
        PlantedTree.Of("solution", "lists src/A/A.csproj", ("Fairlead.slnx", Solution("src/A/A.csproj"))),
        PlantedTree.Of("file length", "has 401 lines", ("src/A/Long.cs", Repeat("// line\n", 401))),
        PlantedTree.Of("file length", "has 601 lines", ("tests/A/Long.cs", Repeat("// line\n", 601))),
        PlantedTree.Of("line length", "src/A/Wide.cs:2: is 121", ("src/A/Wide.cs", "\n" + new string('x', 121))),
        PlantedTree.Of("line length", "check:1", ("check", new string('x', 121))),
        PlantedTree.Of("file size", "has 257 kB", ("docs/large.txt", Repeat("x", 257 * 1024))),
        PlantedTree.Of("regions", "src/A/A.cs:1", ("src/A/A.cs", "#region Fields\n#endregion")),
        PlantedTree.Of("names", "src/A/A.cs:1", ("src/A/A.cs", "internal static class StringHelper { }")),
        PlantedTree.Of("names", "src/A/Utils/A.cs: its folder", ("src/A/Utils/A.cs", "")),
        PlantedTree.Of("unfinished", "src/A/A.cs:2", ("src/A/A.cs", "\n// TODO: the rest")),
        PlantedTree.Of("unfinished", "docs/a.md:1", ("docs/a.md", "FIXME")),
        PlantedTree.Of("private words", "a path of one machine", ("docs/a.md", "see /" + "work/notes.md")),
        PlantedTree.Of("private words", "a path of one machine", ("src/A/A.cs", "\"/home/" + "somebody/x\"")),
        PlantedTree.Of("private words", "a package registry", ("docs/a.md", "from https://api.nuget" + ".org/v3")),
        PlantedTree.Of("private words", "a package registry",
            ("tests/a/package-lock.json", "\"resolved\"" + ": \"https://registry.example/x.tgz\"")),
        PlantedTree.Of("root files", "PLAN.md", ("PLAN.md", "first, …")),
        PlantedTree.Of("root files", "scratch/", ("scratch/a.txt", "")),
        PlantedTree.Of("document paths", "`src/A/Gone.cs`", ("README.md", "See `src/A/Gone.cs`."), ("src/A/A.cs", "")),
        PlantedTree.Of("document paths", "`./demo`", ("README.md", "Run `./demo --fast`.")),
        PlantedTree.Of("document paths", "`Gone.cs`", ("docs/a/b.md", "See `Gone.cs`."), ("docs/Gone.cs", "")),
        PlantedTree.Of("changelog", "is missing"),
        PlantedTree.Of("changelog", "begins with", ("CHANGELOG.md", Changelog.Replace("# Changelog", "# News"))),
        PlantedTree.Of("changelog", "the first section", ("CHANGELOG.md", Changelog.Replace("[Unreleased]", "Next"))),
        PlantedTree.Of("changelog", "newest first", ("CHANGELOG.md", Changelog.Replace("0.2.0", "0.0.9"))),
        PlantedTree.Of("changelog", "is headed", ("CHANGELOG.md", Changelog.Replace(" - 2026-02-01", ""))),
        PlantedTree.Of("changelog", "the headings are", ("CHANGELOG.md", Changelog.Replace("Added", "News"))),
        PlantedTree.Of("changelog", "has no section", ("CHANGELOG.md", "# Changelog")),
        PlantedTree.Of("pure core", "'Task<'", ("src/Fairlead.Core/A.cs", "public Task<int> Read();")),
        PlantedTree.Of("pure core", "'DateTimeOffset.UtcNow'", ("src/Fairlead.Core/A.cs", "DateTimeOffset.UtcNow")),
        PlantedTree.Of("pure core", "'File.ReadAllText'", ("src/Fairlead.Statistics/A.cs", "File.ReadAllText(x)")),
        PlantedTree.Of("pure core", "'System.Net.Sockets'", ("src/Fairlead.Core/A.cs", "using System.Net.Sockets;")),
        PlantedTree.Of("pure core", "'Random.Shared'", ("src/Fairlead.Core/A/B.cs", "Random.Shared.Next()")),
        PlantedTree.Of("log events", "is taken by src/A/A.cs:1",
            ("src/A/A.cs", "[LoggerMessage(11, LogLevel.Warning, \"One [x]\")]"),
            ("src/B/B.cs", "[LoggerMessage(EventId = 11, Message = \"Two\")]")),
        PlantedTree.Of("log events", "needs an event id",
            ("src/A/A.cs", "[LoggerMessage(Level = LogLevel.Warning,\n Message = \"Took 12 s, 3 times\")]")),
        PlantedTree.Of("operations tables", "has no row for fairlead_a_total",
            ("src/A/A.cs", "page.Family(\"fairlead_a_total\", \"counter\", \"A.\");"), ("docs/operations.md", "")),
        PlantedTree.Of("operations tables", "docs/operations.md:2: 1001 is nowhere",
            ("docs/operations.md", "\n| 1001 | error | A |")),
        PlantedTree.Of("operations tables", "is missing",
            ("src/A/A.cs", "[LoggerMessage(1001, LogLevel.Error, \"A\")]")),
    ];

    public static IReadOnlyList<PlantedTree> Clean { get; } =
    [
        PlantedTree.Of("references", "", ("ARCHITECTURE.md", Table),
            ("src/Fairlead.Alpha/Fairlead.Alpha.csproj", Alone),
            ("src/Fairlead.Beta/Fairlead.Beta.csproj", Using("Fairlead.Alpha"))),
        PlantedTree.Of("solution", "", ("Fairlead.slnx", Solution("src/A/A.csproj")), ("src/A/A.csproj", Alone)),
        PlantedTree.Of("file length", "", ("src/A/Migrations/Long.cs", Repeat("// line\n", 401))),
        PlantedTree.Of("file length", "", ("src/A/Full.cs", Repeat("// line\n", 400))),
        PlantedTree.Of("line length", "", ("src/A/Wide.cs", new string('é', 120)),
            ("docs/a.md", new string('x', 200))),
        PlantedTree.Of("names", "", ("src/A/A.cs", "internal sealed class UtilityFunction(IHelperBot bot);")),
        PlantedTree.Of("private words", "", ("docs/a.md", "network/root/part and $HOME/models and /tmp/models")),
        PlantedTree.Of("root files", "", ("README.md", ""), ("src/A/PLAN.md", "")),
        PlantedTree.Of("document paths", "",
            ("README.md", "`application/json`, `credit/2`, `src/A/A.cs`, `A/`, `./check`, `./fairlead demo`, `a.onnx`"),
            ("src/A/A.cs", ""), ("check", ""), ("fairlead", "")),
        PlantedTree.Of("operations tables", "",
            ("src/A/A.cs", "Gauge(page, variants, \"fairlead_a\");\n[LoggerMessage(1001, LogLevel.Error, \"A\")]"),
            ("docs/operations.md", "| `fairlead_a` | | A |\n| 1001 | error | A |")),
        PlantedTree.Of("changelog", "", ("CHANGELOG.md", Changelog)),
        PlantedTree.Of("pure core", "", ("src/Fairlead.Core/A.cs", "// A Task may wait.\nvar taskCount = file.Path;"),
            ("src/Fairlead.Core/B.cs", "using System.Net; // for IPAddress, a value"),
            ("src/Fairlead.Serving/A.cs", "await Task.Yield();"),
            ("src/Fairlead.Statistics/B.cs", "using System.IO.Hashing;")),
        PlantedTree.Of("log events", "",
            ("src/A/A.cs", "[LoggerMessage(11, LogLevel.Warning, \"One\")]"),
            ("src/A/B.cs", "[LoggerMessage(EventId = 12, Message = \"\")]")),
    ];

    private static string Using(string project) =>
        $"<Project><ItemGroup><ProjectReference Include=\"../{project}/{project}.csproj\" /></ItemGroup></Project>";

    private static string Solution(string project) => $"<Solution><Project Path=\"{project}\" /></Solution>";

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
