using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Fairlead.Core.Models;

namespace Fairlead.Serving.Protocols.Native;

/// <summary>One named field of a row: which input it belongs to and where in the input's row it stands.</summary>
/// <param name="Input">Index of the input in the signature.</param>
/// <param name="Column">Index of the first element within the input's row.</param>
/// <param name="Count">Elements that the field holds; more than 1 is sent as a (nested) array.</param>
internal sealed record RowField(string Name, byte[] Utf8, int Input, int Column, int Count, ElementType Type,
    bool Optional);

/// <summary>
/// How rows of named fields fill a signature: an input of one value a row is a field of its own name, a matrix whose
/// columns are named gives one field a column, and any other input of fixed size is one field that holds an array.
/// </summary>
internal sealed class RowFields
{
    private static readonly ConditionalWeakTable<Signature, RowFields> Known = [];

    private readonly FrozenDictionary<string, int> _byName;

    private RowFields(Signature signature)
    {
        var fields = new List<RowField>();
        RowElements = new int[signature.Inputs.Length];
        for (var i = 0; i < signature.Inputs.Length; i++)
            Add(signature.Inputs[i], i, fields);
        Fields = [.. fields];
        _byName = Fields.Index().ToFrozenDictionary(pair => pair.Item.Name, pair => pair.Index, StringComparer.Ordinal);
    }

    public RowField[] Fields { get; }

    /// <summary>Elements of one row of each input.</summary>
    public int[] RowElements { get; }

    /// <summary>Why a signature cannot be filled with rows; null when it can.</summary>
    public string? Unfit { get; private set; }

    public static RowFields Of(Signature signature) =>
        Known.GetValue(signature, static signature => new RowFields(signature));

    /// <summary>
    /// Finds the field that the reader's property names. Callers mostly send fields in one order, so the field behind
    /// the one found last is tried first.
    /// </summary>
    public int Find(ref Utf8JsonReader reader, int guess)
    {
        if (guess < Fields.Length && reader.ValueTextEquals(Fields[guess].Utf8))
            return guess;
        return _byName.TryGetValue(reader.GetString()!, out var index) ? index : -1;
    }

    private void Add(TensorSpec input, int index, List<RowField> fields)
    {
        var rows = input.Shape.Length > 0;
        long count = 1;
        foreach (var dimension in input.Shape.Skip(1))
            count = dimension < 0 || count > int.MaxValue ? -1 : count * dimension;
        if (!rows || count < 0)
        {
            Unfit ??= $"the input '{input.Name}' has the shape [{string.Join(',', input.Shape)}]";
            return;
        }

        RowElements[index] = (int)count;
        if (input.Fields.Length > 0 && input.Fields.Length == count)
        {
            for (var column = 0; column < count; column++)
                fields.Add(Field(input, input.Fields[column], index, column, 1));
        }
        else
        {
            fields.Add(Field(input, input.Name, index, 0, (int)count));
        }
    }

    private static RowField Field(TensorSpec input, string name, int index, int column, int count) =>
        new(name, Encoding.UTF8.GetBytes(name), index, column, count, input.Type, input.Optional);
}
