using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Cli.Rows;

/// <summary>
/// Rows from the command line: <c>--row amount=1200,purpose="car, used"</c> or <c>--row '{"amount": 1200}'</c>.
/// </summary>
internal sealed class ArgumentRows(IReadOnlyList<string> arguments, FieldTypes types) : IRowSource
{
    public async IAsyncEnumerable<JsonObject> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var argument in arguments)
            yield return argument.StartsWith('{') ? Json(argument) : Fields(argument);
        await Task.CompletedTask;
    }

    private static JsonObject Json(string argument)
    {
        try
        {
            var row = JsonNode.Parse(argument) as JsonObject ?? [];

            // What is no text, or given twice, comes up when it is first written.
            row.ToJsonString();
            return row;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            throw CliException.Usage($"--row: the JSON is broken: {broken.Message}");
        }
    }

    private JsonObject Fields(string argument)
    {
        var row = new JsonObject();
        foreach (var part in Split(argument))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw CliException.Usage($"--row: '{part}' is not of the form field=value.");
            var field = part[..equals].Trim();
            if (!types.Knows(field))
                throw CliException.Usage($"--row: the model has no field '{field}'; it takes {types.Names}.");
            if (!row.TryAdd(field, types.Read(field, part[(equals + 1)..], "--row")))
                throw CliException.Usage($"--row: the field '{field}' is given twice.");
        }

        return row;
    }

    // Commas inside double quotes or brackets belong to the value; the quotes do not.
    private static IEnumerable<string> Split(string argument)
    {
        var part = new StringBuilder();
        var quoted = false;
        var depth = 0;
        foreach (var c in argument)
        {
            if (c == '"')
            {
                quoted = !quoted;
                continue;
            }

            depth += quoted ? 0 : c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == ',' && !quoted && depth <= 0)
            {
                yield return part.ToString();
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        yield return part.ToString();
    }
}
