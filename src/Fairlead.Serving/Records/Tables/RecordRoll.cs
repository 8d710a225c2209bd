using System.Runtime.InteropServices;

namespace Fairlead.Serving.Records.Tables;

/// <summary>Says whether a row is kept out of tables.</summary>
/// <param name="endpoint">The endpoint's number.</param>
/// <param name="subject">The keyed hash of the person that the row is about; null: not known.</param>
/// <param name="microseconds">When the request came.</param>
public delegate bool IsForgotten(int endpoint, string? subject, long microseconds);

/// <summary>
/// Turns a file of the append log into tables, one an endpoint and day. The file goes when its tables are there; while
/// it is there it is the truth, and what an interrupted roll left of its tables is no part of any answer.
/// </summary>
public static class RecordRoll
{
    /// <summary>Rolls a closed file; returns its rows. Throws <see cref="IOException"/> when a disk refuses.</summary>
    public static long Roll(string path, IRecordTables tables, IsForgotten isForgotten)
    {
        var source = Path.GetFileNameWithoutExtension(path);
        foreach (var left in tables.List().Where(table => table.Source == source))
            tables.Delete(left);

        var rows = Write(path, source, tables, isForgotten, only: null, tables.Publish);
        File.Delete(path);
        return rows;
    }

    /// <summary>
    /// Writes the rows of a file that may still grow as tables, and leaves the file as it is.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="tables">Gives the drafts.</param>
    /// <param name="isForgotten">Says which rows are left out.</param>
    /// <param name="only">The endpoints that are wanted; null: all.</param>
    /// <param name="publish">Takes each draft that is written.</param>
    public static long Write(
        string path, IRecordTables tables, IsForgotten isForgotten, IReadOnlySet<int>? only,
        Action<string, RecordTable> publish) =>
        Write(path, Path.GetFileNameWithoutExtension(path), tables, isForgotten, only, publish);

    private static long Write(
        string path, string source, IRecordTables tables, IsForgotten isForgotten, IReadOnlySet<int>? only,
        Action<string, RecordTable> publish)
    {
        var writers = new Dictionary<(int Endpoint, DateOnly Day, string Layout), (TableWriter Writer, int Part)>();
        try
        {
            Fill(path, tables, isForgotten, only, writers);
            long rows = 0;
            foreach (var ((endpoint, day, _), (writer, part)) in writers.OrderBy(each => each.Value.Part))
            {
                writer.Close();
                rows += writer.Rows;
                publish(writer.Path, new RecordTable(endpoint, day, source, part));
            }

            return rows;
        }
        finally
        {
            foreach (var (writer, _) in writers.Values)
                writer.Dispose();
        }
    }

    private static void Fill(
        string path, IRecordTables tables, IsForgotten isForgotten, IReadOnlySet<int>? only,
        Dictionary<(int Endpoint, DateOnly Day, string Layout), (TableWriter Writer, int Part)> writers)
    {
        var kept = new List<int>();

        // Most records follow one of the same arm and day.
        (RecordSchema? Schema, DateOnly Day, TableWriter? Writer) last = default;
        using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 128 * 1024);
        foreach (var record in SegmentForm.Read(file))
        {
            var schema = record.Schema;
            if (only?.Contains(schema.EndpointNumber) == false)
                continue;
            kept.Clear();
            for (var row = 0; row < record.Rows; row++)
            {
                if (!isForgotten(schema.EndpointNumber, record.Subject(row), record.Microseconds))
                    kept.Add(row);
            }

            if (kept.Count == 0)
                continue;
            var day = DateOnly.FromDateTime(
                DateTime.UnixEpoch.AddTicks(record.Microseconds * TimeSpan.TicksPerMicrosecond));
            if (!ReferenceEquals(schema, last.Schema) || day != last.Day)
                last = (schema, day, WriterOf(schema, day, tables, writers));
            last.Writer!.Add(record, CollectionsMarshal.AsSpan(kept));
        }
    }

    private static TableWriter WriterOf(
        RecordSchema schema, DateOnly day, IRecordTables tables,
        Dictionary<(int Endpoint, DateOnly Day, string Layout), (TableWriter Writer, int Part)> writers)
    {
        var key = (schema.EndpointNumber, day, TableWriter.LayoutOf(schema));
        if (!writers.TryGetValue(key, out var writer))
            writers.Add(key, writer = (new TableWriter(tables.Draft(), schema), writers.Count));
        return writer.Writer;
    }
}
