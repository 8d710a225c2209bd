using Fairlead.Cli;
using Fairlead.Cli.Rows;
using ParquetSharp;

namespace Fairlead.Fuzz.Targets;

/// <summary>Files of Parquet as somebody sent them. The reader is native, and wants a file.</summary>
internal sealed class ParquetTables : IFuzzTarget
{
    private static readonly string File = Path.Combine(
        Directory.CreateTempSubdirectory("fairlead-fuzz-").FullName, "rows.parquet");

    public static string Name => "parquet-rows";

    public static IEnumerable<Type> Covers => [typeof(ParquetRows)];

    public static IEnumerable<byte[]> Seeds => [Written(rows: 3), Written(rows: 0)];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        System.IO.File.WriteAllBytes(File, data);
        try
        {
            var rows = 0;
            foreach (var row in new ParquetRows(File).ReadAsync(CancellationToken.None).ToBlockingEnumerable())
            {
                System.Text.Encoding.UTF8.GetByteCount(row.ToJsonString());

                // A file may promise more rows than anybody waits for.
                if (++rows == 1000)
                    break;
            }
        }
        catch (CliException)
        {
            // It says that the file cannot be read.
        }
    }

    private static byte[] Written(int rows)
    {
        using var bytes = new MemoryStream();
        using (var file = new ParquetFileWriter(bytes,
        [
            new Column<float>("a"), new Column<string>("b"), new Column<long?>("c"), new Column<bool>("d"),
            new Column<double[]>("e"), new Column<DateTime>("f"),
        ], leaveOpen: true))
        {
            using var group = file.AppendRowGroup();
            Write(group, rows, i => i / 2f);
            Write(group, rows, i => $"größe {i}");
            Write(group, rows, i => i == 1 ? null : (long?)i);
            Write(group, rows, i => i % 2 == 0);
            Write(group, rows, i => new[] { 1.5, double.NaN, i });
            Write(group, rows, i => new DateTime(2026, 1, 1 + i, 0, 0, 0, DateTimeKind.Utc));
            file.Close();
        }

        return bytes.ToArray();
    }

    private static void Write<T>(RowGroupWriter group, int rows, Func<int, T> value)
    {
        using var column = group.NextColumn().LogicalWriter<T>();
        column.WriteBatch([.. Enumerable.Range(0, rows).Select(value)]);
    }
}
