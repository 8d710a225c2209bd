using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Cli.Rows;

/// <summary>
/// Rows from JSON: an array of objects, objects one behind the other (JSON Lines), or whole requests of the form
/// <c>{"rows": [...]}</c>.
/// </summary>
internal sealed class JsonRows(Stream content, bool isArray) : IRowSource
{
    public async IAsyncEnumerable<JsonObject> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var number = 0;
        var values = JsonSerializer.DeserializeAsyncEnumerable<JsonNode>(
            content, topLevelValues: !isArray, JsonSerializerOptions.Default, cancellation);
        await using var each = values.GetAsyncEnumerator(cancellation);
        while (await NextAsync(each, number))
        {
            foreach (var row in RowsOf(each.Current, ++number))
                yield return Whole(row, number);
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<JsonNode?> values, int read)
    {
        try
        {
            return await values.MoveNextAsync();
        }
        catch (JsonException broken)
        {
            throw CliException.Usage($"the JSON is broken after row {read}: {broken.Message}");
        }
    }

    /// <summary>
    /// A row is read when it is first written, so that a name given twice and half of a character would come up only
    /// while rows are being sent.
    /// </summary>
    private static JsonObject Whole(JsonObject row, int number)
    {
        try
        {
            row.ToJsonString();
            return row;
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException)
        {
            throw CliException.Usage($"row {number} cannot be sent: {broken.Message}");
        }
    }

    private static List<JsonObject> RowsOf(JsonNode? value, int number)
    {
        try
        {
            return Unwrap(value, number);
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException)
        {
            throw CliException.Usage($"row {number} cannot be read: {broken.Message}");
        }
    }

    private static List<JsonObject> Unwrap(JsonNode? value, int number)
    {
        if (value is not JsonObject row)
        {
            throw CliException.Usage(
                $"row {number} is no JSON object.", "A row looks like {\"field\": 1, \"other\": \"x\"}.");
        }

        if (row is not { Count: 1 } || row["rows"] is not JsonArray { Count: > 0 } rows || rows[0] is not JsonObject)
            return [row];
        return
        [
            .. rows.Select(inner => inner as JsonObject
                ?? throw CliException.Usage($"value {number}: each of its \"rows\" must be a JSON object.")),
        ];
    }
}
