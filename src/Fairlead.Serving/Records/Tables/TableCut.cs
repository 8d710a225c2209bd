using ParquetSharp;

namespace Fairlead.Serving.Records.Tables;

/// <summary>Takes rows out of tables: what shall be forgotten is not hidden but gone from the file.</summary>
public static class TableCut
{
    /// <summary>The ids of predictions, some null, of the rows that are forgotten; none: the table may stay.</summary>
    public static IReadOnlyList<string?> Find(string path, int endpoint, IsForgotten isForgotten)
    {
        var found = new List<string?>();
        using var reader = new ParquetFileReader(path);
        for (var i = 0; i < reader.FileMetaData.NumRowGroups; i++)
        {
            using var group = reader.RowGroup(i);
            var forgotten = Forgotten(group, endpoint, isForgotten);
            if (!forgotten.Contains(true))
                continue;
            var ids = Read<string?>(group, TableWriter.IdColumn);
            found.AddRange(ids.Where((_, row) => forgotten[row]));
        }

        return found;
    }

    /// <summary>Writes the table without the rows that are forgotten; returns how many are left.</summary>
    public static long Write(string path, string draft, int endpoint, IsForgotten isForgotten)
    {
        using var reader = new ParquetFileReader(path);
        using var properties = new WriterPropertiesBuilder().Compression(Compression.Snappy).Build();
        using var writer = new ParquetFileWriter(draft, reader.FileMetaData.Schema.GroupNode, properties);
        long left = 0;
        for (var i = 0; i < reader.FileMetaData.NumRowGroups; i++)
        {
            using var group = reader.RowGroup(i);
            var forgotten = Forgotten(group, endpoint, isForgotten);
            var kept = forgotten.Count(row => !row);
            if (kept == 0)
                continue;
            left += kept;
            using var rows = writer.AppendRowGroup();
            for (var column = 0; column < group.MetaData.NumColumns; column++)
            {
                using var from = group.Column(column).LogicalReader();
                using var to = rows.NextColumn().LogicalWriter();
                from.Apply(new Copy(to, forgotten));
            }
        }

        writer.Close();
        return left;
    }

    private static bool[] Forgotten(RowGroupReader group, int endpoint, IsForgotten isForgotten)
    {
        var subjects = Read<string?>(group, TableWriter.SubjectColumn);
        var times = Read<DateTime>(group, TableWriter.TimeColumn);
        var forgotten = new bool[subjects.Length];
        for (var row = 0; row < forgotten.Length; row++)
        {
            var at = (times[row].Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
            forgotten[row] = isForgotten(endpoint, subjects[row], at);
        }

        return forgotten;
    }

    private static T[] Read<T>(RowGroupReader group, string name)
    {
        for (var i = 0; i < group.MetaData.NumColumns; i++)
        {
            using var column = group.Column(i);
            if (column.ColumnDescriptor.Name != name)
                continue;
            using var values = column.LogicalReader<T>();
            return values.ReadAll((int)group.MetaData.NumRows);
        }

        throw new InvalidDataException($"A table of records has no column '{name}'.");
    }

    private sealed class Copy(LogicalColumnWriter to, bool[] forgotten) : ILogicalColumnReaderVisitor<bool>
    {
        public bool OnLogicalColumnReader<TValue>(LogicalColumnReader<TValue> columnReader)
        {
            var values = columnReader.ReadAll(forgotten.Length);
            ((LogicalColumnWriter<TValue>)to).WriteBatch([.. values.Where((_, row) => !forgotten[row])]);
            return true;
        }
    }
}
