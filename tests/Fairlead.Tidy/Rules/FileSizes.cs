namespace Fairlead.Tidy.Rules;

/// <summary>A repository stays quick to clone: large files are made or fetched, not committed.</summary>
internal static class FileSizes
{
    private const long MaxBytes = 256 * 1024;

    /// <summary>The exceptions, each with its reason.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["samples/credit/credit.csv"] = "the real data that the demo trains on and replays; it must work offline",
        ["docs/openapi.v1.json"] = "the whole public API; what changes on the wire must show in a difference",
    };

    public static IEnumerable<Violation> Check(SourceTree tree) =>
        from file in tree.Files
        where file.Size > MaxBytes && !Allowed.ContainsKey(file.Path)
        select new Violation(file.Path, 0, $"has {file.Size / 1024} kB, at most {MaxBytes / 1024} are kept");
}
