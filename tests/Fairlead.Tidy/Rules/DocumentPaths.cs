using System.Text.RegularExpressions;

namespace Fairlead.Tidy.Rules;

/// <summary>
/// Documents do not lie: a path in backticks exists. Paths are written from the root, or from src or tests. Text in
/// backticks counts as a path when it begins with a folder of the root or a project, or ends like a file of the tree.
/// </summary>
internal static partial class DocumentPaths
{
    private static readonly string[] Documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"];

    private static readonly HashSet<string> Roots =
        [".ci", "src", "tests", "bench", "fuzz", "samples", "deploy", "docs"];

    private static readonly HashSet<string> Extensions =
        [".cs", ".csproj", ".md", ".props", ".proto", ".razor", ".slnx", ".editorconfig"];

    public static IEnumerable<Violation> Check(SourceTree tree)
    {
        var documents = tree.Files.Where(file =>
            file.Extension == ".md"
            && (Documents.Contains(file.Path) || file.Name == "README.md" || file.IsIn("docs")));
        foreach (var document in documents)
        {
            for (var i = 0; i < document.Lines.Length; i++)
            {
                foreach (Match match in InBackticks().Matches(document.Lines[i]))
                {
                    var path = match.Groups[1].Value;
                    if (IsPath(path) && !Exists(tree, document, path))
                        yield return new Violation(document.Path, i + 1, $"`{path}` does not exist");
                }
            }
        }
    }

    private static bool IsPath(string text)
    {
        if (text.StartsWith("./", StringComparison.Ordinal))
            return true;
        var first = text.Split('/')[0];
        return text.Contains('/') && (Roots.Contains(first) || first.StartsWith("Fairlead.", StringComparison.Ordinal))
            || Extensions.Contains(Path.GetExtension(text));
    }

    private static bool Exists(SourceTree tree, TreeFile document, string path)
    {
        var trimmed = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        trimmed = trimmed.TrimEnd('/');
        var beside = document.Path.Contains('/') ? document.Path[..(document.Path.LastIndexOf('/') + 1)] : "";
        return new[] { "", "src/", "tests/", beside }
            .Any(prefix => tree.Find(prefix + trimmed) is not null || tree.HasFolder(prefix + trimmed));
    }

    // One word in backticks, or the program that begins a command line such as `./fairlead demo`.
    [GeneratedRegex(@"(?<!`)`([\w./+-]+)(?: [^`]*)?`(?!`)")]
    private static partial Regex InBackticks();
}
