using Fairlead.Core.Tracking.Search;

namespace Fairlead.Server.Tracking.Search;

/// <summary>How one kind of thing lies in the tables.</summary>
internal abstract class SearchTable
{
    /// <summary>What it can be searched by.</summary>
    public abstract SearchSchema Schema { get; }

    /// <summary>The columns that a row is read from, in order.</summary>
    public abstract string Columns { get; }

    /// <summary>What follows FROM, the thing itself included.</summary>
    public abstract string From { get; }

    /// <summary>The order beneath every other one, ending with what is unique.</summary>
    public abstract IReadOnlyList<SearchTerm> Ties { get; }

    /// <summary>The expression of an attribute.</summary>
    public abstract SearchExpression Attribute(SqlText sql, string name);

    /// <summary>The condition of a comparison of a metric, parameter, tag or dataset.</summary>
    public abstract string Condition(SqlText sql, SearchComparison comparison);

    /// <summary>Tables to join so that lists can be ordered by a metric, parameter or tag.</summary>
    public abstract SearchJoin Join(SqlText sql, SearchField field, string alias);

    /// <summary>
    /// What to read from first where a filter and the first order ask for the same metric; null where it is no help.
    /// </summary>
    public virtual SearchJoin? Lead(SqlText sql, SearchField field, string alias) => null;

    /// <summary>
    /// Which rows can be meant at all; empty: every one. What <see cref="Lead"/> gives says it by itself: said twice, a
    /// database without statistics would look for each of its rows among all that can be meant.
    /// </summary>
    public virtual string Scope(SqlText sql) => "";
}

/// <summary>The expression of an attribute.</summary>
/// <param name="MayBeMissing">It may be null.</param>
internal readonly record struct SearchExpression(string Sql, SearchTermType Type, bool MayBeMissing = false);

/// <summary>What the values of a term are.</summary>
internal enum SearchTermType
{
    Integer,
    Real,
    Text,
}

/// <summary>One term of an order; never null, so that a page can go on behind any row.</summary>
internal readonly record struct SearchTerm(string Sql, SearchTermType Type, bool Descending);

/// <summary>A joined table with what is ordered by.</summary>
/// <param name="Sql">What is added to FROM; with <see cref="SearchTable.Lead"/>, what FROM begins with.</param>
/// <param name="Value">The value, null where it is missing.</param>
/// <param name="Type">What the values are.</param>
/// <param name="Nan">Whether the value is not a number, as 0 or 1; null for what always is one.</param>
internal sealed record SearchJoin(string Sql, string Value, SearchTermType Type, string? Nan = null)
{
    /// <summary>With <see cref="SearchTable.Lead"/>: conditions of the join.</summary>
    public string On { get; init; } = "";
}
