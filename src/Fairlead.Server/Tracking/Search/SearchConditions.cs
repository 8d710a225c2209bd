using System.Text;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Tracking.Search;

/// <summary>Comparisons of filters as SQL. Every condition is true or false and never unknown.</summary>
internal static class SearchConditions
{
    /// <summary>Compares an expression that is a text or a number, as the comparison says.</summary>
    /// <param name="mayBeMissing">The expression may be null, and then the condition is false.</param>
    public static string Of(SqlText sql, string expression, SearchComparison comparison, bool mayBeMissing)
    {
        var condition = Condition(sql, expression, comparison);
        return mayBeMissing ? $"COALESCE({condition}, FALSE)" : condition;
    }

    private static string Condition(SqlText sql, string expression, SearchComparison comparison)
    {
        var isNumber = !double.IsNaN(comparison.Values[0].Number);
        switch (comparison.Operator)
        {
            case SearchOperator.In or SearchOperator.NotIn:
                var isNot = comparison.Operator == SearchOperator.NotIn;
                return isNumber
                    ? sql.In(expression, comparison.Values.Select(value => value.Number).ToArray(), isNot)
                    : sql.In(expression, comparison.Values.Select(value => value.Text).ToArray(), isNot);
            case SearchOperator.Like:
                return sql.IsPostgres
                    ? $"{expression} LIKE {sql.Add(comparison.Values[0].Text)} ESCAPE ''"
                    : $"{expression} GLOB {sql.Add(Glob(comparison.Values[0].Text))}";
            case SearchOperator.ILike:
                // The databases by themselves know the capitals of ASCII only: the names are ordered by code point.
                return sql.IsPostgres
                    ? $"{expression} COLLATE \"und-x-icu\" ILIKE {sql.Add(comparison.Values[0].Text)} ESCAPE ''"
                    : $"{Statements.Fold}({expression}) LIKE {sql.Add(Statements.Folded(comparison.Values[0].Text))}";
            default:
                var value = comparison.Values[0];
                var text = comparison.Operator switch
                {
                    SearchOperator.Equal => "=",
                    SearchOperator.NotEqual => "<>",
                    SearchOperator.Less => "<",
                    SearchOperator.LessOrEqual => "<=",
                    SearchOperator.Greater => ">",
                    _ => ">=",
                };
                return $"{expression} {text} "
                    + sql.Add(!isNumber ? value.Text : value.Integer is { } whole ? whole : value.Number);
        }
    }

    /// <summary>
    /// A pattern of LIKE as one of GLOB, which tells upper from lower case on SQLite: <c>%</c> is <c>*</c>, <c>_</c> is
    /// <c>?</c>, and what has a meaning in GLOB alone is bracketed.
    /// </summary>
    internal static string Glob(string like)
    {
        var glob = new StringBuilder(like.Length);
        foreach (var c in like)
        {
            glob.Append(c switch
            {
                '%' => "*",
                '_' => "?",
                '*' or '?' or '[' => $"[{c}]",
                _ => $"{c}",
            });
        }

        return glob.ToString();
    }
}
