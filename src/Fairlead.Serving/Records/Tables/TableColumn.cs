using System.Buffers;
using System.Text.Json;
using Fairlead.Core.Models;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace Fairlead.Serving.Records.Tables;

/// <summary>A column of a table that is being written: values gather until the rows so far are written out.</summary>
internal abstract class TableColumn
{
    public abstract Column Declaration { get; }

    /// <summary>Writes out what has gathered.</summary>
    public abstract void Flush(RowGroupWriter rows);
}

/// <summary>Values of one type.</summary>
internal class TableColumn<T>(string name, LogicalType? type = null) : TableColumn
{
    private T[] _values = new T[256];
    private int _count;

    public override Column Declaration => type is null ? new Column<T>(name) : new Column<T>(name, type);

    public void Add(T value)
    {
        if (_count == _values.Length)
            Array.Resize(ref _values, 2 * _count);
        _values[_count++] = value;
    }

    public override void Flush(RowGroupWriter rows)
    {
        using var column = rows.NextColumn().LogicalWriter<T>();
        column.WriteBatch(_values.AsSpan(0, _count));
        Array.Clear(_values, 0, _count);
        _count = 0;
    }
}

/// <summary>A column that is filled from one of the records'.</summary>
internal interface IValueColumn
{
    /// <summary>Adds the values of a record.</summary>
    /// <param name="column">The record's column.</param>
    /// <param name="kept">The rows that are taken.</param>
    void Add(LoggedColumn column, ReadOnlySpan<int> kept);
}

/// <summary>Reads an element as the table holds it.</summary>
internal delegate T ReadElement<T>(ref RecordBytes bytes, ElementType type);

/// <summary>A column of one value a row.</summary>
internal sealed class ScalarColumn<T>(string name, ReadElement<T> read) : TableColumn<T?>(name), IValueColumn
    where T : struct
{
    public void Add(LoggedColumn column, ReadOnlySpan<int> kept)
    {
        var elements = column.Elements;
        var single = column.Column.Layout == RecordLayout.Single;
        T? value = single && column.Rows > 0 ? read(ref elements, column.Column.Type) : null;
        var at = 0;
        foreach (var row in kept)
        {
            if (!single)
            {
                for (; at < row && at < column.Rows; at++)
                    elements.Skip(column.Column.Type);
                value = row < column.Rows ? read(ref elements, column.Column.Type) : null;
                at = row + 1;
            }

            Add(value);
        }
    }
}

/// <summary>A column of one text a row: a text, a hash, or the word for a value that is not kept.</summary>
internal sealed class TextColumn(string name) : TableColumn<string?>(name), IValueColumn
{
    private const int MaxKnown = 1024;
    private const int MaxKnownChars = 64;

    // Most texts are of few values; the same one is made once.
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    public void Add(LoggedColumn column, ReadOnlySpan<int> kept)
    {
        var single = column.Column.Layout == RecordLayout.Single;
        if (!column.IsKept)
        {
            foreach (var row in kept)
                Add(column.Stand(single ? 0 : row));
            return;
        }

        var elements = column.Elements;
        var at = 0;
        string? value = null;
        foreach (var row in kept)
        {
            for (; !single && at < row && at < column.Rows; at++)
                elements.Skip(ElementType.String);
            if (!single || at == 0)
                value = column.Rows > 0 && (single || row < column.Rows) ? Text(elements.Take(elements.Int32())) : null;
            at = single ? 1 : row + 1;
            Add(value);
        }
    }

    private string Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxKnownChars)
            return Encoding.UTF8.GetString(utf8);
        Span<char> chars = stackalloc char[MaxKnownChars];
        var text = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        var lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out var known))
            return known;
        var made = new string(text);
        if (_known.Count < MaxKnown)
            _known.Add(made, made);
        return made;
    }
}

/// <summary>
/// A column of JSON: the list of a row's values, an object of scores by class, or in the first row of a request the
/// list of a whole tensor.
/// </summary>
internal sealed class JsonColumn(string name) : TableColumn<string?>(name), IValueColumn
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public void Add(LoggedColumn column, ReadOnlySpan<int> kept)
    {
        foreach (var row in kept)
            Add(row < column.Rows ? Json(column, row) : null);
    }

    private string Json(LoggedColumn column, int row)
    {
        _buffer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_buffer);
        var (type, width) = (column.Column.Type, column.Width);
        var elements = column.Elements;
        for (var i = 0; i < row * width; i++)
            elements.Skip(type);
        if (column.Column.Layout == RecordLayout.Scores)
        {
            WriteScores(writer, column, row, ref elements);
        }
        else
        {
            writer.WriteStartArray();
            for (var i = 0; i < width; i++)
                WriteValue(writer, elements.Element(type));
            writer.WriteEndArray();
        }

        writer.Flush();
        return Encoding.UTF8.GetString(_buffer.WrittenSpan);
    }

    private static void WriteScores(Utf8JsonWriter writer, LoggedColumn column, int row, ref RecordBytes elements)
    {
        var labels = elements;
        for (var i = row * column.Width; i < column.Rows * column.Width; i++)
            labels.Skip(column.Column.Type);
        writer.WriteStartObject();
        for (var i = 0; i < column.Width; i++)
        {
            var label = labels.Element(column.Column.KeyType);
            writer.WritePropertyName(
                Convert.ToString(label, System.Globalization.CultureInfo.InvariantCulture) ?? "");
            WriteValue(writer, elements.Element(column.Column.Type));
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
