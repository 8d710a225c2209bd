using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Controls;

/// <summary>The values of one row, by the index of the field in <see cref="RowCondition.Fields"/>.</summary>
public interface IRowValues
{
    /// <summary>The number of a field, 1 and 0 for true and false; false for a missing value and for a text.</summary>
    bool TryNumber(int field, out double value);

    /// <summary>The text of a field in UTF-8; false for a missing value and for a number.</summary>
    bool TryText(int field, out ReadOnlySpan<byte> utf8);
}

/// <summary>
/// A condition over the fields of one row, such as <c>amount &gt; 5000 and (country == "NL" or not member)</c>.
/// <para>
/// Comparisons are <c>== != &lt; &lt;= &gt; &gt;=</c> between a field and a literal (texts only <c>==</c> and
/// <c>!=</c>), <c>in (…, …)</c>, <c>is missing</c>, and a field of true and false alone; they are joined with
/// <c>and</c>, <c>or</c>, <c>not</c> and parentheses. A field whose name is more than letters, digits, '_' and '.' is
/// written in backticks. A comparison with a missing value, or with a value of another kind, is false, whatever it is.
/// </para>
/// It is closed: nothing is called, nothing is computed, and its size is bounded, so it ends.
/// </summary>
[JsonConverter(typeof(RowConditionJsonConverter))]
public sealed class RowCondition : IEquatable<RowCondition>
{
    /// <summary>Longest condition, in characters.</summary>
    public const int MaxLength = 1000;

    /// <summary>Most comparisons of one condition.</summary>
    public const int MaxComparisons = 64;

    /// <summary>Deepest parentheses and negations.</summary>
    public const int MaxDepth = 16;

    private readonly ImmutableArray<Node> _nodes;

    internal RowCondition(
        string text, ImmutableArray<Node> nodes, ImmutableArray<string> fields, ImmutableArray<FieldUse> uses) =>
        (Text, _nodes, Fields, Uses) = (text, nodes, fields, uses);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The fields that it reads, each once.</summary>
    public ImmutableArray<string> Fields { get; }

    /// <summary>Each field with the kind of value that it is held against.</summary>
    public ImmutableArray<FieldUse> Uses { get; }

    /// <summary>
    /// Reads the written form; throws <see cref="RefusalException"/> with code <c>invalid_condition</c>, which says
    /// where the fault lies.
    /// </summary>
    public static RowCondition Parse(string text) => new ConditionReader(text).Read();

    /// <summary>Whether it holds for a row.</summary>
    public bool Holds<TRow>(in TRow row)
        where TRow : IRowValues, allows ref struct =>
        Holds(_nodes.Length - 1, row);

    public bool Equals(RowCondition? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as RowCondition);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private bool Holds<TRow>(int at, in TRow row)
        where TRow : IRowValues, allows ref struct
    {
        ref readonly var node = ref ImmutableCollectionsMarshal.AsArray(_nodes)![at];
        return node.Operation switch
        {
            Operation.And => Holds(node.Left, row) && Holds(node.Right, row),
            Operation.Or => Holds(node.Left, row) || Holds(node.Right, row),
            Operation.Not => !Holds(node.Left, row),
            Operation.Missing => !row.TryNumber(node.Field, out _) && !row.TryText(node.Field, out _),
            _ when node.Utf8 is not null => row.TryText(node.Field, out var text)
                && text.SequenceEqual(node.Utf8) == (node.Operation == Operation.Equal),
            _ => row.TryNumber(node.Field, out var number) && Compare(node.Operation, number, node.Number),
        };
    }

    private static bool Compare(Operation operation, double value, double to) => operation switch
    {
        Operation.Equal => value == to,
        Operation.NotEqual => value != to,
        Operation.Less => value < to,
        Operation.AtMost => value <= to,
        Operation.Greater => value > to,
        _ => value >= to,
    };

    /// <summary>What a node does.</summary>
    internal enum Operation
    {
        And,
        Or,
        Not,
        Missing,
        Equal,
        NotEqual,
        Less,
        AtMost,
        Greater,
        AtLeast,
    }

    /// <summary>A node; its children stand before it, and the root is the last.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Node(Operation Operation)
    {
        public int Left { get; init; }

        public int Right { get; init; }

        public int Field { get; init; }

        public double Number { get; init; }

        /// <summary>The text to compare with; null: a number.</summary>
        public byte[]? Utf8 { get; init; }
    }

    private sealed class RowConditionJsonConverter : JsonConverter<RowCondition>
    {
        public override RowCondition Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, RowCondition value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Text);
    }
}

/// <summary>A field and the kind of value that it is held against; null: any.</summary>
public sealed record FieldUse(string Field, ScalarKind? Kind);
