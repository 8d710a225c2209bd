using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Tracking.Search;

/// <summary>
/// A search: its filter and order become one statement. A page goes on behind the last row of the page before by the
/// values of its order, so a page costs the same however deep it lies and stays right while rows come and go.
/// </summary>
internal sealed class SearchQuery
{
    private readonly SearchTable _table;
    private readonly SqlText _sql;
    private readonly SearchJoin? _lead;
    private readonly SearchField? _leadField;
    private readonly List<string> _joins = [];
    private readonly List<string> _conditions = [];
    private readonly List<SearchTerm> _terms = [];
    private readonly string _fingerprint;

    /// <param name="table">What is searched.</param>
    /// <param name="sql">The statement, with parameters that the table has added already.</param>
    /// <param name="filter">Which rows.</param>
    /// <param name="orders">In which order; the table's ties follow.</param>
    /// <param name="always">Conditions that hold besides, as SQL.</param>
    public SearchQuery(
        SearchTable table, SqlText sql, SearchNode filter, IReadOnlyList<SearchOrder> orders,
        params IEnumerable<string> always)
    {
        (_table, _sql) = (table, sql);
        _conditions.AddRange(always);

        // Where the first order is by a metric that all rows must have, its index gives the rows in order.
        if (orders.Count > 0 && Demanded(filter).Any(each => each.Field == orders[0].Field)
            && table.Lead(sql, orders[0].Field, "o0") is { } lead)
        {
            (_lead, _leadField) = (lead, orders[0].Field);
            _conditions.Add(lead.On);
        }
        else
        {
            _conditions.Add(table.Scope(sql));
        }

        for (var i = 0; i < orders.Count; i++)
            Order(orders[i], string.Create(CultureInfo.InvariantCulture, $"o{i}"));
        foreach (var tie in table.Ties)
        {
            if (_terms.TrueForAll(term => term.Sql != tie.Sql))
                _terms.Add(tie);
        }

        if (filter is not SearchAll { Parts.Length: 0 })
            _conditions.Add(Condition(filter));

        var identity = $"{filter}\n{string.Join('\n', orders)}";
        _fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..12];
    }

    /// <summary>The statement that counts, for tests of what gets into it.</summary>
    internal string Statement => $"SELECT COUNT(*) FROM {From}{Where([])}";

    /// <summary>How many rows there are.</summary>
    public async Task<long> CountAsync(Statements statements, CancellationToken cancellation) =>
        await statements.NumberAsync(Statement, cancellation, _sql.Values) ?? 0;

    /// <summary>One page.</summary>
    /// <param name="token">Where the page before ended; null: the first page.</param>
    /// <returns>The rows, and the token of the next page where there is one.</returns>
    public async Task<(List<T> Rows, string? Next)> PageAsync<T>(
        Statements statements, int limit, string? token, Func<DbDataReader, T> read, CancellationToken cancellation)
    {
        var after = string.IsNullOrEmpty(token) ? null : Read(token);
        var keys = string.Join(", ", _terms.Select(term => term.Sql));
        var order = string.Join(", ", _terms.Select(term => term.Sql + (term.Descending ? " DESC" : "")));
        var behind = after is null ? [] : Behind(after);
        var statement = $"SELECT {_table.Columns}, {keys} FROM {From}{Where(behind)} ORDER BY {order} "
            + $"LIMIT {_sql.Add((long)limit + 1)}";
        object?[]? last = null;
        var count = 0;
        var rows = await statements.QueryAsync(statement, row =>
        {
            if (++count == limit)
                last = Keys(row);
            return read(row);
        }, cancellation, _sql.Values);
        if (rows.Count <= limit)
            return (rows, null);
        rows.RemoveAt(limit);
        return (rows, Write(last!));
    }

    private string From => _lead is { } lead
        ? $"{lead.Sql} CROSS JOIN {_table.From}{string.Concat(_joins)}"
        : _table.From + string.Concat(_joins);

    /// <summary>Comparisons that every row must pass.</summary>
    private static IEnumerable<SearchComparison> Demanded(SearchNode node) => node switch
    {
        SearchComparison comparison => [comparison],
        SearchAll all => all.Parts.SelectMany(Demanded),
        _ => [],
    };

    private void Order(SearchOrder order, string alias)
    {
        if (order.Field == _leadField)
        {
            _terms.Add(new SearchTerm(_lead!.Value, _lead.Type, order.Descending));
            return;
        }

        if (order.Field.Entity == SearchEntity.Attribute)
        {
            var attribute = _table.Attribute(_sql, order.Field.Key);
            Add(attribute.Sql, attribute.Type, attribute.MayBeMissing, order.Descending);
            return;
        }

        var join = _table.Join(_sql, order.Field, alias);
        _joins.Add($" {join.Sql}");
        Add(join.Value, join.Type, mayBeMissing: true, order.Descending, join.Nan);
    }

    /// <summary>What is missing comes last, in either direction, and before it what is not a number.</summary>
    private void Add(string value, SearchTermType type, bool mayBeMissing, bool descending, string? nan = null)
    {
        if (!mayBeMissing)
        {
            _terms.Add(new SearchTerm(value, type, descending));
            return;
        }

        _terms.Add(new SearchTerm(
            $"CASE WHEN {value} IS NULL THEN 1 ELSE 0 END", SearchTermType.Integer, Descending: false));
        if (nan is not null)
            _terms.Add(new SearchTerm($"COALESCE({nan}, 0)", SearchTermType.Integer, Descending: false));
        _terms.Add(new SearchTerm(
            $"COALESCE({value}, {(type == SearchTermType.Text ? "''" : "0")})", type, descending));
    }

    private string Condition(SearchNode node) => node switch
    {
        SearchAll all => $"({string.Join(" AND ", all.Parts.Select(Condition))})",
        SearchAny any => $"({string.Join(" OR ", any.Parts.Select(Condition))})",
        SearchNot not => $"NOT {Condition(not.Part)}",
        SearchComparison { Field.Entity: SearchEntity.Attribute } comparison => Attribute(comparison),
        SearchComparison comparison when comparison.Field == _leadField =>
            $"({_lead!.Nan} = 0 AND {SearchConditions.Of(_sql, _lead.Value, comparison, mayBeMissing: false)})",
        SearchComparison comparison => _table.Condition(_sql, comparison),
        _ => throw new InvalidOperationException($"No SQL for {node.GetType()}."),
    };

    private string Attribute(SearchComparison comparison)
    {
        // An alias is one of many, so it is a condition and no column.
        if (comparison.Field.Key == "alias")
            return _table.Condition(_sql, comparison);
        var attribute = _table.Attribute(_sql, comparison.Field.Key);
        return $"({SearchConditions.Of(_sql, attribute.Sql, comparison, attribute.MayBeMissing)})";
    }

    private string Where(IReadOnlyList<string> more)
    {
        var all = _conditions.Concat(more).Where(each => each.Length > 0).ToList();
        return all.Count == 0 ? "" : $" WHERE {string.Join(" AND ", all)}";
    }

    /// <summary>
    /// The rows behind one row: greater in the first term, or equal in it and greater in the second, and so on. That
    /// the first is not less is said once more by itself, as an index can use that.
    /// </summary>
    private List<string> Behind(object[] keys)
    {
        var names = keys.Select(key => _sql.Add(key)).ToList();
        var either = new List<string>();
        for (var i = 0; i < _terms.Count; i++)
        {
            var equal = string.Concat(Enumerable.Range(0, i).Select(j => $"{_terms[j].Sql} = {names[j]} AND "));
            either.Add($"({equal}{_terms[i].Sql} {(_terms[i].Descending ? "<" : ">")} {names[i]})");
        }

        var first = $"{_terms[0].Sql} {(_terms[0].Descending ? "<=" : ">=")} {names[0]}";
        return [first, $"({string.Join(" OR ", either)})"];
    }

    private object?[] Keys(DbDataReader row)
    {
        var first = row.FieldCount - _terms.Count;
        return [.. _terms.Select((_, i) => row.GetValue(first + i))];
    }

    private string Write(object?[] keys)
    {
        var texts = keys.Select(key => key is double number
            ? number.ToString("R", CultureInfo.InvariantCulture)
            : Convert.ToString(key, CultureInfo.InvariantCulture)!);
        return PageToken.Write(JsonSerializer.Serialize(texts.Prepend(_fingerprint)));
    }

    private object[] Read(string token)
    {
        try
        {
            if (PageToken.TryRead(token, out var text) && JsonSerializer.Deserialize<string[]>(text) is { } parts
                && parts.Length == _terms.Count + 1 && parts[0] == _fingerprint && !Array.Exists(parts, IsBad))
            {
                return [.. _terms.Select((term, i) => Key(term.Type, parts[i + 1]))];
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or OverflowException)
        {
            // Told below.
        }

        throw new Core.Refusals.RefusalException(RunRefusals.Invalid("page_token",
            "Invalid value for parameter 'page_token': it is not one that this server gave for this search."));
    }

    private static bool IsBad(string? part) => part is null || part.Contains('\0');

    private static object Key(SearchTermType type, string text) => type switch
    {
        SearchTermType.Integer => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        SearchTermType.Real => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => text,
    };
}
