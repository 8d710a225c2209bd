using System.Text.RegularExpressions;

namespace Fairlead.Tidy.Rules;

/// <summary>
/// CHANGELOG.md is read by people and programs: a title, an "Unreleased" section first, then releases with a version
/// and a day, newest first; inside only the six known headings with a list below each.
/// </summary>
internal static partial class ChangelogShape
{
    private const string Document = "CHANGELOG.md";

    private static readonly string[] Kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

    public static IEnumerable<Violation> Check(SourceTree tree)
    {
        if (tree.Find(Document) is not { } file)
        {
            yield return new Violation(Document, 0, "is missing");
            yield break;
        }

        if (file.Lines[0] != "# Changelog")
            yield return new Violation(Document, 1, "begins with '# Changelog'");
        foreach (var violation in CheckSections(file.Lines))
            yield return violation;
    }

    private static IEnumerable<Violation> CheckSections(string[] lines)
    {
        var sections = 0;
        Version? previous = null;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                if (sections++ == 0)
                {
                    if (line != "## [Unreleased]")
                        yield return new Violation(Document, i + 1, "the first section is '## [Unreleased]'");
                    continue;
                }

                if (Release().Match(line) is not { Success: true } release)
                {
                    yield return new Violation(Document, i + 1, "a release is headed '## [1.2.3] - 2026-01-31'");
                    continue;
                }

                var version = Version.Parse(release.Groups[1].Value);
                if (previous is not null && version >= previous)
                    yield return new Violation(Document, i + 1, "releases stand newest first");
                previous = version;
            }
            else if (line.StartsWith("### ", StringComparison.Ordinal) && !Kinds.Contains(line[4..]))
            {
                yield return new Violation(Document, i + 1, $"the headings are {string.Join(", ", Kinds)}");
            }
        }

        if (sections == 0)
            yield return new Violation(Document, 0, "has no section");
    }

    [GeneratedRegex(@"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$")]
    private static partial Regex Release();
}
