using System.Collections.Immutable;

namespace Fairlead.Core.Tracking.Search;

/// <summary>What a comparison looks at.</summary>
public enum SearchEntity
{
    /// <summary>A column of the thing itself, such as its name.</summary>
    Attribute,

    /// <summary>The latest value of a metric.</summary>
    Metric,

    /// <summary>A parameter.</summary>
    Parameter,

    /// <summary>A tag.</summary>
    Tag,

    /// <summary>A dataset that a run read.</summary>
    Dataset,
}

/// <summary>How a comparison compares.</summary>
public enum SearchOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary>A pattern with <c>%</c> and <c>_</c>, upper and lower case told apart.</summary>
    Like,

    /// <summary>A pattern that does not tell upper from lower case of ASCII letters.</summary>
    ILike,

    /// <summary>One of a list.</summary>
    In,

    /// <summary>None of a list.</summary>
    NotIn,
}

/// <summary>One thing that is looked at.</summary>
/// <param name="Entity">What kind of thing.</param>
/// <param name="Key">The key of a metric, parameter or tag; the canonical name of an attribute.</param>
public sealed record SearchField(SearchEntity Entity, string Key);

/// <summary>A filter, read. Printed, it is a filter that reads as the same one.</summary>
public abstract record SearchNode
{
    /// <summary>The filter that everything passes.</summary>
    public static SearchNode Everything { get; } = new SearchAll([]);

    /// <summary>Puts a text between quotes, the quote itself doubled.</summary>
    protected static string Quote(string text, char quote) =>
        $"{quote}{text.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}";
}

/// <summary>All parts hold; without parts, everything passes.</summary>
public sealed record SearchAll(ImmutableArray<SearchNode> Parts) : SearchNode
{
    public bool Equals(SearchAll? other) => other is not null && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => Parts.Length;

    public override string ToString() =>
        string.Join(" AND ", Parts.Select(part => part is SearchComparison ? $"{part}" : $"({part})"));
}

/// <summary>One part holds.</summary>
public sealed record SearchAny(ImmutableArray<SearchNode> Parts) : SearchNode
{
    public bool Equals(SearchAny? other) => other is not null && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => ~Parts.Length;

    public override string ToString() =>
        string.Join(" OR ", Parts.Select(part => part is SearchComparison ? $"{part}" : $"({part})"));
}

/// <summary>The part does not hold.</summary>
public sealed record SearchNot(SearchNode Part) : SearchNode
{
    public override string ToString() => $"NOT ({Part})";
}

/// <summary>
/// A comparison. Something that does not have the field passes none, not even <see cref="SearchOperator.NotEqual"/>.
/// </summary>
public sealed record SearchComparison(SearchField Field, SearchOperator Operator, ImmutableArray<SearchValue> Values)
    : SearchNode
{
    public bool Equals(SearchComparison? other) => other is not null && Field == other.Field
        && Operator == other.Operator && Values.SequenceEqual(other.Values);

    public override int GetHashCode() => HashCode.Combine(Field, Operator, Values.Length);

    public override string ToString()
    {
        var entity = Field.Entity switch
        {
            SearchEntity.Attribute => "attributes",
            SearchEntity.Metric => "metrics",
            SearchEntity.Parameter => "params",
            SearchEntity.Tag => "tags",
            _ => "datasets",
        };
        var name = $"{entity}.{Quote(Field.Key, '`')}";
        var values = string.Join(", ", Values.Select(value =>
            double.IsNaN(value.Number) ? Quote(value.Text, '\'') : value.Text));
        return Operator switch
        {
            SearchOperator.In => $"{name} IN ({values})",
            SearchOperator.NotIn => $"{name} NOT IN ({values})",
            _ => $"{name} {SearchOperators.Text(Operator)} {values}",
        };
    }
}

/// <summary>Operators as they are written.</summary>
internal static class SearchOperators
{
    public static string Text(SearchOperator given) => given switch
    {
        SearchOperator.Equal => "=",
        SearchOperator.NotEqual => "!=",
        SearchOperator.Less => "<",
        SearchOperator.LessOrEqual => "<=",
        SearchOperator.Greater => ">",
        SearchOperator.GreaterOrEqual => ">=",
        SearchOperator.Like => "LIKE",
        SearchOperator.ILike => "ILIKE",
        SearchOperator.In => "IN",
        _ => "NOT IN",
    };

    public static SearchOperator? Of(string text) => text switch
    {
        "=" or "==" => SearchOperator.Equal,
        "!=" => SearchOperator.NotEqual,
        "<" => SearchOperator.Less,
        "<=" => SearchOperator.LessOrEqual,
        ">" => SearchOperator.Greater,
        ">=" => SearchOperator.GreaterOrEqual,
        _ => null,
    };
}
