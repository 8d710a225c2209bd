using System.Xml.Linq;

namespace Fairlead.Tidy.Rules;

/// <summary>A project that the solution does not list is neither built nor tested by <c>./check</c>.</summary>
internal static class SolutionList
{
    private const string Solution = "Fairlead.slnx";

    public static IEnumerable<Violation> Check(SourceTree tree)
    {
        var listed = Listed(tree.Find(Solution));
        var present = tree.Files.Where(file => file.Extension == ".csproj").Select(file => file.Path).ToHashSet();
        foreach (var path in present.Except(listed))
            yield return new Violation(Solution, 0, $"does not list {path}");
        foreach (var path in listed.Except(present))
            yield return new Violation(Solution, 0, $"lists {path}, which does not exist");
    }

    private static HashSet<string> Listed(TreeFile? solution) =>
        [.. from project in XDocument.Parse(solution?.Text ?? "<Solution />").Descendants("Project")
            select (string?)project.Attribute("Path") ?? ""];
}
