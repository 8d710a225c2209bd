using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Web.Endpoints;

/// <summary>A recorded row of a request.</summary>
/// <param name="Values">Every column by its name; null: it has no value.</param>
/// <param name="Types">The columns' types, as the query engine names them.</param>
public sealed record LoggedRow(
    IReadOnlyDictionary<string, JsonElement?> Values, IReadOnlyDictionary<string, string> Types)
{
    private const string InputPrefix = "input_";
    private const string OutputPrefix = "output_";

    public string Text(string column) => Values.GetValueOrDefault(column) is { } value
        ? value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()
        : "";

    public DateTimeOffset Time => DateTimeOffset.Parse(
        Text("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>What was asked, as one line.</summary>
    public string Inputs => Line(InputPrefix);

    /// <summary>What was answered, as one line.</summary>
    public string Outputs => Line(OutputPrefix);

    /// <summary>What was asked, as it can be asked again.</summary>
    public JsonObject Row()
    {
        var row = new JsonObject();
        foreach (var (column, value) in Values)
        {
            if (column.StartsWith(InputPrefix, StringComparison.Ordinal) && value is { } present)
                row[column[InputPrefix.Length..]] = Node(column, present);
        }

        return row;
    }

    private JsonNode? Node(string column, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Types[column] == "JSON"
            ? JsonNode.Parse(value.GetString()!)
            : JsonNode.Parse(value.GetRawText());

    private string Line(string prefix) => string.Join(", ", Values
        .Where(each => each.Key.StartsWith(prefix, StringComparison.Ordinal) && each.Value is not null)
        .Select(each => $"{each.Key[prefix.Length..]} {Text(each.Key)}"));
}

/// <summary>Searches the prediction log by its public query.</summary>
public static class LoggedPredictions
{
    /// <summary>Requests that a page shows.</summary>
    public const int Shown = 50;

    /// <summary>The newest requests, or those whose record holds the text anywhere.</summary>
    public static async Task<(IReadOnlyList<LoggedRow> Rows, bool More)> FindAsync(
        FairleadClient client, string endpoint, string? text, CancellationToken cancellation = default)
    {
        var answer = await client.QueryPredictionsAsync(new QueryPredictionsRequest
        {
            Endpoints = [endpoint],
            MaxRows = Shown + 1,
            Sql = Sql(endpoint, text),
        }, cancellation);
        var rows = Read(answer);
        return ([.. rows.Take(Shown)], rows.Count > Shown || answer.Truncated);
    }

    /// <summary>The statement of a search; what is searched for is a text in it and nothing else.</summary>
    public static string Sql(string endpoint, string? text)
    {
        var name = "\"" + endpoint.Replace("\"", "\"\"") + "\"";
        var where = string.IsNullOrWhiteSpace(text)
            ? "row = 0"
            : $"row = 0 AND contains(lower(CAST(logged AS VARCHAR)), {Literal(text.Trim().ToLowerInvariant())})";
        return $"SELECT * FROM {name} AS logged WHERE {where} ORDER BY time DESC LIMIT {Shown + 1}";
    }

    private static string Literal(string text) => "'" + text.Replace("'", "''") + "'";

    private static List<LoggedRow> Read(QueriedPredictions answer)
    {
        var types = answer.Columns.ToDictionary(column => column.Name, column => column.Type);
        return
        [
            .. answer.Rows.EnumerateArray().Select(row => new LoggedRow(
                answer.Columns.Select((column, i) => (column.Name, Value: row[i])).ToDictionary(
                    cell => cell.Name,
                    cell => cell.Value.ValueKind == JsonValueKind.Null ? (JsonElement?)null : cell.Value), types)),
        ];
    }
}
