using System.Buffers;
using System.IO.Pipelines;

namespace Fairlead.Cli.Rows;

/// <summary>Finds out what a file or standard input holds, and opens it as rows.</summary>
internal static class RowSources
{
    /// <summary>Opens a file by its extension: <c>.parquet</c>, <c>.csv</c>, <c>.json</c>, <c>.jsonl</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="types">Asks the server what the model takes; called for CSV only.</param>
    /// <param name="note">Receives remarks for the person at the terminal.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    public static async Task<IRowSource> OpenFileAsync(
        string path, Func<Task<FieldTypes>> types, Action<string> note, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw CliException.Usage($"the file {path} does not exist.");
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PARQUET" => new ParquetRows(path),
            ".CSV" => new CsvRows(File.OpenRead(path), await types(), note),
            ".JSON" or ".JSONL" or ".NDJSON" => await SniffAsync(File.OpenRead(path), types, note, cancellation),
            var other => throw CliException.Usage(
                $"{path}: files of rows end in .json, .jsonl, .csv or .parquet, not in '{other}'.",
                "Give other files to standard input: --file - < FILE"),
        };
    }

    /// <summary>
    /// Opens a stream by its first character: <c>[</c> begins a JSON array, <c>{</c> JSON Lines, anything else CSV.
    /// </summary>
    public static async Task<IRowSource> SniffAsync(
        Stream content, Func<Task<FieldTypes>> types, Action<string> note, CancellationToken cancellation)
    {
        var pipe = PipeReader.Create(content);
        var first = await FirstCharacterAsync(pipe, cancellation);
        var all = pipe.AsStream();
        return first switch
        {
            (byte)'[' => new JsonRows(all, isArray: true),
            (byte)'{' => new JsonRows(all, isArray: false),
            0 => throw CliException.Usage("there are no rows to read."),
            _ => new CsvRows(all, await types(), note),
        };
    }

    /// <summary>
    /// The first byte that is no white space, still unread; 0 at the end. The white space and a byte order mark before
    /// it are taken away.
    /// </summary>
    private static async Task<byte> FirstCharacterAsync(PipeReader pipe, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancellation);
            var (skip, first) = Find(read.Buffer);
            pipe.AdvanceTo(read.Buffer.GetPosition(skip));
            if (first != 0 || read.IsCompleted)
                return first;
        }
    }

    private static (long Skip, byte First) Find(ReadOnlySequence<byte> buffer)
    {
        var skip = 0L;
        foreach (var segment in buffer)
        {
            foreach (var b in segment.Span)
            {
                if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xBB or 0xBF))
                    return (skip, b);
                skip++;
            }
        }

        return (skip, 0);
    }
}
