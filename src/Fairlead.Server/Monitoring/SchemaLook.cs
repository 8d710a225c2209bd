using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitoring;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitoring;

/// <summary>What a look at a window found of a schema.</summary>
/// <param name="Findings">Everything by which it breaks the schema.</param>
/// <param name="Undecided">Columns with too few rows to judge by.</param>
internal sealed record SchemaVerdict(IReadOnlyList<SchemaFinding> Findings, IReadOnlyList<string> Undecided)
{
    /// <summary><c>ok</c>, <c>broken</c> or <c>insufficient_data</c>.</summary>
    public string State => Findings.Count > 0 ? "broken" : Undecided.Count > 0 ? "insufficient_data" : "ok";
}

/// <summary>Holds the inputs of a window to an endpoint's schema.</summary>
internal static class SchemaLook
{
    /// <param name="schema">The schema.</param>
    /// <param name="window">What was asked.</param>
    /// <param name="reference">What distances are taken from; null: they are not looked at.</param>
    /// <param name="minimumRows">The fewest rows to judge a column by.</param>
    public static SchemaVerdict Check(
        SchemaSpec schema, WindowSketch window, ReferenceColumns? reference, long minimumRows)
    {
        var held = reference?.Evidence(outputs: false) ?? new Dictionary<string, ColumnEvidence>();
        var findings = SchemaWindow.Check(
            schema.Data, Evidence(schema, window), held, minimumRows, out var undecided);

        // A distance from nothing is no distance that is well.
        var without = schema.Columns.Where(column => HasDistance(column) && !(
            held.TryGetValue(column.Name, out var before) && before.Values > 0)).Select(column => column.Name);
        var refused = RefusedRows.Of(window).Findings(schema.Data, window.Rows, minimumRows);
        return new SchemaVerdict([.. findings, .. refused], [.. undecided.Union(without)]);
    }

    /// <summary>The inputs of a window, as the schema takes them.</summary>
    public static IReadOnlyDictionary<string, ColumnEvidence> Evidence(SchemaSpec schema, WindowSketch window)
    {
        var kinds = schema.Columns.ToDictionary(column => column.Name, column => column.Kind, StringComparer.Ordinal);
        return window.Columns.Where(column => !column.IsOutput).ToDictionary(
            column => column.Name,
            column => ColumnEvidence.Of(column.Sketch, Kind(column.Sketch, kinds.GetValueOrDefault(column.Name))),
            StringComparer.Ordinal);
    }

    /// <summary>Something in the schema is a distance.</summary>
    public static bool AsksForDistance(SchemaSpec schema) =>
        schema.Columns.Any(HasDistance);

    /// <summary>A column has a distance from its reference that it must keep to.</summary>
    public static bool HasDistance(ColumnSchema column) =>
        column.MaxLInfinity is not null || column.MaxJensenShannon is not null;

    public static ArmSchemaInfo Shown(ArmStretch arm, SchemaVerdict verdict, ReferenceColumns? reference) => new()
    {
        Variant = arm.Arm,
        Version = arm.Version,
        State = verdict.State,
        Rows = arm.Window.Rows,
        RefusedRows = arm.Window.RefusedRows,
        Refused = WindowViews.Refused(arm.Window),
        HeldAgainst = reference?.Sentence,
        Undecided = verdict.Undecided,
        Findings =
        [
            .. verdict.Findings.Select(finding => new SchemaFindingInfo(
                finding.Column, SchemaRules.Word(finding.Fault), finding.Share, finding.Sentence)),
        ],
    };

    /// <summary>A text of few values is a text still, where the schema says so.</summary>
    private static ColumnKind Kind(ColumnSketch sketch, ColumnKind wanted) =>
        ColumnEvidence.KindOf(sketch) is var kind && kind == ColumnKind.Category && wanted == ColumnKind.Text
            ? ColumnKind.Text
            : kind;
}
