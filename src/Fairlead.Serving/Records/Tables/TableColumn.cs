using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Fairlead.Core.Models;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace Fairlead.Serving.Records.Tables;

/// <summary>
/// A column of a table that is being written: values gather until the rows so far are written out. They gather in the
/// form in which the file holds them, the present ones side by side, so that nothing is converted value by value.
/// </summary>
internal abstract class TableColumn
{
    private short[] _presence = new short[256];

    public abstract Column Declaration { get; }

    /// <summary>Values so far, those that are absent too.</summary>
    protected int Count { get; private set; }

    /// <summary>Writes out what has gathered.</summary>
    public void Flush(RowGroupWriter rows)
    {
        using (var column = rows.NextColumn())
            Write(column, _presence.AsSpan(0, Count));
        Count = 0;
    }

    /// <summary>Adds the word that a row has no value.</summary>
    public void AddNone() => Present(0);

    /// <summary>Adds the word that a row has a value, which stands beside.</summary>
    protected void AddPresent() => Present(1);

    /// <summary>Writes the values and lets them go.</summary>
    /// <param name="column">Where to.</param>
    /// <param name="presence">1 for each row with a value, 0 for one without.</param>
    protected abstract void Write(ColumnWriter column, ReadOnlySpan<short> presence);

    private void Present(short presence)
    {
        if (Count == _presence.Length)
            Array.Resize(ref _presence, 2 * Count);
        _presence[Count++] = presence;
    }
}

/// <summary>Values of one size.</summary>
/// <param name="declaration">Name and type.</param>
internal class ValueColumn<T>(Column declaration) : TableColumn
    where T : unmanaged
{
    private T[] _values = new T[256];
    private int _count;

    public override Column Declaration => declaration;

    public void Add(T value)
    {
        AddPresent();
        if (_count == _values.Length)
            Array.Resize(ref _values, 2 * _count);
        _values[_count++] = value;
    }

    protected override void Write(ColumnWriter column, ReadOnlySpan<short> presence)
    {
        // A column in which nothing may be absent has no word about it.
        var levels = column.ColumnDescriptor.MaxDefinitionLevel == 0 ? [] : presence;
        ((ColumnWriter<T>)column).WriteBatch(presence.Length, levels, [], _values.AsSpan(0, _count));
        _count = 0;
    }
}

/// <summary>Texts, as UTF-8 one behind the other.</summary>
internal class TextColumn(string name) : TableColumn
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<(int Start, int Length)> _places = [];
    private string? _last;

    public override Column Declaration => new Column<string?>(name);

    public void Add(string? value)
    {
        if (value is null)
        {
            AddNone();
        }
        else if (ReferenceEquals(value, _last))
        {
            // What all rows have in common is one and the same text, and stands once.
            AddPresent();
            _places.Add(_places[^1]);
        }
        else
        {
            var start = _bytes.WrittenCount;
            Encoding.UTF8.GetBytes(value.AsSpan(), _bytes);
            Added(start);
            _last = value;
        }
    }

    public void Add(ReadOnlySpan<byte> utf8)
    {
        var start = _bytes.WrittenCount;
        _bytes.Write(utf8);
        Added(start);
    }

    protected override void Write(ColumnWriter column, ReadOnlySpan<short> presence)
    {
        MemoryMarshal.TryGetArray(_bytes.WrittenMemory, out var bytes);
        var pinned = GCHandle.Alloc(bytes.Array, GCHandleType.Pinned);
        try
        {
            var texts = new ByteArray[_places.Count];
            for (var i = 0; i < texts.Length; i++)
                texts[i] = new ByteArray(pinned.AddrOfPinnedObject() + _places[i].Start, _places[i].Length);
            ((ColumnWriter<ByteArray>)column).WriteBatch(presence.Length, presence, [], texts);
        }
        finally
        {
            pinned.Free();
        }

        _bytes.ResetWrittenCount();
        _places.Clear();
        _last = null;
    }

    private void Added(int start)
    {
        AddPresent();
        _places.Add((start, _bytes.WrittenCount - start));
        _last = null;
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
/// <param name="declaration">Name and type; values may be absent.</param>
/// <param name="read">Reads a value.</param>
internal sealed class ScalarColumn<T>(Column declaration, ReadElement<T> read)
    : ValueColumn<T>(declaration), IValueColumn
    where T : unmanaged
{
    public void Add(LoggedColumn column, ReadOnlySpan<int> kept)
    {
        var elements = column.Elements;
        var single = column.Column.Layout == RecordLayout.Single;
        var at = 0;
        T value = default;
        foreach (var row in kept)
        {
            if (single ? column.Rows == 0 : row >= column.Rows)
            {
                AddNone();
                continue;
            }

            if (!single || at == 0)
            {
                for (; !single && at < row; at++)
                    elements.Skip(column.Column.Type);
                value = read(ref elements, column.Column.Type);
                at++;
            }

            Add(value);
        }
    }
}

/// <summary>A column of one text a row: a text, a hash, or the word for a value that is not kept.</summary>
internal sealed class FieldTextColumn(string name) : TextColumn(name), IValueColumn
{
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
        ReadOnlySpan<byte> value = default;
        foreach (var row in kept)
        {
            if (single ? column.Rows == 0 : row >= column.Rows)
            {
                AddNone();
                continue;
            }

            if (!single || at == 0)
            {
                for (; !single && at < row; at++)
                    elements.Skip(ElementType.String);
                value = elements.Take(elements.Int32());
                at++;
            }

            Add(value);
        }
    }
}

/// <summary>
/// A column of JSON: the list of a row's values, an object of scores by class, or in the first row of a request the
/// list of a whole tensor.
/// </summary>
internal sealed class JsonColumn(string name) : TextColumn(name), IValueColumn
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public void Add(LoggedColumn column, ReadOnlySpan<int> kept)
    {
        foreach (var row in kept)
        {
            if (row < column.Rows)
                Add(Json(column, row));
            else
                AddNone();
        }
    }

    private ReadOnlySpan<byte> Json(LoggedColumn column, int row)
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
        return _buffer.WrittenSpan;
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
