using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cli.Rows;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Evaluating;

/// <summary>A row for a model, with what it was.</summary>
/// <param name="Fields">What the model takes.</param>
/// <param name="Label">What it was.</param>
/// <param name="Segment">The value of the column of segments; null where there is none.</param>
internal sealed record LabelledRow(JsonObject Fields, string Label, string? Segment);

/// <summary>Reads labelled rows for one version out of a file; rows without a label are left out and counted.</summary>
internal sealed class LabelledRows
{
    /// <summary>The segment of rows that have no value in the column of segments.</summary>
    private const string None = "(none)";

    private readonly VersionInfo _version;
    private readonly string _label;
    private readonly string? _by;
    private readonly HashSet<string> _takes;
    private readonly HashSet<string> _needs;
    private readonly FieldTypes _types;
    private readonly string _path;

    public LabelledRows(string path, VersionInfo version, string label, string? by)
    {
        (_path, _version, _label, _by) = (path, version, label, by);
        var types = new Dictionary<string, string>();
        var needs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var input in version.Inputs)
        {
            foreach (var field in input.Fields.DefaultIfEmpty(input.Name))
            {
                types[field] = input.Datatype;
                if (!input.Optional)
                    needs.Add(field);
            }
        }

        (_takes, _needs) = ([.. types.Keys], needs);
        types.TryAdd(label, "BYTES");
        if (by is not null)
            types.TryAdd(by, "BYTES");
        _types = new FieldTypes(types, null);
    }

    /// <summary>Rows without a label, so far.</summary>
    public int Unlabelled { get; private set; }

    /// <summary>Reads the rows in their order.</summary>
    /// <param name="note">Receives remarks for the person at the terminal.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async IAsyncEnumerable<LabelledRow> ReadAsync(
        Action<string> note, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var source = await RowSources.OpenFileAsync(_path, () => Task.FromResult(_types), note, cancellation);
        var isFirst = true;
        await foreach (var row in source.ReadAsync(cancellation))
        {
            if (isFirst)
                ThrowIfLacking(row);
            isFirst = false;
            if (Text(row[_label]) is not { } label)
            {
                Unlabelled++;
                continue;
            }

            var segment = _by is null ? null : Text(row[_by]) ?? None;
            foreach (var name in row.Select(field => field.Key).Where(name => !_takes.Contains(name)).ToList())
                row.Remove(name);
            yield return new LabelledRow(row, label, segment);
        }
    }

    /// <summary>A column that is not there is said before anything is sent.</summary>
    private void ThrowIfLacking(JsonObject row)
    {
        var name = $"{_version.Model}/{_version.Number}";
        if (!row.ContainsKey(_label))
            throw Lacks($"the column '{_label}' of the label", row);
        if (_by is not null && !row.ContainsKey(_by))
            throw Lacks($"the column '{_by}' of the segments", row);
        var lacking = _needs.Where(field => !row.ContainsKey(field)).Order(StringComparer.Ordinal).ToList();
        if (lacking.Count > 0)
            throw Lacks($"columns that {name} takes: {string.Join(", ", lacking.Select(field => $"'{field}'"))}", row);
    }

    private CliException Lacks(string what, JsonObject row) => CliException.Usage(
        $"{_path} lacks {what}.", $"Of the columns that matter it has: {string.Join(", ", row.Select(f => f.Key))}.");

    private static string? Text(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => null,
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        JsonValueKind.String => value.GetValue<string>() is { Length: > 0 } text ? text : null,
        _ => value.ToJsonString(),
    };
}
