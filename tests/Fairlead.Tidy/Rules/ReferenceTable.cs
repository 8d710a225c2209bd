using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Fairlead.Tidy.Rules;

/// <summary>
/// Who may use whom. The table under "Who may use whom" in ARCHITECTURE.md is the truth; the project references of src
/// must be exactly what it says.
/// </summary>
internal static partial class ReferenceTable
{
    private const string Document = "ARCHITECTURE.md";

    public static IEnumerable<Violation> Check(SourceTree tree)
    {
        var table = Read(tree.Find(Document));
        var projects = tree.Files
            .Where(file => file.IsIn("src") && file.Extension == ".csproj")
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file.Path));

        foreach (var missing in table.Keys.Except(projects.Keys))
            yield return new Violation(Document, 0, $"the table names {missing}, which is no project in src");

        foreach (var (name, file) in projects)
        {
            var used = References(file);
            if (!table.TryGetValue(name, out var allowed))
            {
                yield return new Violation(file.Path, 0, $"{name} has no row in the table of {Document}");
                continue;
            }

            foreach (var extra in used.Except(allowed))
                yield return new Violation(file.Path, 0, $"{name} uses {extra}, which the table of {Document} forbids");
            foreach (var unused in allowed.Except(used))
                yield return new Violation(Document, 0, $"the table lets {name} use {unused}, which it does not");
        }
    }

    /// <summary>
    /// Rows such as <c>| `Fairlead.Core` | `Fairlead.Statistics` |</c>; every name in backticks counts.
    /// </summary>
    private static Dictionary<string, HashSet<string>> Read(TreeFile? document)
    {
        var table = new Dictionary<string, HashSet<string>>();
        foreach (var line in document?.Lines ?? [])
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length < 4 || ProjectName().Match(cells[1]) is not { Success: true } project)
                continue;
            if (project.Value != cells[1])
                continue;
            var uses = ProjectName().Matches(cells[2]).Select(use => use.Groups[1].Value);
            table[project.Groups[1].Value] = [.. uses];
        }

        return table;
    }

    private static HashSet<string> References(TreeFile project) =>
        [.. XDocument.Parse(project.Text).Descendants("ProjectReference")
            .Select(reference => (string?)reference.Attribute("Include") ?? "")
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];

    [GeneratedRegex("`(Fairlead\\.[A-Za-z]+)`")]
    private static partial Regex ProjectName();
}
