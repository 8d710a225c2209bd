using System.Globalization;
using System.Linq.Expressions;
using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Problems;

/// <summary>
/// The page that a list request asks for. The token is the last key of the page before, so that a page stays right
/// while entries come and go, and costs the same however deep it lies.
/// </summary>
internal readonly record struct PageQuery(int Limit, string? After)
{
    public static PageQuery Of(HttpContext context)
    {
        var limit = RequestQuery.Number(context, "limit") ?? Page<int>.DefaultLimit;
        if (limit is < 1 or > Page<int>.MaxLimit)
            throw Fault("limit", $"'limit' is 1 to {Page<int>.MaxLimit}.");

        var token = RequestQuery.Text(context, "pageToken");
        if (token is null)
            return new PageQuery((int)limit, null);
        return PageToken.TryRead(token, out var after)
            ? new PageQuery((int)limit, after)
            : throw Fault("pageToken", "The page token is not one that this server gave.");
    }

    /// <summary>The last key as a number; null on the first page.</summary>
    public long? AfterNumber => After switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Fault("pageToken", "The page token is not one of this list."),
    };

    /// <summary>The rows of this page of a list by name, and one more; a key may be kept to some names.</summary>
    /// <param name="allowed">The names that the caller may see; empty: all.</param>
    public IQueryable<TRow> ByName<TRow>(
        IQueryable<TRow> rows, Expression<Func<TRow, string>> name, IReadOnlyCollection<string> allowed)
    {
        if (After is { } after)
        {
            Expression<Func<string, bool>> isLater = candidate => string.Compare(candidate, after) > 0;
            rows = rows.Where(On(name, isLater));
        }

        if (allowed.Count > 0)
        {
            var names = allowed.ToList();
            Expression<Func<string, bool>> isAllowed = candidate => names.Contains(candidate);
            rows = rows.Where(On(name, isAllowed));
        }

        return rows.OrderBy(name).Take(Limit + 1);
    }

    /// <summary>The rows of this page of a list by falling numbers, and one more.</summary>
    public IQueryable<TRow> NewestFirst<TRow>(IQueryable<TRow> rows, Expression<Func<TRow, long>> number)
    {
        var before = AfterNumber ?? long.MaxValue;
        Expression<Func<long, bool>> isEarlier = candidate => candidate < before;
        return rows.Where(On(number, isEarlier)).OrderByDescending(number).Take(Limit + 1);
    }

    /// <summary>The rows of this page of a list by growing numbers, and one more.</summary>
    public IQueryable<TRow> OldestFirst<TRow>(IQueryable<TRow> rows, Expression<Func<TRow, long>> number)
    {
        var after = AfterNumber ?? 0;
        Expression<Func<long, bool>> isLater = candidate => candidate > after;
        return rows.Where(On(number, isLater)).OrderBy(number).Take(Limit + 1);
    }

    /// <summary>
    /// Makes a page from rows, of which one more than the limit was read to see whether there are more.
    /// </summary>
    public Page<TItem> Page<TRow, TItem>(IReadOnlyList<TRow> rows, Func<TRow, TItem> item, Func<TRow, object> key)
    {
        var more = rows.Count > Limit;
        var last = more ? Convert.ToString(key(rows[Limit - 1]), CultureInfo.InvariantCulture)! : null;
        return new Page<TItem>(
            [.. rows.Take(Limit).Select(item)], last is null ? null : PageToken.Write(last));
    }

    /// <summary>The condition on a column, as a condition on the row that has it.</summary>
    private static Expression<Func<TRow, bool>> On<TRow, TColumn>(
        Expression<Func<TRow, TColumn>> column, Expression<Func<TColumn, bool>> condition) =>
        Expression.Lambda<Func<TRow, bool>>(
            new Substitution(condition.Parameters[0], column.Body).Visit(condition.Body), column.Parameters);

    private static RefusalException Fault(string name, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_parameter", message) { Field = name });

    private sealed class Substitution(ParameterExpression of, Expression by) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == of ? by : node;
    }
}
