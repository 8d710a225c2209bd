namespace Fairlead.Core.Monitoring;

/// <summary>What the values of one column may be. Inferred from a reference, and a person's to edit.</summary>
/// <param name="Name">The column.</param>
/// <param name="Kind">What its values are.</param>
public sealed record ColumnSchema(string Name, ColumnKind Kind)
{
    /// <summary>Numbers have no fraction.</summary>
    public bool Whole { get; init; }

    /// <summary>The least number, or the least length of a text; null for any.</summary>
    public double? Min { get; init; }

    /// <summary>The greatest number, or the greatest length of a text; null for any.</summary>
    public double? Max { get; init; }

    /// <summary>The names that are known; null for any.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>A row must have a value.</summary>
    public bool Required { get; init; }

    /// <summary>The greatest share of a window's rows without a value, 0 to 1.</summary>
    public double MaxMissingShare { get; init; } = 1;

    /// <summary>The greatest share of a window's values outside range, type or categories, 0 to 1.</summary>
    public double MaxFaultyShare { get; init; }

    /// <summary>The greatest L∞ distance of a window's categories from the reference's; null where none is
    /// set.</summary>
    public double? MaxLInfinity { get; init; }

    /// <summary>The greatest Jensen–Shannon divergence (base two) of a window from the reference; null where none is
    /// set.</summary>
    public double? MaxJensenShannon { get; init; }

    public bool Equals(ColumnSchema? other) =>
        other is not null && (Name, Kind, Whole, Min, Max, Required)
            == (other.Name, other.Kind, other.Whole, other.Min, other.Max, other.Required)
        && (MaxMissingShare, MaxFaultyShare, MaxLInfinity, MaxJensenShannon)
            == (other.MaxMissingShare, other.MaxFaultyShare, other.MaxLInfinity, other.MaxJensenShannon)
        && (Categories is null ? other.Categories is null
            : other.Categories is not null && Categories.SequenceEqual(other.Categories, StringComparer.Ordinal));

    public override int GetHashCode() => HashCode.Combine(Name, Kind, Min, Max, Categories?.Count);
}

/// <summary>The columns of an endpoint's inputs or outputs.</summary>
/// <param name="Columns">Each once.</param>
public sealed record DataSchema(IReadOnlyList<ColumnSchema> Columns)
{
    /// <summary>Columns that the schema does not name are let through.</summary>
    public bool OtherColumns { get; init; }
}

/// <summary>What becomes of a row that breaks the schema.</summary>
public enum SchemaMode
{
    /// <summary>It is counted.</summary>
    Count,

    /// <summary>It is counted, and the answer says so.</summary>
    Warn,

    /// <summary>It is refused.</summary>
    Reject,
}

/// <summary>How a value, a row or a window breaks a schema.</summary>
public enum SchemaFault
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>A required value, or a column, is not there.</summary>
    Missing,

    /// <summary>A column that the schema does not name.</summary>
    UnknownColumn,

    /// <summary>A name where a number is expected, or the other way round.</summary>
    WrongType,

    /// <summary>NaN or infinite.</summary>
    NotFinite,

    /// <summary>A fraction where whole numbers are expected.</summary>
    NotWhole,

    /// <summary>Below the least.</summary>
    BelowRange,

    /// <summary>Above the greatest.</summary>
    AboveRange,

    /// <summary>A name that the schema does not have.</summary>
    UnknownCategory,

    /// <summary>A distribution further from the reference than is set.</summary>
    TooFar,
}

/// <summary>A break of the schema.</summary>
/// <param name="Column">Where.</param>
/// <param name="Fault">What.</param>
/// <param name="Share">The share of a window's rows or values, or the distance; 1 for a row.</param>
/// <param name="Sentence">All of it, with what was expected.</param>
public sealed record SchemaFinding(string Column, SchemaFault Fault, double Share, string Sentence);

/// <summary>How much of a window breaks one rule of a column.</summary>
/// <param name="Fault">The rule.</param>
/// <param name="Broken">How many rows or values surely break it: a sketch's error is taken off.</param>
/// <param name="About">How many do, as near as is known.</param>
/// <param name="Of">Of how many.</param>
/// <param name="Allowed">The share that may, by the schema.</param>
/// <param name="What">What is wrong with them, in words.</param>
public sealed record SchemaShare(
    SchemaFault Fault, double Broken, double About, long Of, double Allowed, string What);
