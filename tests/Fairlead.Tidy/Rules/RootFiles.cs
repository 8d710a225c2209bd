namespace Fairlead.Tidy.Rules;

/// <summary>The root holds what a newcomer expects there and nothing else; plans belong in issues.</summary>
internal static class RootFiles
{
    private static readonly HashSet<string> Allowed =
    [
        ".editorconfig", ".gitattributes", ".gitignore", ".git-blame-ignore-revs", ".dockerignore",
        "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "NOTICE",
        "fairlead", "check",
        "Fairlead.slnx", "global.json", "Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt",
    ];

    private static readonly HashSet<string> AllowedFolders =
        [".ci", ".config", ".github", "src", "tests", "bench", "fuzz", "samples", "deploy", "docs"];

    public static IEnumerable<Violation> Check(SourceTree tree)
    {
        var files = tree.Files.Where(file => !file.Path.Contains('/') && !Allowed.Contains(file.Path));
        foreach (var file in files)
            yield return new Violation(file.Path, 0, "is not among the files that the root may hold");

        var folders = tree.Files
            .Where(file => file.Path.Contains('/'))
            .Select(file => file.Path[..file.Path.IndexOf('/')])
            .Distinct();
        foreach (var folder in folders.Where(folder => !AllowedFolders.Contains(folder)))
            yield return new Violation(folder + "/", 0, "is not among the folders that the root may hold");
    }
}
