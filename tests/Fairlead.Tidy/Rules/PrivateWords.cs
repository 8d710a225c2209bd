using System.Text.RegularExpressions;

namespace Fairlead.Tidy.Rules;

/// <summary>
/// The tree works on any machine: it names no folder of the one that it was written on, and no package registry (which
/// one is used is the business of each machine's own settings; lock files are written without addresses).
/// </summary>
internal static partial class PrivateWords
{
    public static IEnumerable<Violation> Check(SourceTree tree)
    {
        foreach (var file in tree.WrittenText)
        {
            for (var i = 0; i < file.Lines.Length; i++)
            {
                if (MachinePath().Match(file.Lines[i]) is { Success: true } path)
                    yield return new Violation(file.Path, i + 1, $"names a path of one machine: {path.Value}");
                if (Registry().Match(file.Lines[i]) is { Success: true } registry)
                    yield return new Violation(file.Path, i + 1, $"names a package registry: {registry.Value}");
            }
        }
    }

    [GeneratedRegex(@"(?<![\w.~}])/(work|root|farm|home/\w+|Users/\w+)/|\b[A-Z]:\\Users\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\bnuget[.]org|\bnpmjs[.](org|com)|\bdeb[.]debian[.]|\bpypi[.]org|""resolved"":\s*""https?:",
        RegexOptions.IgnoreCase)]
    private static partial Regex Registry();
}
