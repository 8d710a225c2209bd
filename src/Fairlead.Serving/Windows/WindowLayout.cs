using System.Collections.Immutable;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Serving.Facts;

namespace Fairlead.Serving.Windows;

/// <summary>What is kept of the values of a column.</summary>
public enum WindowColumnKind
{
    /// <summary>One number a row.</summary>
    Number,

    /// <summary>One text a row.</summary>
    Text,

    /// <summary>The mean of a row's elements, of a tensor that is too wide to keep each apart (a picture).</summary>
    Mean,
}

/// <summary>One column of a request or of an answer.</summary>
/// <param name="Name">The tensor's name; the field's, or <c>name[i]</c>, where a row has several elements.</param>
/// <param name="IsOutput">It is of the answer.</param>
/// <param name="Tensor">Place of its tensor among the inputs or outputs.</param>
/// <param name="Element">Place of its element within a row; 0 for a mean.</param>
/// <param name="Kind">What is kept of it.</param>
public sealed record WindowColumn(string Name, bool IsOutput, int Tensor, int Element, WindowColumnKind Kind);

/// <summary>
/// The columns that windows of a version keep: every input and output whose rows have a known number of elements.
/// </summary>
public sealed class WindowLayout
{
    /// <summary>A row with more elements than this is kept as the mean of its elements.</summary>
    public const int MostElements = 32;

    /// <summary>The most columns of inputs and outputs together; those beyond are left out and named.</summary>
    public const int MostColumns = 256;

    private readonly ImmutableArray<string> _tensors;

    private WindowLayout(
        ImmutableArray<WindowColumn> columns, ImmutableArray<string> tensors, ImmutableArray<string> leftOut,
        int scores)
    {
        Columns = columns;
        _tensors = tensors;
        LeftOut = leftOut;
        ScoresTensor = scores;
    }

    /// <summary>The columns, inputs first.</summary>
    public ImmutableArray<WindowColumn> Columns { get; }

    /// <summary>Tensors of which nothing, or not everything, is kept: wide texts, and what is too much.</summary>
    public ImmutableArray<string> LeftOut { get; }

    /// <summary>
    /// The output that holds the scores of classes, of which the greatest is the confidence of a row; -1: none does.
    /// </summary>
    public int ScoresTensor { get; }

    /// <summary>The columns of a version.</summary>
    /// <param name="inputs">What requests hold.</param>
    /// <param name="outputs">What answers hold.</param>
    public static WindowLayout Of(ImmutableArray<TensorSpec> inputs, ImmutableArray<TensorSpec> outputs)
    {
        var columns = ImmutableArray.CreateBuilder<WindowColumn>();
        var leftOut = ImmutableArray.CreateBuilder<string>();
        var tensors = ImmutableArray.CreateBuilder<string>();
        foreach (var (specs, isOutput) in new[] { (inputs, false), (outputs, true) })
        {
            for (var tensor = 0; tensor < specs.Length; tensor++)
            {
                var made = ColumnsOf(specs[tensor], tensor, isOutput);
                if (made.Count == 0 || columns.Count + made.Count > MostColumns)
                    leftOut.Add(specs[tensor].Name);
                else
                    columns.AddRange(made);
                tensors.AddRange(Enumerable.Repeat(specs[tensor].Name, columns.Count - tensors.Count));
            }
        }

        return new WindowLayout(
            columns.ToImmutable(), tensors.ToImmutable(), leftOut.ToImmutable(), Scores(outputs));
    }

    /// <summary>
    /// Which columns hold what a log hashes, redacts or omits, by their own name or their tensor's; null: none does.
    /// </summary>
    internal bool[]? HiddenBy(LogSpec log)
    {
        bool[] hidden = [.. Columns.Zip(_tensors, (column, tensor) =>
            log.Treatment(column.Name) != FieldTreatment.Keep || log.Treatment(tensor) != FieldTreatment.Keep)];
        return hidden.Contains(true) ? hidden : null;
    }

    /// <summary>
    /// The names of the numbers of a row, tensor by tensor as they are kept with an answer. They end before the first
    /// tensor whose rows have no known number of elements.
    /// </summary>
    public static ImmutableArray<string> NumbersOf(ImmutableArray<TensorSpec> inputs)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var spec in inputs)
        {
            var width = WidthOf(spec);
            if (width == 0)
                break;
            for (var element = 0; element < width && names.Count < TensorText.MaxNumbers; element++)
                names.Add(NameOf(spec, element, width));
        }

        return names.ToImmutable();
    }

    /// <summary>Elements in a row; 0: it differs from request to request.</summary>
    internal static long WidthOf(TensorSpec spec)
    {
        long width = 1;
        foreach (var dimension in spec.Shape.Skip(1))
            width = dimension < 0 ? 0 : width * dimension;
        return width;
    }

    private static List<WindowColumn> ColumnsOf(TensorSpec spec, int tensor, bool isOutput)
    {
        var width = WidthOf(spec);
        var kind = spec.Type == ElementType.String ? WindowColumnKind.Text : WindowColumnKind.Number;
        if (width is > 0 and <= MostElements)
        {
            return [.. Enumerable.Range(0, (int)width).Select(element =>
                new WindowColumn(NameOf(spec, element, width), isOutput, tensor, element, kind))];
        }

        return kind == WindowColumnKind.Text
            ? []
            : [new WindowColumn(spec.Name, isOutput, tensor, 0, WindowColumnKind.Mean)];
    }

    private static string NameOf(TensorSpec spec, int element, long width) =>
        spec.Fields.Length == width ? spec.Fields[element]
        : width == 1 ? spec.Name
        : FormattableString.Invariant($"{spec.Name}[{element}]");

    /// <summary>The first output of floating-point numbers with at least two a row.</summary>
    private static int Scores(ImmutableArray<TensorSpec> outputs)
    {
        for (var i = 0; i < outputs.Length; i++)
        {
            if (outputs[i].Type is ElementType.Float32 or ElementType.Float64 && WidthOf(outputs[i]) is >= 2 or 0)
                return i;
        }

        return -1;
    }
}
