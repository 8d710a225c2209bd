using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Monitoring;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Windows;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Serving.Schemas;

/// <summary>
/// Holds the inputs of one version to an endpoint's schema, and counts what breaks it. A good request allocates
/// nothing. Safe for any number of callers.
/// </summary>
public sealed class SchemaChecker
{
    /// <summary>Columns that are counted apart, in the schema's order; the rest is counted together.</summary>
    public const int MostCounted = 50;

    /// <summary>The name under which the rest is counted.</summary>
    public const string Rest = WindowSketch.Rest;

    private static readonly int Faults = Enum.GetValues<SchemaFault>().Length;

    private readonly CheckedColumn[] _columns;
    private readonly (string Column, SchemaFault Fault, string Sentence)[] _always;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly string[] _names;
    private readonly long[] _counts;

    private SchemaChecker(
        SchemaSpec spec, CheckedColumn[] columns, (string Column, SchemaFault Fault, string Sentence)[] always)
    {
        (Spec, _columns, _always) = (spec, columns, always);
        string[] all = [.. spec.Columns.Select(column => column.Name).Concat(always.Select(each => each.Column))];
        _names = [.. all.Distinct(StringComparer.Ordinal).Take(MostCounted), Rest];
        for (var i = 0; i < _names.Length - 1; i++)
            _places.Add(_names[i], i);
        _counts = new long[_names.Length * Faults];
    }

    /// <summary>The schema.</summary>
    public SchemaSpec Spec { get; }

    /// <summary>What becomes of a request that breaks it.</summary>
    public SchemaMode Mode => Spec.Mode;

    /// <summary>Prepares a schema for a version.</summary>
    /// <param name="spec">The schema.</param>
    /// <param name="signature">What requests hold.</param>
    public static SchemaChecker Of(SchemaSpec spec, Signature signature)
    {
        var places = WindowLayout.Of(signature.Inputs, []).Columns
            .ToDictionary(column => column.Name, StringComparer.Ordinal);
        var always = spec.Columns.Where(column => column.Required && !places.ContainsKey(column.Name))
            .Select(column => (column.Name, SchemaFault.Missing, SchemaRules.Sentence(column, "nothing")));
        if (!spec.OtherColumns)
        {
            always = always.Concat(places.Keys.Except(spec.Columns.Select(column => column.Name))
                .Order(StringComparer.Ordinal)
                .Select(name => (name, SchemaFault.UnknownColumn, $"'{name}' is no column of the schema")));
        }

        return new SchemaChecker(
            spec,
            [
                .. spec.Columns.Where(column => places.ContainsKey(column.Name))
                    .Select(column => new CheckedColumn(column, places[column.Name])),
            ],
            [.. always]);
    }

    /// <summary>How a request breaks the schema; null when it does not. What breaks it is counted.</summary>
    /// <param name="inputs">The inputs, which fit the version's signature.</param>
    /// <param name="rows">How many rows they are.</param>
    public SchemaReport? Check(TensorSet inputs, int rows)
    {
        SchemaReport? report = null;
        foreach (var column in _columns)
            column.Check(inputs, rows, ref report);
        if (rows > 0)
        {
            foreach (var (column, fault, sentence) in _always)
                (report ??= new SchemaReport()).AddAll(column, fault, rows, sentence);
        }

        if (report is null)
            return null;
        report.Rows = rows;
        foreach (var (column, fault, broken) in report.Faults)
        {
            var place = _places.GetValueOrDefault(column, _names.Length - 1);
            Interlocked.Add(ref _counts[place * Faults + (int)fault], broken);
        }

        return report;
    }

    /// <summary>Rows that broke the schema, by column and fault, since the version is held to it.</summary>
    public IEnumerable<(string Column, SchemaFault Fault, long Rows)> Read()
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            var count = Volatile.Read(ref _counts[i]);
            if (count > 0)
                yield return (_names[i / Faults], (SchemaFault)(i % Faults), count);
        }
    }
}
