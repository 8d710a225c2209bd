namespace Fairlead.Client.Api;

/// <summary>What the inputs of an endpoint may be, and what becomes of a request that breaks it.</summary>
public sealed record SchemaInfo
{
    /// <summary>
    /// <c>reject</c> refuses the request, <c>warn</c> answers it with the header <c>fairlead-schema-faults</c>,
    /// <c>count</c> only counts. All of them count.
    /// </summary>
    public string Mode { get; set; } = "count";

    /// <summary>The columns of the inputs, named as windows name them.</summary>
    public required IReadOnlyList<SchemaColumnInfo> Columns { get; init; }

    /// <summary>Inputs that are not named are let through. Default true.</summary>
    public bool OtherColumns { get; set; } = true;
}

/// <summary>What the values of one column may be.</summary>
public sealed record SchemaColumnInfo
{
    public required string Name { get; init; }

    /// <summary><c>number</c>, <c>category</c> or <c>text</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Numbers have no fraction.</summary>
    public bool Whole { get; init; }

    /// <summary>The least number, or the least length of a text.</summary>
    public double? Min { get; init; }

    /// <summary>The greatest number, or the greatest length of a text.</summary>
    public double? Max { get; init; }

    /// <summary>The categories that are known; left out: any.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>A row must have a value.</summary>
    public bool Required { get; init; }

    /// <summary>In windows: the greatest share of rows without a value. Default 1.</summary>
    public double MaxMissingShare { get; set; } = 1;

    /// <summary>In windows: the greatest share of values outside type, range or categories. Default 0.</summary>
    public double MaxFaultyShare { get; init; }

    /// <summary>In windows: the greatest L∞ distance of the categories from the reference.</summary>
    public double? MaxLInfinity { get; init; }

    /// <summary>In windows: the greatest Jensen–Shannon divergence (base two) from the reference.</summary>
    public double? MaxJensenShannon { get; init; }
}

/// <summary>Rows that broke a schema in one way.</summary>
/// <param name="Variant">The variant that was asked.</param>
/// <param name="Column">The column.</param>
/// <param name="Fault">
/// <c>missing</c>, <c>unknown_column</c>, <c>wrong_type</c>, <c>not_finite</c>, <c>not_whole</c>, <c>below_range</c>,
/// <c>above_range</c> or <c>unknown_category</c>.
/// </param>
/// <param name="Rows">How many.</param>
public sealed record SchemaCountInfo(string Variant, string Column, string Fault, long Rows);

/// <summary>Rows that a schema refused in one way.</summary>
/// <param name="Column">The column; <c>(other columns)</c> for those beyond what is counted apart.</param>
/// <param name="Fault">As in <see cref="SchemaCountInfo"/>.</param>
/// <param name="Rows">How many.</param>
public sealed record RefusedFaultInfo(string Column, string Fault, long Rows);

/// <summary>What an endpoint was asked in a stretch, held to its schema.</summary>
public sealed record SchemaCheckInfo
{
    public required string Endpoint { get; init; }

    /// <summary>Beginning of what is looked at.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>Its end.</summary>
    public DateTimeOffset To { get; init; }

    /// <summary>One for each variant and version that was asked something.</summary>
    public IReadOnlyList<ArmSchemaInfo> Arms { get; set; } = [];
}

/// <summary>How one variant with one version was asked.</summary>
public sealed record ArmSchemaInfo
{
    public required string Variant { get; init; }

    /// <summary><c>model/3</c>, or <c>none</c>, <c>constant</c>, <c>rule</c>.</summary>
    public required string Version { get; init; }

    /// <summary><c>ok</c>, <c>broken</c>, or <c>insufficient_data</c>, which is never to be taken for OK.</summary>
    public required string State { get; init; }

    /// <summary>Rows that were answered.</summary>
    public long Rows { get; init; }

    /// <summary>Rows of requests that the schema refused.</summary>
    public long RefusedRows { get; init; }

    /// <summary>Of these, what broke the schema, most rows first; a row may break it in several ways.</summary>
    public IReadOnlyList<RefusedFaultInfo> Refused { get; set; } = [];

    /// <summary>What distances were taken from; null: nothing asks for a distance.</summary>
    public string? HeldAgainst { get; init; }

    /// <summary>Columns with too few rows to judge by.</summary>
    public IReadOnlyList<string> Undecided { get; set; } = [];

    /// <summary>Everything by which the stretch breaks the schema.</summary>
    public IReadOnlyList<SchemaFindingInfo> Findings { get; set; } = [];
}

/// <summary>One way in which a stretch breaks a schema.</summary>
/// <param name="Column">The column.</param>
/// <param name="Fault">As in <see cref="SchemaCountInfo"/>, or <c>too_far</c>.</param>
/// <param name="Share">The share of rows or values, or the distance.</param>
/// <param name="Sentence">All of it, with what was expected.</param>
public sealed record SchemaFindingInfo(string Column, string Fault, double Share, string Sentence);
