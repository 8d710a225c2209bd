using System.Text;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Uploads;
using Fairlead.Client.Api;
using Fairlead.Core.Datasets;
using Fairlead.Core.Models;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Cli.Datasets;

/// <summary>Data as it lies on this machine: what is told of it, and statistics of its columns.</summary>
internal sealed record LocalDataset
{
    private const string PointerOnly = "only a pointer was registered, and its content was not looked at";

    public required string Digest { get; init; }

    /// <summary><c>file</c>, <c>folder</c>, <c>dvc</c> or <c>git-lfs</c>.</summary>
    public required string Source { get; init; }

    public required string Address { get; init; }

    public long? Bytes { get; init; }

    public long? Files { get; init; }

    public long? Rows { get; init; }

    public IReadOnlyList<DatasetColumnInfo> Columns { get; init; } = [];

    public WindowSketch? Profile { get; init; }

    public string? NoProfileBecause { get; init; }

    /// <summary>Looks at a file, a folder, or a pointer of DVC or Git LFS.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="output">Which output of DVC is meant, where a file has several.</param>
    /// <param name="profiled">Rows are read.</param>
    /// <param name="terminal">Where progress is shown.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async Task<LocalDataset> ReadAsync(
        string path, string? output, bool profiled, Terminal terminal, CancellationToken cancellation)
    {
        var isFile = File.Exists(path);
        if (isFile && DataPointers.Find(path, output) is { } pointer)
        {
            return new LocalDataset
            {
                Digest = pointer.Digest,
                Source = pointer.Source,
                Address = pointer.Path is null ? path : $"{path}: {pointer.Path}",
                Bytes = pointer.Bytes,
                Files = pointer.Files,
                NoProfileBecause = PointerOnly,
            };
        }

        if (output is not null)
            throw CliException.Usage($"--output names an output of DVC, and {path} is no file of DVC.");
        var files = LocalFiles.Find(path);
        var contents = await ContentsAsync(files, terminal, cancellation);
        var table = await TableAsync(files, contents, profiled, cancellation);
        return new LocalDataset
        {
            Digest = isFile ? $"sha256:{contents[0].Digest}" : DatasetDigest.OfFolder(contents.Select(content =>
                Sha256Digest.TryParse(content.Digest, out var digest)
                    ? (content.Path, digest)
                    : throw new InvalidOperationException($"'{content.Digest}' is no SHA-256."))),
            Source = isFile ? "file" : "folder",
            Address = path,
            Bytes = contents.Sum(content => content.Bytes),
            Files = contents.Count,
            Rows = table.Summary?.Rows,
            Columns = table.Summary?.Columns ?? [],
            Profile = table.Summary?.Sketch,
            NoProfileBecause = table.Why,
        };
    }

    /// <summary>What each file holds; a pointer of Git LFS counts as what it points to.</summary>
    private static async Task<IReadOnlyList<Content>> ContentsAsync(
        IReadOnlyList<LocalFile> files, Terminal terminal, CancellationToken cancellation)
    {
        var contents = new List<Content>();
        await TransferProgress.ShowAsync(terminal, "Reading", files.Sum(file => file.Size), async report =>
        {
            foreach (var file in files)
            {
                if (file.Path.AsSpan().IndexOfAny('\r', '\n') >= 0)
                    throw CliException.Usage($"the name of the file '{file.Path}' has an end of line; rename it.");
                var pointer = file.Size < DataPointers.MostLfsBytes
                    ? DataPointers.Lfs(
                        file.Location, await File.ReadAllTextAsync(file.Location, Encoding.UTF8, cancellation))
                    : null;
                contents.Add(pointer is null
                    ? new Content(file.Path, await LocalFiles.DigestAsync(file, report, cancellation), file.Size, false)
                    : new Content(file.Path, pointer.Digest["sha256:".Length..], pointer.Bytes ?? 0, true));
            }
        });
        return contents;
    }

    private static async Task<(TableSummary? Summary, string? Why)> TableAsync(
        IReadOnlyList<LocalFile> files, IReadOnlyList<Content> contents, bool profiled,
        CancellationToken cancellation)
    {
        if (!profiled)
            return (null, "it was registered without looking at its rows");
        if (contents.Any(content => content.IsPointer))
            return (null, "files in it are pointers of Git LFS, whose content was not looked at");
        if (files.FirstOrDefault(file => !TableFiles.IsTable(file.Path)) is { } other)
            return (null, $"'{other.Path}' is no table (CSV, Parquet, JSON lines)");
        try
        {
            var summary = await TableProfile.ReadAsync([.. files.Select(file => file.Location)], cancellation);
            return summary.Sketch is null
                ? (summary, $"it has {summary.Columns.Count} columns, more than {WindowSketch.MostColumns}")
                : (summary, null);
        }
        catch (TablesDifferException differ)
        {
            return (null, $"its files are no parts of one table: {differ.Message}");
        }
    }

    private sealed record Content(string Path, string Digest, long Bytes, bool IsPointer);
}
