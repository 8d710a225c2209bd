using System.Text.Json;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Protocols.Native;

/// <summary>
/// Reads rows of named fields straight into tensors. Kept and used again with the codec that owns it.
/// </summary>
internal sealed class RowReader
{
    private int[] _seenInRow = [];
    private byte[][] _strings = [];
    private int[] _lengths = [];

    /// <summary>
    /// Elements for which memory is taken before their values are seen. Above it there must be a byte for each: a row
    /// that leaves its fields out is a few bytes and could ask for gigabytes.
    /// </summary>
    private const int Unseen = 64 * 1024;

    /// <summary>
    /// Fills the inputs. The reader stands before the array of rows, all of which it has in memory and whose form has
    /// been checked.
    /// </summary>
    public void Read(
        ref Utf8JsonReader reader, RowFields fields, Signature signature, int rows, TensorSet inputs,
        RequestLimits limits, int bytes)
    {
        CheckCounts(fields, signature, rows, limits, bytes);
        Prepare(fields, signature, rows, inputs);
        reader.Read();
        for (var row = 0; row < rows; row++)
        {
            reader.Read();
            ReadRow(ref reader, fields, row, inputs);
        }
    }

    private static void CheckCounts(
        RowFields fields, Signature signature, int rows, RequestLimits limits, int bytes)
    {
        for (var i = 0; i < signature.Inputs.Length; i++)
        {
            var elements = (long)fields.RowElements[i] * rows;
            if (elements > limits.MaxElements)
            {
                throw new RequestException(PredictFailure.TooLarge,
                    $"The rows make {elements} elements of the input '{signature.Inputs[i].Name}'; at most "
                    + $"{limits.MaxElements} are taken.");
            }

            if (elements > Math.Max(bytes, Unseen) && !signature.Inputs[i].Optional)
            {
                throw new RequestException(PredictFailure.InvalidInput,
                    $"The rows hold fewer than the {elements} elements that the input '{signature.Inputs[i].Name}' "
                    + "takes.");
            }
        }
    }

    private void Prepare(RowFields fields, Signature signature, int rows, TensorSet inputs)
    {
        Span<long> shape = stackalloc long[Tensor.MaxRank];
        for (var i = 0; i < signature.Inputs.Length; i++)
        {
            var spec = signature.Inputs[i];
            if (spec.Shape[0] >= 0 && spec.Shape[0] != rows)
                throw new RequestException(PredictFailure.InvalidInput,
                    $"This model takes exactly {spec.Shape[0]} rows, the request has {rows}.");
            spec.Shape.CopyTo(shape);
            shape[0] = rows;
            inputs[i].Reset(spec.Type, shape[..spec.Shape.Length]);
        }

        var count = fields.Fields.Length;
        if (_seenInRow.Length < count)
        {
            _seenInRow = new int[count];
            _strings = [.. Enumerable.Repeat(Array.Empty<byte>(), count)];
            _lengths = new int[count];
        }

        Array.Fill(_seenInRow, -1);
    }

    private void ReadRow(ref Utf8JsonReader reader, RowFields fields, int row, TensorSet inputs)
    {
        var next = 0;
        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = fields.Find(ref reader, next);
            if (index < 0)
                throw new RequestException(PredictFailure.InvalidInput,
                    $"Row {row} has the field '{reader.GetString()}', which the model does not take; it takes "
                    + $"{Names(fields)}.");
            if (_seenInRow[index] == row)
                throw new RequestException(PredictFailure.InvalidInput,
                    $"Row {row} has the field '{fields.Fields[index].Name}' twice.");

            _seenInRow[index] = row;
            seen++;
            next = index + 1;
            reader.Read();
            var field = fields.Fields[index];
            if (!inputs[field.Input].Present)
            {
                throw new RequestException(PredictFailure.InvalidInput,
                    $"Row {row} has the field '{field.Name}', which the rows before it leave out; give it in every "
                        + $"row or in none.");
            }

            if (field.Type == ElementType.String)
                ReadString(ref reader, field, index, row, inputs[field.Input]);
            else
                ReadNumbers(ref reader, field, row, inputs[field.Input], (row * fields.RowElements[field.Input])
                    + field.Column);
        }

        if (seen < fields.Fields.Length)
            CheckMissing(fields, row, inputs);
        AddStrings(fields, inputs);
    }

    /// <summary>
    /// A string tensor is filled in order, but a row's fields come in any: single strings wait until the row is read.
    /// </summary>
    private void ReadString(ref Utf8JsonReader reader, RowField field, int index, int row, Tensor tensor)
    {
        if (field.Count > 1)
        {
            ReadStrings(ref reader, field, row, tensor);
            return;
        }

        if (reader.TokenType == JsonTokenType.Null)
        {
            _lengths[index] = 0;
            return;
        }

        if (reader.TokenType != JsonTokenType.String)
            throw Wrong(field, row, "a string (or null)");
        var needed = reader.ValueSpan.Length;
        if (_strings[index].Length < needed)
            _strings[index] = new byte[Math.Max(needed, 32)];
        _lengths[index] = reader.CopyString(_strings[index]);
    }

    private static void ReadStrings(ref Utf8JsonReader reader, RowField field, int row, Tensor tensor)
    {
        var rented = Array.Empty<byte>();
        var count = 0;
        var depth = reader.CurrentDepth;
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Wrong(field, row, $"an array of {field.Count} strings");
        while (reader.Read() && (reader.CurrentDepth > depth || reader.TokenType != JsonTokenType.EndArray))
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
                continue;
            if (reader.TokenType != JsonTokenType.String || ++count > field.Count)
                throw Wrong(field, row, $"an array of {field.Count} strings");
            if (rented.Length < reader.ValueSpan.Length)
                rented = new byte[reader.ValueSpan.Length];
            tensor.AddString(rented.AsSpan(0, reader.CopyString(rented)));
        }

        if (count != field.Count)
            throw Wrong(field, row, $"an array of {field.Count} strings");
    }

    private static void ReadNumbers(ref Utf8JsonReader reader, RowField field, int row, Tensor tensor, int at)
    {
        if (field.Count == 1 && reader.TokenType != JsonTokenType.StartArray)
        {
            if (!JsonNumbers.TryRead(ref reader, tensor, at))
            {
                var orNull = JsonNumbers.TakesNull(field.Type) ? " (or null)" : "";
                throw Wrong(field, row, $"a {field.Type.WireName()}{orNull}");
            }

            return;
        }

        var depth = reader.CurrentDepth;
        var count = 0;
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Wrong(field, row, $"an array of {field.Count} numbers");
        while (reader.Read() && (reader.CurrentDepth > depth || reader.TokenType != JsonTokenType.EndArray))
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
                continue;
            if (count == field.Count || !JsonNumbers.TryRead(ref reader, tensor, at + count))
                throw Wrong(field, row, $"an array of {field.Count} × {field.Type.WireName()}");
            count++;
        }

        if (count != field.Count)
            throw Wrong(field, row, $"an array of {field.Count} × {field.Type.WireName()}");
    }

    private void AddStrings(RowFields fields, TensorSet inputs)
    {
        for (var i = 0; i < fields.Fields.Length; i++)
        {
            var field = fields.Fields[i];
            if (field.Type == ElementType.String && field.Count == 1 && inputs[field.Input].Present)
                inputs[field.Input].AddString(_strings[i].AsSpan(0, _lengths[i]));
        }
    }

    private void CheckMissing(RowFields fields, int row, TensorSet inputs)
    {
        for (var i = 0; i < fields.Fields.Length; i++)
        {
            if (_seenInRow[i] == row)
                continue;
            if (fields.Fields[i].Optional && row == 0)
            {
                inputs[fields.Fields[i].Input].Clear();
                continue;
            }

            if (!(fields.Fields[i].Optional && !inputs[fields.Fields[i].Input].Present))
            {
                throw new RequestException(PredictFailure.InvalidInput,
                    $"Row {row} lacks the field '{fields.Fields[i].Name}'; send null for a value that is missing.");
            }
        }
    }

    private static RequestException Wrong(RowField field, int row, string expected) =>
        new(PredictFailure.InvalidInput, $"Row {row}: the field '{field.Name}' takes {expected}.");

    private static string Names(RowFields fields) =>
        string.Join(", ", fields.Fields.Select(field => $"'{field.Name}'"));
}
