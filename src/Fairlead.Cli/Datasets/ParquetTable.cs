using System.Collections;
using System.Globalization;
using ParquetSharp;

namespace Fairlead.Cli.Datasets;

/// <summary>Reads a Parquet file column by column: numbers, booleans, text and times, and lists of numbers.</summary>
internal static class ParquetTable
{
    /// <summary>Values that a column is asked for at once.</summary>
    private const int BufferLength = 4096;

    public static void Read(string path, TableProfile profile, CancellationToken cancellation)
    {
        try
        {
            using var file = new ParquetFileReader(path);
            var schema = file.FileMetaData.Schema;
            string[] names = [.. Enumerable.Range(0, schema.NumColumns).Select(i => NameOf(schema.Column(i)))];
            profile.Heading(path, names);
            for (var group = 0; group < file.FileMetaData.NumRowGroups; group++)
            {
                using var rows = file.RowGroup(group);
                for (var i = 0; i < names.Length; i++)
                {
                    using var column = rows.Column(i);
                    using var reader = column.LogicalReader(BufferLength);
                    var read = reader.Apply(new CellReader(profile.Column(names[i]), cancellation));
                    if (read != rows.MetaData.NumRows)
                    {
                        throw CliException.Usage($"{path} cannot be read as Parquet: '{names[i]}' has {read} values in "
                            + $"{rows.MetaData.NumRows} rows.");
                    }
                }

                profile.CountRows(rows.MetaData.NumRows);
            }
        }
        catch (Exception broken) when (broken is not (OutOfMemoryException or OperationCanceledException
            or CliException or TablesDifferException))
        {
            // The library says so by exceptions of many types, of which some have no type of their own.
            var reason = broken.Message.Split("(message: '")[^1].Split('\n')[0].TrimEnd('\'', ')');
            throw CliException.Usage($"{path} cannot be read as Parquet: {reason}");
        }
    }

    /// <summary>A list is named by its column, a member of a structure by the whole way to it.</summary>
    private static string NameOf(ColumnDescriptor column)
    {
        var way = column.Path.ToDotVector();
        return way.Length == 1 || column.MaxRepetitionLevel > 0 ? way[0] : string.Join('.', way);
    }

    private sealed class CellReader(ColumnProfile column, CancellationToken cancellation)
        : ILogicalColumnReaderVisitor<long>
    {
        public long OnLogicalColumnReader<TValue>(LogicalColumnReader<TValue> columnReader)
        {
            var buffer = new TValue[BufferLength];
            var all = 0L;
            while (columnReader.HasNext)
            {
                cancellation.ThrowIfCancellationRequested();
                var read = columnReader.ReadBatch(buffer);
                if (read == 0)
                    break;
                all += read;
                for (var i = 0; i < read; i++)
                    column.Add(Of(buffer[i]));
            }

            return all;
        }
    }

    private static Cell Of(object? value) => value switch
    {
        null => Cell.Missing,
        double number => Cell.OfNumber(number),
        float number => Cell.OfNumber(number),
        bool flag => Cell.OfBoolean(flag),
        string text => Cell.OfText(text),
        Half number => Cell.OfNumber((double)number),
        decimal number => Cell.OfNumber((double)number),
        sbyte or byte or short or ushort or int or uint or long or ulong =>
            Cell.OfNumber(Convert.ToDouble(value, CultureInfo.InvariantCulture), isWhole: true),
        DateTime time => Cell.OfText(time.ToString("O", CultureInfo.InvariantCulture)),
        byte[] bytes => Cell.OfText(System.Text.Encoding.UTF8.GetString(bytes)),
        IEnumerable items => List([.. items.Cast<object?>().Select(Of)]),
        _ when value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Nested<>) =>
            Of(type.GetField("Value")?.GetValue(value) ?? type.GetProperty("Value")?.GetValue(value)),
        _ => Cell.OfText(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    private static Cell List(IReadOnlyList<Cell> items) =>
        items.All(item => item.Kind == CellKind.Number)
            ? Cell.OfList([.. items.Select(item => item.Number)])
            : Cell.OfText($"[{string.Join(',', items.Select(item => item.Text))}]");
}
