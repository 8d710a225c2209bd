using System.Globalization;
using System.Text;
using Fairlead.Inference.Loading;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace Fairlead.Serving.Records.Tables;

/// <summary>
/// Makes one table of the small ones of an endpoint's day that is over: every five minutes leaves one behind, and a
/// question would open hundreds a day.
/// <para>
/// The merged table takes the name of the newest of its sources, at once, and then the others go. What is under way
/// stands in a journal beforehand, so an end in between neither loses a row nor leaves one twice:
/// <see cref="Recover"/> is called before anything is read.
/// </para>
/// </summary>
public sealed class TableMerge(IRecordTables tables, string journal)
{
    /// <summary>Most tables that become one at once.</summary>
    public const int MostTables = 64;

    /// <summary>Most bytes of a table that is small, and of the sources of one merge together.</summary>
    public const long MostBytes = 64L << 20;

    private const int RowsAtOnce = 100_000;

    /// <summary>Ends what an interrupted merge began: whole, or not at all.</summary>
    public void Recover()
    {
        if (!File.Exists(journal))
            return;
        if (ReadJournal() is [var rows, var target, .. var others] && RecordTable.TryParse(target, out var merged)
            && tables.Fetch(merged) is { } path && RowsOf(path) == long.Parse(rows, CultureInfo.InvariantCulture))
        {
            Delete(others);
        }

        File.Delete(journal);
    }

    /// <summary>Merges some tables of one day; how many became one, 0 where there is nothing to merge.</summary>
    /// <param name="before">Only days before this one.</param>
    /// <param name="mayMerge">Whether a table may be touched: the file that it was rolled from is gone.</param>
    public int MergeOnce(DateOnly before, Func<RecordTable, bool> mayMerge)
    {
        foreach (var day in tables.List().Where(table => table.Day < before && mayMerge(table))
            .GroupBy(table => (table.Endpoint, table.Day)))
        {
            // Columns differ where the endpoint's version or log changed that day.
            var alike = day.Select(table => (Table: table, Path: tables.Fetch(table)))
                .Where(each => each.Path is not null && new FileInfo(each.Path).Length < MostBytes)
                .GroupBy(each => FormOf(each.Path!), StringComparer.Ordinal)
                .Select(group => Fitting(group.Select(each => (each.Table, each.Path!))))
                .FirstOrDefault(group => group.Count > 1);
            if (alike is null)
                continue;
            Merge(alike);
            return alike.Count;
        }

        return 0;
    }

    private void Merge(List<(RecordTable Table, string Path)> sources)
    {
        var target = sources[^1].Table;
        var draft = tables.Draft();
        var rows = Write([.. sources.Select(each => each.Path)], draft);
        string[] others = [.. sources.SkipLast(1).Select(each => each.Table.ToString())];
        WriteJournal([rows.ToString(CultureInfo.InvariantCulture), target.ToString(), .. others]);
        tables.Publish(draft, target);
        Delete(others);
        File.Delete(journal);
    }

    /// <summary>The first ones, in the order of their files, as many as go together.</summary>
    private static List<(RecordTable Table, string Path)> Fitting(IEnumerable<(RecordTable Table, string Path)> all)
    {
        var (chosen, bytes) = (new List<(RecordTable, string)>(), 0L);
        foreach (var each in all.OrderBy(each => each.Table.Source, StringComparer.Ordinal)
            .ThenBy(each => each.Table.Part))
        {
            bytes += new FileInfo(each.Path).Length;
            if (chosen.Count == MostTables || (bytes > MostBytes && chosen.Count > 0))
                break;
            chosen.Add(each);
        }

        return chosen;
    }

    private void Delete(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (RecordTable.TryParse(name, out var table))
                tables.Delete(table);
        }
    }

    /// <summary>Writes all rows in their order, small groups of them put together.</summary>
    private static long Write(IReadOnlyList<string> paths, string draft)
    {
        var readers = new List<ParquetFileReader>();
        try
        {
            foreach (var path in paths)
                readers.Add(new ParquetFileReader(path));
            using var properties = new WriterPropertiesBuilder().Compression(Compression.Snappy)
                .DisableDictionary(TableWriter.IdColumn).DisableDictionary(TableWriter.TimeColumn).Build();
            using var writer = new ParquetFileWriter(
                draft, readers[0].FileMetaData.Schema.GroupNode, properties);
            var (groups, rows, all) = (new List<(ParquetFileReader, int)>(), 0L, 0L);
            foreach (var reader in readers)
            {
                for (var i = 0; i < reader.FileMetaData.NumRowGroups; i++)
                {
                    using var group = reader.RowGroup(i);
                    groups.Add((reader, i));
                    rows += group.MetaData.NumRows;
                    if (rows < RowsAtOnce)
                        continue;
                    Write(writer, groups);
                    all += rows;
                    (groups, rows) = ([], 0);
                }
            }

            if (rows > 0)
                Write(writer, groups);
            writer.Close();
            return all + rows;
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    private static void Write(ParquetFileWriter writer, List<(ParquetFileReader Reader, int Group)> groups)
    {
        using var rows = writer.AppendRowGroup();
        for (var column = 0; column < groups[0].Reader.FileMetaData.Schema.NumColumns; column++)
        {
            using var to = rows.NextColumn().LogicalWriter();
            foreach (var (reader, i) in groups)
            {
                using var group = reader.RowGroup(i);
                using var from = group.Column(column).LogicalReader();
                from.Apply(new Append(to, (int)group.MetaData.NumRows));
            }
        }
    }

    private static string FormOf(string path)
    {
        using var reader = new ParquetFileReader(path);
        var (schema, form) = (reader.FileMetaData.Schema, new StringBuilder());
        for (var i = 0; i < schema.NumColumns; i++)
        {
            var column = schema.Column(i);
            form.Append(column.Path.ToDotString()).Append(' ').Append(column.PhysicalType).Append(' ')
                .Append(column.LogicalType.Type).Append(' ').Append(column.MaxDefinitionLevel).Append(' ')
                .Append(column.MaxRepetitionLevel).Append('\n');
        }

        return form.ToString();
    }

    private static long RowsOf(string path)
    {
        using var reader = new ParquetFileReader(path);
        return reader.FileMetaData.NumRows;
    }

    private string[] ReadJournal() => File.ReadAllLines(journal) is [.. var lines, "end"] ? lines : [];

    /// <summary>Its last line says that it is whole; it is on the disk before anything follows from it.</summary>
    private void WriteJournal(IEnumerable<string> lines)
    {
        using (var file = new FileStream(journal, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines.Append("end"))));
            file.Flush(flushToDisk: true);
        }

        FileSystem.FlushFolder(Path.GetDirectoryName(journal)!);
    }

    private sealed class Append(LogicalColumnWriter to, int rows) : ILogicalColumnReaderVisitor<bool>
    {
        public bool OnLogicalColumnReader<TValue>(LogicalColumnReader<TValue> columnReader)
        {
            ((LogicalColumnWriter<TValue>)to).WriteBatch(columnReader.ReadAll(rows));
            return true;
        }
    }
}
