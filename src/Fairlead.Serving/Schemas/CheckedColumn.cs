using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Fairlead.Core.Models;
using Fairlead.Core.Monitoring;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Windows;

namespace Fairlead.Serving.Schemas;

/// <summary>
/// One column of a schema over the tensors of one version: the rules of <see cref="SchemaRules"/>, prepared so that a
/// good row allocates nothing.
/// </summary>
internal sealed class CheckedColumn
{
    private const int SmallText = 256;

    /// <summary>Longest text that a sentence tells, in characters.</summary>
    private const int ShownText = 60;

    private readonly WindowColumn _place;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _names;
    private readonly FrozenSet<double> _numbers;
    private readonly bool _any;
    private readonly int _longestName;
    private readonly SchemaFault _true;
    private readonly SchemaFault _false;

    public CheckedColumn(ColumnSchema schema, WindowColumn place)
    {
        (Schema, _place) = (schema, place);
        var names = schema.Categories ?? [];
        _any = schema.Categories is null;
        _names = names.ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _longestName = names.Count == 0 ? 0 : names.Max(Encoding.UTF8.GetByteCount);
        _numbers = names.Select(NumberOf).OfType<double>().ToFrozenSet();
        _true = _any || names.Contains("true", StringComparer.Ordinal)
            ? SchemaFault.None
            : SchemaFault.UnknownCategory;
        _false = _any || names.Contains("false", StringComparer.Ordinal)
            ? SchemaFault.None
            : SchemaFault.UnknownCategory;
    }

    public ColumnSchema Schema { get; }

    /// <summary>Looks at every row of a request; a report is made for what is wrong, and else none.</summary>
    public void Check(TensorSet inputs, int rows, ref SchemaReport? report)
    {
        var tensor = inputs[_place.Tensor];
        var here = !tensor.Present ? 0 : tensor.Rank == 0 ? 1 : (int)tensor.Shape[0];
        if (here == 0 || tensor.ElementCount == 0)
        {
            if (Schema.Required && rows > 0)
            {
                (report ??= new SchemaReport()).AddAll(
                    Schema.Name, SchemaFault.Missing, rows, SchemaRules.Sentence(Schema, "nothing"));
            }

            return;
        }

        var width = tensor.ElementCount / here;
        for (var row = 0; row < here; row++)
        {
            var fault = Fault(tensor, row * width, width);
            if (fault != SchemaFault.None)
                Add(ref report, tensor, fault, row, here, width);
        }
    }

    private void Add(ref SchemaReport? report, Tensor tensor, SchemaFault fault, int row, int rows, int width) =>
        (report ??= new SchemaReport()).Add(
            Schema, fault, row, rows, () => fault == SchemaFault.Missing ? "nothing" : Found(tensor, row, width));

    private SchemaFault Fault(Tensor tensor, int first, int width)
    {
        if (_place.Kind == WindowColumnKind.Mean)
            return Number(MeanOf(tensor, first, width));
        if (_place.Element >= width)
            return Missing();
        var at = first + _place.Element;
        if (_place.Kind == WindowColumnKind.Text)
            return Text(tensor.StringAt(at));
        return tensor.Type == ElementType.Bool && Schema.Kind == ColumnKind.Category
            ? (TensorText.Number(tensor, at) > 0 ? _true : _false)
            : Number(TensorText.Number(tensor, at));
    }

    /// <summary>A model without a value for missing ones is sent NaN in its place.</summary>
    private SchemaFault Number(double value)
    {
        if (double.IsNaN(value))
            return Missing();
        if (!double.IsFinite(value))
            return SchemaFault.NotFinite;
        switch (Schema.Kind)
        {
            case ColumnKind.Text:
                return SchemaFault.WrongType;
            case ColumnKind.Category:
                return _any || _numbers.Contains(value) ? SchemaFault.None : SchemaFault.UnknownCategory;
            default:
                return Schema.Whole && value != Math.Floor(value) ? SchemaFault.NotWhole : InRange(value);
        }
    }

    private SchemaFault Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return Missing();
        return Schema.Kind switch
        {
            ColumnKind.Number => SchemaFault.WrongType,
            ColumnKind.Category => _any || Knows(utf8) ? SchemaFault.None : SchemaFault.UnknownCategory,
            _ => InRange(Encoding.UTF8.GetCharCount(utf8)),
        };
    }

    private bool Knows(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > _longestName)
            return false;
        var rented = utf8.Length > SmallText ? ArrayPool<char>.Shared.Rent(utf8.Length) : null;
        var chars = rented is null ? stackalloc char[SmallText] : rented;
        var known = _names.Contains(chars[..Encoding.UTF8.GetChars(utf8, chars)]);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
        return known;
    }

    private SchemaFault Missing() => Schema.Required ? SchemaFault.Missing : SchemaFault.None;

    private SchemaFault InRange(double value) =>
        value < Schema.Min ? SchemaFault.BelowRange
        : value > Schema.Max ? SchemaFault.AboveRange
        : SchemaFault.None;

    private string Found(Tensor tensor, int row, int width)
    {
        if (_place.Kind == WindowColumnKind.Mean)
            return SchemaRules.Say(MeanOf(tensor, row * width, width));
        var at = row * width + _place.Element;
        if (_place.Kind != WindowColumnKind.Text)
            return SchemaRules.Say(TensorText.Number(tensor, at));
        var text = Encoding.UTF8.GetString(tensor.StringAt(at)[..Math.Min(tensor.StringAt(at).Length, 4 * ShownText)]);
        return text.Length <= ShownText ? $"'{text}'" : $"'{text[..(ShownText - 1)]}…'";
    }

    private static double MeanOf(Tensor tensor, int first, int count)
    {
        double sum = 0;
        for (var i = 0; i < count; i++)
            sum += TensorText.Number(tensor, first + i);
        return sum / count;
    }

    /// <summary>The number that a category is written as; null for one that no number is.</summary>
    private static double? NumberOf(string name)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return double.TryParse(name, culture, out var number) && number.ToString("R", culture) == name
            ? number
            : null;
    }
}
