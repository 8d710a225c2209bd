using System.Text.Json.Serialization;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;

namespace Fairlead.Serving.Records;

/// <summary>How the elements of a column are laid out in a record.</summary>
public enum RecordLayout
{
    /// <summary>One element a row of the request.</summary>
    PerRow,

    /// <summary>One element a request.</summary>
    Single,

    /// <summary>Several elements a row, one row behind the other.</summary>
    RowList,

    /// <summary>A whole tensor, in row-major order.</summary>
    List,

    /// <summary>Scores by class: several a row, and behind them the labels of the classes.</summary>
    Scores,
}

/// <summary>One column of the records of a version: an input, an output, or a named part of one.</summary>
/// <param name="Name">Its name in tables: <c>input_</c> or <c>output_</c> and the field's.</param>
/// <param name="IsOutput">Whether it is an output.</param>
/// <param name="Tensor">Index of the tensor among the inputs or the outputs.</param>
/// <param name="Offset">For one element a row: which of the row's.</param>
/// <param name="Layout">How its elements are laid out.</param>
/// <param name="Type">The type of the elements.</param>
/// <param name="Treatment">What becomes of it before it is kept.</param>
public sealed record RecordColumn(
    string Name, bool IsOutput, int Tensor, int Offset, RecordLayout Layout, ElementType Type, FieldTreatment Treatment)
{
    /// <summary>For scores: the type of the classes' labels.</summary>
    public ElementType KeyType { get; init; }

    /// <summary>It is one value in a table, and not a list.</summary>
    [JsonIgnore]
    public bool IsScalar => Layout is RecordLayout.PerRow or RecordLayout.Single;

    /// <summary>The columns of a signature, without those that are omitted.</summary>
    public static IReadOnlyList<RecordColumn> Of(Signature reads, Signature answers, LogSpec log)
    {
        var columns = new List<RecordColumn>();
        Add(columns, reads.Inputs, isOutput: false, log);
        Add(columns, answers.Outputs, isOutput: true, log);
        return columns;
    }

    private static void Add(
        List<RecordColumn> columns, IReadOnlyList<TensorSpec> specs, bool isOutput, LogSpec log)
    {
        for (var i = 0; i < specs.Count; i++)
        {
            var spec = specs[i];
            if (spec.Kind == ValueKind.MapKeys)
                continue;
            var (layout, width) = LayoutOf(spec);
            var isNamed = layout == RecordLayout.RowList && spec.Fields.Length == width;
            if (spec.Kind == ValueKind.MapScores && i + 1 < specs.Count)
            {
                AddOne(columns, log, spec, spec.Name, new RecordColumn(
                    "", isOutput, i, 0, RecordLayout.Scores, spec.Type, default)
                { KeyType = specs[i + 1].Type });
            }
            else if (isNamed)
            {
                for (var column = 0; column < width; column++)
                {
                    AddOne(columns, log, spec, spec.Fields[column],
                        new RecordColumn("", isOutput, i, column, RecordLayout.PerRow, spec.Type, default));
                }
            }
            else
            {
                AddOne(columns, log, spec, spec.Name,
                    new RecordColumn("", isOutput, i, 0, layout, spec.Type, default));
            }
        }
    }

    private static void AddOne(
        List<RecordColumn> columns, LogSpec log, TensorSpec spec, string field, RecordColumn column)
    {
        // A column is kept no better than the tensor that it is part of.
        var treatment = (FieldTreatment)Math.Max((int)log.Treatment(spec.Name), (int)log.Treatment(field));
        if (treatment != FieldTreatment.Omit)
        {
            columns.Add(column with
            {
                Name = (column.IsOutput ? "output_" : "input_") + field,
                Treatment = treatment,
            });
        }
    }

    private static (RecordLayout Layout, int Width) LayoutOf(TensorSpec spec)
    {
        long width = 1;
        foreach (var size in spec.Shape.Skip(1))
            width = size < 0 || width > int.MaxValue ? -1 : width * size;
        if (width < 0 || width > int.MaxValue)
            return (RecordLayout.List, 0);
        if (spec.Shape.Length == 0 || (spec.Shape[0] == 1 && width == 1))
            return (RecordLayout.Single, 1);
        if (spec.Shape[0] >= 0)
            return (RecordLayout.List, 0);
        return (width == 1 ? RecordLayout.PerRow : RecordLayout.RowList, (int)width);
    }
}

/// <summary>
/// What all records of one arm under one generation have in common; written once a file, before the first of them.
/// </summary>
public sealed record RecordSchema
{
    /// <summary>By which records name it; unique within a file.</summary>
    public int Id { get; init; }

    /// <summary>The endpoint's permanent number.</summary>
    public int EndpointNumber { get; init; }

    public required string Endpoint { get; init; }

    public long Generation { get; init; }

    public required string Arm { get; init; }

    /// <summary>The model's name; null for an arm without one.</summary>
    public string? Model { get; init; }

    /// <summary>The version's number; null for an arm without a model.</summary>
    public int? Version { get; init; }

    public required IReadOnlyList<RecordColumn> Columns { get; init; }
}
