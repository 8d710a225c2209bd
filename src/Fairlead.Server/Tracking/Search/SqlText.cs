using System.Globalization;
using System.Text.Json;

namespace Fairlead.Server.Tracking.Search;

/// <summary>
/// A statement being put together. What a caller sent goes into it as a parameter and in no other way.
/// </summary>
internal sealed class SqlText(bool isPostgres)
{
    private readonly List<(string Name, object? Value)> _values = [];

    public bool IsPostgres { get; } = isPostgres;

    public (string Name, object? Value)[] Values => [.. _values];

    /// <summary>The name of a new parameter.</summary>
    public string Add(object? value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"@p{_values.Count}");
        _values.Add((name, value));
        return name;
    }

    /// <summary>The condition that an expression is one of a list, by one parameter.</summary>
    public string In<T>(string expression, IReadOnlyCollection<T> values, bool isNot = false)
    {
        if (IsPostgres)
            return $"{expression} {(isNot ? "<> ALL" : "= ANY")}({Add(values.ToArray())})";
        var list = Add(JsonSerializer.Serialize(values));
        return $"{expression} {(isNot ? "NOT IN" : "IN")} (SELECT value FROM json_each({list}))";
    }

    /// <summary>The value of a key in a column that holds a JSON object of texts; null where it has none.</summary>
    public string JsonValue(string column, string key) => IsPostgres
        ? $"({column}::jsonb ->> {Add(key)})"
        : $"(SELECT value FROM json_each({column}) WHERE key = {Add(key)})";
}
