using System.Text.RegularExpressions;

namespace Fairlead.Tidy.Rules;

/// <summary>
/// Decisions are functions of their arguments: Core and Statistics know no clock, no chance, no input or output and no
/// tasks, so each of their tests is a call and a comparison.
/// </summary>
internal static partial class PureCore
{
    private static readonly string[] PureProjects = ["src/Fairlead.Core", "src/Fairlead.Statistics"];

    public static IEnumerable<Violation> Check(SourceTree tree)
    {
        foreach (var file in tree.Files.Where(file => file.IsWrittenCode && PureProjects.Any(file.IsIn)))
        {
            for (var i = 0; i < file.Lines.Length; i++)
            {
                if (Impure().Match(WithoutComment(file.Lines[i])) is { Success: true } found)
                    yield return new Violation(file.Path, i + 1, $"'{found.Value}' has no place in a pure project");
            }
        }
    }

    private static string WithoutComment(string line)
    {
        var comment = line.IndexOf("//", StringComparison.Ordinal);
        return comment < 0 ? line : line[..comment];
    }

    [GeneratedRegex(@"\b(async|await|(Value)?Task(<|\b)|Thread\.\w+|new Thread|TimeProvider|Stopwatch|PeriodicTimer"
        + @"|DateTime(Offset)?\.(Utc)?Now|Random\.Shared|new Random\(\)|RandomNumberGenerator"
        + @"|Guid\.(NewGuid|CreateVersion7)|HttpClient|Console|Environment\.(?!NewLine)\w+"
        + @"|(File|Directory)(Info|Stream)?\.\w+"
        + @"|System\.IO(;|\.(?!Hashing))|System\.Net\.\w+)")]
    private static partial Regex Impure();
}
