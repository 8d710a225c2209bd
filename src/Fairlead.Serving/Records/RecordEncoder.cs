using System.Buffers.Binary;
using System.Buffers.Text;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Serving.Records;

/// <summary>
/// Writes the requests of one arm as frames of the append log, each field treated as the endpoint's <c>log:</c> says:
/// what shall not be kept does not leave this class. Takes no memory of its own.
/// </summary>
internal sealed class RecordEncoder
{
    private const int MaxUnitBytes = 1024;

    private readonly byte[] _key;
    private readonly RecordColumn[] _columns;
    private readonly UnitRule _unit;
    private readonly FieldTreatment _unitTreatment;
    private readonly bool _subjectIsUnit;
    private readonly RecordColumn? _subject;
    private readonly RecordColumn? _unitColumn;

    public RecordEncoder(RecordSchema schema, IReadOnlyList<RecordColumn> all, LogSpec log, UnitRule unit, byte[] key)
    {
        (Schema, _unit, _key, _columns) = (schema, unit, key, [.. schema.Columns]);

        // The unit is often a field too: it is kept no better than the field.
        _unitTreatment = (FieldTreatment)Math.Max((int)log.Treatment(LogSpec.UnitField),
            unit.Source == UnitSource.Field ? (int)log.Treatment(unit.Name) : 0);
        _subjectIsUnit = log.Subject == LogSpec.UnitField;
        _subject = log.Subject is { } subject && !_subjectIsUnit ? Find(all, subject) : null;
        _unitColumn = unit.Source == UnitSource.Field ? Find(all, unit.Name) : null;
    }

    /// <summary>What its records have in common.</summary>
    public RecordSchema Schema { get; }

    /// <summary>
    /// Writes a frame; false when it would be larger than frames are. Inputs and outputs are written where they are the
    /// request's own and whole.
    /// </summary>
    public bool TryWrite(PooledBuffer to, PredictCall call, PredictFailure outcome, RecordTimes times)
    {
        to.Clear();
        to.GetSpan(SegmentForm.FrameHead);
        to.Advance(SegmentForm.FrameHead);
        Span<byte> head = stackalloc byte[1 + 4 + 2 + 8 + 12];
        head[0] = SegmentForm.RecordKind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], Schema.Id);
        (head[5], head[6]) = ((byte)outcome, (byte)call.Door);
        BinaryPrimitives.WriteInt64LittleEndian(head[7..], times.Microseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(head[15..], times.Total);
        BinaryPrimitives.WriteUInt32LittleEndian(head[19..], times.Queue);
        BinaryPrimitives.WriteUInt32LittleEndian(head[23..], times.Compute);
        to.Write(head);
        Byte(to, outcome == PredictFailure.None ? (byte)1 : (byte)0);
        if (outcome == PredictFailure.None)
            to.Write(call.PredictionId);

        // A run that goes on without its caller has taken the tensors; one that never began may have read half of them.
        var inputs = call.Outputs is not null && !call.Run.TensorsTaken ? call.Inputs : null;
        var outputs = outcome == PredictFailure.None ? call.Outputs : null;
        WriteUnit(to, call, inputs, outputs);
        foreach (var column in _columns)
        {
            var tensors = column.IsOutput ? outputs : inputs;
            if (tensors?[column.Tensor] is { Present: true } tensor)
                WriteColumn(to, column, tensor, tensors);
            else
                Byte(to, LoggedColumn.Absent);
            if (to.Written.Length > SegmentForm.FrameHead + SegmentForm.MaxContent)
                return false;
        }

        SegmentForm.Seal(to.Span);
        return true;
    }

    private static RecordColumn? Find(IReadOnlyList<RecordColumn> columns, string field) =>
        columns.FirstOrDefault(column => column.IsScalar && column.Name == "input_" + field)
        ?? columns.FirstOrDefault(column => column.IsScalar && column.Name == "output_" + field);

    private void WriteUnit(PooledBuffer to, PredictCall call, TensorSet? inputs, TensorSet? outputs)
    {
        Span<byte> text = stackalloc byte[MaxUnitBytes];
        var length = _unitTreatment == FieldTreatment.Keep || _unitTreatment == FieldTreatment.Hash || _subjectIsUnit
            ? UnitOf(call, inputs, text)
            : 0;
        var unit = text[..length];
        switch (_unitTreatment)
        {
            case FieldTreatment.Keep when length > 0:
                Byte(to, 1);
                Int32(to, length);
                to.Write(unit);
                break;
            case FieldTreatment.Hash when length > 0:
                Byte(to, 2);
                WriteHash(to, unit);
                break;
            default:
                Byte(to, 0);
                break;
        }

        if (_subjectIsUnit && length > 0)
        {
            Int32(to, 1);
            WriteHash(to, unit);
        }
        else if (_subject is not null && (_subject.IsOutput ? outputs : inputs) is { } tensors
            && tensors[_subject.Tensor] is { Present: true } tensor)
        {
            WriteHashes(to, _subject, tensor);
        }
        else
        {
            Int32(to, 0);
        }
    }

    /// <summary>The text of the unit, from the inputs where it is one of them, else from beside them.</summary>
    private int UnitOf(PredictCall call, TensorSet? inputs, Span<byte> text)
    {
        if (_unit.Source == UnitSource.Request || !call.IsAssigned)
            return 0;
        var inside = _unitColumn is { IsOutput: false } && inputs?[_unitColumn.Tensor] is { Present: true } tensor
            && tensor.ElementCount > _unitColumn.Offset
            ? TextOf(tensor, _unitColumn.Offset, text)
            : 0;
        if (inside > 0 && UnitHash.Of(text[..inside]) == call.UnitHash)
            return inside;

        // A parameter of the unit's name goes before the inputs; a number may be written in several ways.
        var beside = call.Codec.CopyUnit(_unit, text);
        return beside > 0 || inside == 0 ? beside : TextOf(inputs![_unitColumn!.Tensor], _unitColumn.Offset, text);
    }

    private void WriteColumn(PooledBuffer to, RecordColumn column, Tensor tensor, TensorSet tensors)
    {
        switch (column.Treatment)
        {
            case FieldTreatment.Redact:
                Byte(to, LoggedColumn.Redacted);
                Int32(to, RowsOf(column, tensor));
                return;
            case FieldTreatment.Hash:
                Byte(to, LoggedColumn.Hashed);
                WriteHashes(to, column, tensor);
                return;
            default:
                Byte(to, LoggedColumn.Kept);
                WriteKept(to, column, tensor, tensors);
                return;
        }
    }

    private static void WriteKept(PooledBuffer to, RecordColumn column, Tensor tensor, TensorSet tensors)
    {
        var rows = RowsOf(column, tensor);
        var stride = rows == 0 ? 0 : tensor.ElementCount / rows;
        var width = column.IsScalar ? 1 : stride;
        Int32(to, rows);
        Int32(to, width);
        if (width == stride)
        {
            WriteElements(to, tensor);
        }
        else
        {
            for (var row = 0; row < rows; row++)
                WriteElement(to, tensor, row * stride + column.Offset);
        }

        if (column.Layout == RecordLayout.Scores)
            WriteKeys(to, column, width, tensors);
    }

    /// <summary>The labels of the classes; where there are fewer than scores, the rest are empty.</summary>
    private static void WriteKeys(PooledBuffer to, RecordColumn column, int width, TensorSet tensors)
    {
        var keys = tensors[column.Tensor + 1];
        Span<byte> nothing = stackalloc byte[sizeof(ulong)];
        nothing.Clear();
        for (var i = 0; i < width; i++)
        {
            if (keys.Present && i < keys.ElementCount)
                WriteElement(to, keys, i);
            else
                to.Write(nothing[..(column.KeyType == ElementType.String ? sizeof(int) : column.KeyType.Size())]);
        }
    }

    private static void WriteElements(PooledBuffer to, Tensor tensor)
    {
        if (tensor.Type != ElementType.String)
        {
            to.Write(tensor.Bytes);
            return;
        }

        for (var i = 0; i < tensor.ElementCount; i++)
            WriteElement(to, tensor, i);
    }

    private static void WriteElement(PooledBuffer to, Tensor tensor, int index)
    {
        if (tensor.Type == ElementType.String)
        {
            var text = tensor.StringAt(index);
            Int32(to, text.Length);
            to.Write(text);
            return;
        }

        var size = tensor.Type.Size();
        to.Write(tensor.Bytes.Slice(index * size, size));
    }

    /// <summary>A hash a row: of the text of a single value, so that it can be found by it; of the bytes of several.
    /// </summary>
    private void WriteHashes(PooledBuffer to, RecordColumn column, Tensor tensor)
    {
        var rows = RowsOf(column, tensor);
        var stride = rows == 0 ? 0 : tensor.ElementCount / rows;
        Int32(to, rows);
        Span<byte> text = stackalloc byte[MaxUnitBytes];
        for (var row = 0; row < rows; row++)
        {
            if (tensor.Type == ElementType.String && column.IsScalar)
                WriteHash(to, tensor.StringAt(row * stride + column.Offset));
            else if (column.IsScalar)
                WriteHash(to, text[..TextOf(tensor, row * stride + column.Offset, text)]);
            else if (tensor.Type != ElementType.String)
                WriteHash(to, tensor.Bytes.Slice(row * stride * tensor.Type.Size(), stride * tensor.Type.Size()));
            else
                WriteTextsHash(to, tensor, row * stride, stride);
        }
    }

    private void WriteTextsHash(PooledBuffer to, Tensor tensor, int first, int count)
    {
        // The hash of the hashes: texts of any length, and no memory for them together.
        Span<byte> two = stackalloc byte[2 * KeyedHash.Length];
        two.Clear();
        for (var i = first; i < first + count; i++)
        {
            KeyedHash.Write(_key, tensor.StringAt(i), two[KeyedHash.Length..]);
            KeyedHash.Write(_key, two, two);
        }

        to.Write(two[..KeyedHash.Length]);
    }

    private void WriteHash(PooledBuffer to, ReadOnlySpan<byte> value)
    {
        KeyedHash.Write(_key, value, to.GetSpan(KeyedHash.Length));
        to.Advance(KeyedHash.Length);
    }

    private static int RowsOf(RecordColumn column, Tensor tensor) =>
        tensor.ElementCount == 0 ? 0
        : column.Layout is RecordLayout.Single or RecordLayout.List || tensor.Rank == 0 ? 1
        : (int)tensor.Shape[0];

    /// <summary>An element as text; 0 when it is longer than a unit may be.</summary>
    internal static int TextOf(Tensor tensor, int index, Span<byte> text)
    {
        int written;
        switch (tensor.Type)
        {
            case ElementType.String:
                var value = tensor.StringAt(index);
                return value.TryCopyTo(text) ? value.Length : 0;
            case ElementType.Float32:
                return Utf8Formatter.TryFormat(tensor.As<float>()[index], text, out written) ? written : 0;
            case ElementType.Int64:
                return Utf8Formatter.TryFormat(tensor.As<long>()[index], text, out written) ? written : 0;
            case ElementType.UInt64:
                return Utf8Formatter.TryFormat(tensor.As<ulong>()[index], text, out written) ? written : 0;
            default:
                return Utf8Formatter.TryFormat(TensorText.Number(tensor, index), text, out written) ? written : 0;
        }
    }

    private static void Byte(PooledBuffer to, byte value)
    {
        to.GetSpan(1)[0] = value;
        to.Advance(1);
    }

    private static void Int32(PooledBuffer to, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to.GetSpan(sizeof(int)), value);
        to.Advance(sizeof(int));
    }
}

/// <summary>When a request came, and how long it took, in microseconds.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct RecordTimes(long Microseconds, uint Total, uint Queue, uint Compute);
