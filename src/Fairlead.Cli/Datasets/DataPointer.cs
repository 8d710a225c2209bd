using System.Globalization;
using Fairlead.Core.Datasets;
using YamlDotNet.RepresentationModel;

namespace Fairlead.Cli.Datasets;

/// <summary>What a pointer says of content that lies elsewhere.</summary>
/// <param name="Source"><c>dvc</c> or <c>git-lfs</c>.</param>
/// <param name="Digest">By what the content is known, with the name of the hash before it.</param>
/// <param name="Bytes">Bytes of all files; null where it does not say.</param>
/// <param name="Files">How many files; null where it does not say.</param>
/// <param name="Path">What it points to, where it says so.</param>
internal sealed record DataPointer(string Source, string Digest, long? Bytes, long? Files, string? Path);

/// <summary>Recognises pointers of Git LFS and of DVC; nothing is downloaded.</summary>
internal static class DataPointers
{
    /// <summary>A pointer of Git LFS is shorter than this.</summary>
    public const int MostLfsBytes = 1024;

    private const int MostDvcBytes = 16 << 20;
    private const string LfsVersion = "version https://git-lfs.github.com/spec/";
    private const string LfsDigest = "oid sha256:";
    private const string LfsSize = "size ";

    /// <summary>The pointer that a file is; null for a file that is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="output">Which of several outputs of DVC is meant; null where there is one.</param>
    public static DataPointer? Find(string path, string? output)
    {
        var isLock = Path.GetFileName(path) == "dvc.lock";
        if (isLock || Path.GetExtension(path).Equals(".dvc", StringComparison.OrdinalIgnoreCase))
        {
            if (new FileInfo(path).Length > MostDvcBytes)
                throw CliException.Usage($"{path} is larger than any file of DVC ({MostDvcBytes >> 20} MiB).");
            return Dvc(path, File.ReadAllText(path), isLock, output);
        }

        return new FileInfo(path).Length < MostLfsBytes ? Lfs(path, File.ReadAllText(path)) : null;
    }

    /// <summary>Reads a pointer of Git LFS; null for a text that does not begin as one.</summary>
    internal static DataPointer? Lfs(string path, string text)
    {
        if (!text.StartsWith(LfsVersion, StringComparison.Ordinal))
            return null;
        string[] lines = text.Split('\n');
        var digest = Array.Find(lines, line => line.StartsWith(LfsDigest, StringComparison.Ordinal))
            ?[LfsDigest.Length..].TrimEnd('\r');
        var size = Array.Find(lines, line => line.StartsWith(LfsSize, StringComparison.Ordinal))?[LfsSize.Length..];
        if (digest is null || !DatasetDigest.IsWritten($"sha256:{digest}")
            || !long.TryParse(size, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var bytes))
        {
            throw CliException.Usage($"{path} begins as a pointer of Git LFS and has no 'oid sha256:' and 'size'.");
        }

        return new DataPointer("git-lfs", $"sha256:{digest}", bytes, 1, null);
    }

    /// <summary>Reads a <c>.dvc</c> file or a <c>dvc.lock</c>.</summary>
    internal static DataPointer Dvc(string path, string text, bool isLock, string? output)
    {
        var root = Root(path, text);
        var outs = isLock
            ? (root.Child("stages") as YamlMappingNode ?? root).Children.Values.SelectMany(Outs).ToList()
            : Outs(root).ToList();
        string[] paths = [.. outs.Select(each => Text(each, "path") ?? "")];
        var at = output is null ? (outs.Count == 1 ? 0 : -1) : Array.IndexOf(paths, output);
        if (at < 0)
        {
            throw CliException.Usage(
                outs.Count == 0 ? $"{path} names no output of DVC."
                : output is null ? $"{path} has {outs.Count} outputs; name one with --output."
                : $"{path} has no output '{output}'.",
                outs.Count == 0
                    ? null
                    : $"It has {string.Join(", ", paths.Take(20))}{(outs.Count > 20 ? ", …" : "")}.");
        }

        var digest = Text(outs[at], "md5");
        if (digest is null || !DatasetDigest.IsWritten($"md5:{digest}"))
        {
            throw CliException.Usage(
                $"{path}: '{paths[at]}' has no MD5, so its content is not known.",
                "Run dvc commit, or dvc add, first.");
        }

        return new DataPointer(
            "dvc", $"md5:{digest}", Number(outs[at], "size"),
            digest.EndsWith(".dir", StringComparison.Ordinal) ? Number(outs[at], "nfiles") : 1,
            paths[at].Length > 0 ? paths[at] : null);
    }

    private static YamlMappingNode Root(string path, string text)
    {
        try
        {
            return YamlText.Mapping(text) ?? throw CliException.Usage($"{path} is no file of DVC.");
        }
        catch (FormatException broken)
        {
            throw CliException.Usage($"{path} is no YAML: {broken.Message}");
        }
    }

    private static IEnumerable<YamlMappingNode> Outs(YamlNode stage) =>
        stage is YamlMappingNode mapping && mapping.Child("outs") is YamlSequenceNode outs
            ? outs.Children.OfType<YamlMappingNode>()
            : [];

    private static string? Text(YamlMappingNode node, string name) => (node.Child(name) as YamlScalarNode)?.Value;

    private static long? Number(YamlMappingNode node, string name) =>
        long.TryParse(Text(node, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
