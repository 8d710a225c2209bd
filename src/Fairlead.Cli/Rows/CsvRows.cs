using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Fairlead.Cli.Rows;

/// <summary>
/// Rows from comma-separated values with a heading. Columns that the model does not take, such as a label, are left out
/// and named once.
/// </summary>
internal sealed class CsvRows(Stream content, FieldTypes types, Action<string> note) : IRowSource
{
    public async IAsyncEnumerable<JsonObject> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var text = new StreamReader(content);
        var csv = new CsvReader(text);
        var heading = csv.Read() ?? throw CliException.Usage("the CSV is empty; its first line names the columns.");
        CheckHeading(heading);

        while (csv.Read() is { } record)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Row(heading, record, csv.RecordLine);
        }

        await Task.CompletedTask;
    }

    private void CheckHeading(List<string> heading)
    {
        if (heading.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw CliException.Usage($"line 1: two columns are named '{twice.Key}'.");
        var unknown = heading.Where(name => !types.Knows(name)).ToList();
        if (unknown.Count == heading.Count)
        {
            throw CliException.Usage($"line 1: none of the columns is a field of the model, which takes {types.Names}.",
                "The first line of a CSV file names its columns.");
        }

        if (unknown.Count > 0)
            note($"Left out, as the model does not take them: {string.Join(", ", unknown)}.");
    }

    private JsonObject Row(List<string> heading, List<string> record, int line)
    {
        if (record.Count != heading.Count)
            throw CliException.Usage($"line {line} has {record.Count} fields, the heading has {heading.Count}.");
        var row = new JsonObject();
        for (var i = 0; i < heading.Count; i++)
        {
            if (types.Knows(heading[i]))
                row[heading[i]] = types.Read(heading[i], record[i], $"line {line}");
        }

        return row;
    }
}
