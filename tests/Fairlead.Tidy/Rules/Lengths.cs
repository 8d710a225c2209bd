namespace Fairlead.Tidy.Rules;

/// <summary>Budgets of the tail: no file that everybody fears, no line that leaves the window.</summary>
internal static class Lengths
{
    private const int MaxSourceLines = 400;
    private const int MaxTestLines = 600;
    private const int MaxColumns = 120;

    private static readonly string[] CheckedExtensions =
        [".cs", ".razor", ".sh", ".csproj", ".props", ".targets", ".slnx", ".proto"];

    public static IEnumerable<Violation> CheckFiles(SourceTree tree)
    {
        foreach (var file in tree.Files.Where(file => file.IsWrittenCode))
        {
            var limit = file.IsIn("src") ? MaxSourceLines : MaxTestLines;
            if (file.Lines.Length > limit)
                yield return new Violation(file.Path, 0, $"has {file.Lines.Length} lines, at most {limit}");
        }
    }

    public static IEnumerable<Violation> CheckLines(SourceTree tree)
    {
        foreach (var file in tree.Files.Where(IsChecked))
        {
            for (var i = 0; i < file.Lines.Length; i++)
            {
                var width = file.Lines[i].Length;
                if (width > MaxColumns)
                    yield return new Violation(file.Path, i + 1, $"is {width} columns wide, at most {MaxColumns}");
            }
        }
    }

    // The scripts of the root have no extension.
    private static bool IsChecked(TreeFile file) =>
        !file.IsGenerated
        && (CheckedExtensions.Contains(file.Extension) || file.Path is "fairlead" or "check" or ".ci/run");
}
