using Fairlead.Client.Api;
using Fairlead.Core.Lineage;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Lineage;

/// <summary>By what a version is found again.</summary>
internal static class LineageLinks
{
    public const string Data = "data";
    public const string Run = "run";
    public const string Commit = "commit";
    public const string File = "file";
    public const string Parent = "parent";

    /// <summary>Longest value; PostgreSQL indexes no longer ones, and what is longer is no digest.</summary>
    private const int MaxValue = 500;

    /// <summary>The links of a version.</summary>
    public static IEnumerable<LineageLinkRow> Of(VersionInfo version)
    {
        var lineage = version.Lineage;
        var links = new HashSet<(string Kind, string Value)>();
        foreach (var data in lineage.Registered)
            links.Add((Data, data.Digest));
        foreach (var input in lineage.Inputs)
            links.Add((Data, input.Digest));
        foreach (var digest in lineage.Datasets.Values)
            links.Add((Data, digest));
        foreach (var file in version.Files)
            links.Add((File, file.Digest));
        if (lineage.Run is { } run)
            links.Add((Run, run));
        if (CodeSource.CommitOf(lineage.Code?.Commit ?? lineage.CodeCommit) is { } commit)
            links.Add((Commit, commit));
        if (lineage.Parent is { } parent)
            links.Add((Parent, $"{version.Model}/{parent}"));
        return links.Where(link => link.Value.Length > 0).Select(link => new LineageLinkRow
        {
            Kind = link.Kind,
            Value = Key(link.Value),
            Model = version.Model,
            Number = version.Number,
        }).DistinctBy(link => (link.Kind, link.Value));
    }

    /// <summary>A value as it is looked for.</summary>
    public static string Key(string value) => value.Length > MaxValue ? value[..MaxValue] : value;
}
