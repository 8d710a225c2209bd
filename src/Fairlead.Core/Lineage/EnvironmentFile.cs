using System.Text.RegularExpressions;

namespace Fairlead.Core.Lineage;

/// <summary>A package that a file of an environment names.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its exact version; null where none is pinned.</param>
/// <param name="Ecosystem"><c>pypi</c> or <c>conda</c>.</param>
public readonly record struct PinnedPackage(string Name, string? Version, string Ecosystem);

/// <summary>What a file of an environment says.</summary>
/// <param name="Packages">Its packages, as they stand there.</param>
/// <param name="Python">The version of Python; null where it is not said.</param>
public sealed record EnvironmentContent(IReadOnlyList<PinnedPackage> Packages, string? Python);

/// <summary>
/// Reads the files in which Python projects write down what they run on: <c>requirements.txt</c>, <c>uv.lock</c>,
/// <c>conda.yaml</c>. They are read line by line for names and versions only; what a line says beyond that is passed
/// over, as is a line that is none.
/// </summary>
public static partial class EnvironmentFile
{
    /// <summary>Most packages that are kept of a file.</summary>
    public const int MaxPackages = 5_000;

    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaxBytes = 8 << 20;

    private const int MaxText = 200;
    private const string Requirements = "requirements.txt", Lock = "uv.lock", Conda = "conda.yaml";

    /// <summary>The files, that which says most first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Lock, Requirements, Conda, "conda.yml"];

    /// <summary>Reads a file.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="text">Its text.</param>
    public static EnvironmentContent Read(string name, string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r'));
        var (packages, python) = name switch
        {
            Lock => (LockPackages(lines), LockPython().Match(text) is { Success: true } found
                ? found.Groups["version"].Value
                : null),
            Requirements => (lines.Select(Requirement).OfType<PinnedPackage>(), null),
            _ => CondaPackages(lines),
        };
        return new EnvironmentContent(
            [.. packages.Where(each => each.Name.Length <= MaxText && (each.Version?.Length ?? 0) <= MaxText)
                .Distinct().Take(MaxPackages)],
            python?.Length <= MaxText ? python : null);
    }

    private static PinnedPackage? Requirement(string line)
    {
        var match = RequirementLine().Match(line);
        return match.Success
            ? new PinnedPackage(match.Groups["name"].Value,
                match.Groups["version"] is { Success: true } version ? version.Value : null, "pypi")
            : null;
    }

    /// <summary>The tables <c>[[package]]</c>: a name, then a version, each on a line of its own.</summary>
    private static IEnumerable<PinnedPackage> LockPackages(IEnumerable<string> lines)
    {
        string? name = null;
        var within = false;
        foreach (var line in lines)
        {
            if (line.StartsWith('['))
            {
                within = line.Trim() == "[[package]]";
                name = null;
            }
            else if (within && LockLine().Match(line) is { Success: true } pair)
            {
                if (pair.Groups["key"].Value == "name")
                    name = pair.Groups["value"].Value;
                else if (name is not null)
                    yield return new PinnedPackage(name, pair.Groups["value"].Value, "pypi");
            }
        }
    }

    /// <summary>The list <c>dependencies</c>, and the list <c>pip</c> inside it, which is indented further.</summary>
    private static (IEnumerable<PinnedPackage> Packages, string? Python) CondaPackages(IEnumerable<string> lines)
    {
        var packages = new List<PinnedPackage>();
        var (within, pip) = (false, -1);
        string? python = null;
        foreach (var line in lines)
        {
            if (line.Length > 0 && !char.IsWhiteSpace(line[0]) && line[0] is not ('-' or '#'))
            {
                within = line.StartsWith("dependencies:", StringComparison.Ordinal);
                pip = -1;
            }

            var match = ListItem().Match(line);
            if (!within || !match.Success)
                continue;
            var (indent, item) = (match.Groups["indent"].Length, match.Groups["item"].Value.Trim().Trim('"', '\''));
            if (item is "pip:")
                pip = indent;
            else if (pip >= 0 && indent > pip)
                packages.AddRange(Requirement(item) is { } found ? [found] : []);
            else if (CondaItem().Match(item) is { Success: true } conda)
            {
                pip = -1;
                var (name, version) = (conda.Groups["name"].Value, conda.Groups["version"] is { Success: true } pinned
                    ? pinned.Value
                    : null);
                packages.Add(new PinnedPackage(name, version, "conda"));
                if (name == "python")
                    python = version;
            }
        }

        return (packages, python);
    }

    [GeneratedRegex(
        @"^\s*(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*"
        + @"(?:===?\s*(?<version>[^\s;,#\\]+)|[<>!~=@;\s#].*)?",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RequirementLine();

    [GeneratedRegex("""^(?<key>name|version)\s*=\s*"(?<value>[^"]*)"\s*$""",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LockLine();

    [GeneratedRegex("""^requires-python\s*=\s*"(?<version>[^"]*)"\s*$""",
        RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LockPython();

    [GeneratedRegex(@"^(?<indent>\s*)-\s+(?<item>.+)$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListItem();

    [GeneratedRegex(
        @"^(?:[\w./-]+::)?(?<name>[A-Za-z0-9_][A-Za-z0-9._-]*)\s*"
        + @"(?:=?=\s*(?<version>[^=\s<>!,]+).*|[<>!~].*)?$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CondaItem();
}
