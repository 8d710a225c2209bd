using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ParquetSharp;

namespace Fairlead.Cli.Rows;

/// <summary>
/// Rows from a Parquet file: top-level columns of numbers, booleans, text and times, and lists of them.
/// </summary>
internal sealed class ParquetRows(string path) : IRowSource
{
    /// <summary>Values that a column is asked for at once.</summary>
    private const int BufferLength = 1024;

    public async IAsyncEnumerable<JsonObject> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var file = Open();
        for (var group = 0; group < file.FileMetaData.NumRowGroups; group++)
        {
            using var rows = Reading(() => file.RowGroup(group));
            var columns = Reading(() => Columns(rows));
            for (var row = 0L; row < rows.MetaData.NumRows; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                var fields = new JsonObject();
                foreach (var (name, values) in columns)
                    fields[name] = Reading(() => values.MoveNext() ? values.Current : null);
                yield return fields;
            }
        }

        await Task.CompletedTask;
    }

    private ParquetFileReader Open() => Reading(() => new ParquetFileReader(path));

    /// <summary>
    /// A file may be broken anywhere: in its end, which is read first, or in a page of a column. The library says so by
    /// exceptions of many types, of which some have no type of their own.
    /// </summary>
    private T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            var reason = broken.Message.Split("(message: '")[^1].Split('\n')[0].TrimEnd('\'', ')');
            throw CliException.Usage($"{path} cannot be read as Parquet: {reason}");
        }
    }

    private static List<(string Name, IEnumerator<JsonNode?> Values)> Columns(RowGroupReader rows)
    {
        var columns = new List<(string, IEnumerator<JsonNode?>)>();
        for (var i = 0; i < rows.MetaData.NumColumns; i++)
        {
            var column = rows.Column(i);
            var name = column.ColumnDescriptor.Path.ToDotVector()[0];
            columns.Add((name, column.LogicalReader(BufferLength).Apply(new ValueReader()).GetEnumerator()));
        }

        return columns;
    }

    private sealed class ValueReader : ILogicalColumnReaderVisitor<IEnumerable<JsonNode?>>
    {
        public IEnumerable<JsonNode?> OnLogicalColumnReader<TValue>(LogicalColumnReader<TValue> columnReader)
        {
            var buffer = new TValue[BufferLength];
            while (columnReader.HasNext)
            {
                var read = columnReader.ReadBatch(buffer);
                for (var i = 0; i < read; i++)
                    yield return Value(buffer[i]);
            }
        }
    }

    private static JsonNode? Value(object? value) => value switch
    {
        null => null,
        bool flag => JsonValue.Create(flag),
        string text => JsonValue.Create(text),
        double number when !double.IsFinite(number) => JsonValue.Create(FieldTypes.NonFinite(number)),
        float number when !float.IsFinite(number) => JsonValue.Create(FieldTypes.NonFinite(number)),
        double number => JsonValue.Create(number),
        float number => JsonValue.Create(number),
        Half number => Value((float)number),
        decimal number => JsonValue.Create(number),
        ulong number => JsonValue.Create(number),
        sbyte or byte or short or ushort or int or uint or long =>
            JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        DateTime time => JsonValue.Create(time.ToString("O", CultureInfo.InvariantCulture)),
        byte[] bytes => JsonValue.Create(System.Text.Encoding.UTF8.GetString(bytes)),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(Value)]),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };
}
