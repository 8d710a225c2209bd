using System.Text.RegularExpressions;

namespace Fairlead.Tidy.Rules;

/// <summary>Words that have no place in the code.</summary>
internal static partial class Wording
{
    public static IEnumerable<Violation> CheckRegions(SourceTree tree) =>
        Find(tree.Files.Where(file => file.IsWrittenCode), Region(), "a region hides what should be a type of its own");

    public static IEnumerable<Violation> CheckUnfinished(SourceTree tree) =>
        Find(tree.WrittenText, Unfinished(), "unfinished work belongs in an issue, not in the tree");

    /// <summary>A folder or type named after no concept attracts everything that has no home.</summary>
    public static IEnumerable<Violation> CheckNames(SourceTree tree)
    {
        const string message = "is named after no concept; say what it is about";
        var code = tree.Files.Where(file => file.IsWrittenCode).ToList();
        foreach (var file in code.Where(file => file.Path.Split('/')[..^1].Any(folder => FolderName().IsMatch(folder))))
            yield return new Violation(file.Path, 0, "its folder " + message);
        foreach (var violation in Find(code, TypeName(), "a type " + message))
            yield return violation;
    }

    private static IEnumerable<Violation> Find(IEnumerable<TreeFile> files, Regex pattern, string message)
    {
        foreach (var file in files.Where(file => !file.IsIn("tests/Fairlead.Tidy")))
        {
            for (var i = 0; i < file.Lines.Length; i++)
            {
                if (pattern.IsMatch(file.Lines[i]))
                    yield return new Violation(file.Path, i + 1, message);
            }
        }
    }

    [GeneratedRegex(@"^\s*#\s*region\b")]
    private static partial Regex Region();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex("^(Helpers?|Utils?|Utilities|Managers?|Common|Misc)$")]
    private static partial Regex FolderName();

    [GeneratedRegex(@"\b(class|struct|record|interface|enum)\s+\w*(Helpers?|Utils?|Utilities|Manager|Common)\b")]
    private static partial Regex TypeName();
}
