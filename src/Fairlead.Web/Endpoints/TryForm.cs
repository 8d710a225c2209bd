using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Api;

namespace Fairlead.Web.Endpoints;

/// <summary>A value that a request may hold.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Kind">Of what kind it is.</param>
/// <param name="Optional">It may be left out.</param>
public sealed record TryField(string Name, TryKind Kind, bool Optional)
{
    /// <summary>As it is typed in.</summary>
    public string Text { get; set; } = "";

    /// <summary>Values that are often asked with.</summary>
    public IReadOnlyList<string> Known { get; set; } = [];
}

/// <summary>What may be typed in.</summary>
public enum TryKind
{
    /// <summary>A number with or without a fraction.</summary>
    Number,

    /// <summary>A number without a fraction.</summary>
    Whole,

    /// <summary>True or false.</summary>
    Truth,

    /// <summary>Any text.</summary>
    Text,

    /// <summary>A list, as JSON.</summary>
    List,
}

/// <summary>The form that asks an endpoint about one row, made from the signature of its version. Pure.</summary>
public static class TryForm
{
    private static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web);

    /// <summary>The fields of a row, filled with what was typical in the windows.</summary>
    /// <param name="inputs">The version's inputs.</param>
    /// <param name="columns">Statistics of what was asked; none: each field gets something that can be sent.</param>
    public static IReadOnlyList<TryField> Fields(IEnumerable<TensorInfo> inputs, IEnumerable<ColumnInfo> columns)
    {
        var seen = columns.Where(column => column.Role == "input")
            .GroupBy(column => column.Name).ToDictionary(same => same.Key, same => same.First());
        return
        [
            .. inputs.SelectMany(OfTensor).Select(field =>
            {
                Fill(field, seen.GetValueOrDefault(field.Name));
                return field;
            }),
        ];
    }

    /// <summary>The row as it is sent; throws <see cref="FormatException"/> naming the field that cannot be.</summary>
    public static JsonObject Row(IEnumerable<TryField> fields)
    {
        var row = new JsonObject();
        foreach (var field in fields)
        {
            if (field.Text.Trim().Length == 0 && (field.Optional || field.Kind != TryKind.Text))
            {
                if (!field.Optional)
                    throw new FormatException($"'{field.Name}' has no value.");
                continue;
            }

            row[field.Name] = Value(field);
        }

        return row;
    }

    private static JsonNode? Value(TryField field)
    {
        var text = field.Text.Trim();
        switch (field.Kind)
        {
            case TryKind.Text:
                return JsonValue.Create(field.Text);
            case TryKind.Truth:
                return bool.TryParse(text, out var truth)
                    ? JsonValue.Create(truth)
                    : throw new FormatException($"'{field.Name}' is true or false, not '{text}'.");
            case TryKind.Whole:
                return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                    ? JsonValue.Create(whole)
                    : throw new FormatException($"'{field.Name}' is a number without a fraction, not '{text}'.");
            case TryKind.Number:
                return double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                    ? JsonValue.Create(number)
                    : throw new FormatException($"'{field.Name}' is a number, not '{text}'.");
            default:
                try
                {
                    return JsonNode.Parse(text);
                }
                catch (JsonException fault)
                {
                    throw new FormatException($"'{field.Name}' is a list in JSON: {fault.Message}");
                }
        }
    }

    private static IEnumerable<TryField> OfTensor(TensorInfo tensor)
    {
        var kind = KindOf(tensor.Datatype);
        if (tensor.Fields.Count > 0)
            return tensor.Fields.Select(name => new TryField(name, kind, tensor.Optional));
        var perRow = tensor.Shape.Skip(1).ToList();
        if (perRow.All(size => size == 1))
            return [new TryField(tensor.Name, kind, tensor.Optional)];

        var list = new TryField(tensor.Name, TryKind.List, tensor.Optional);
        list.Text = JsonSerializer.Serialize(Sample(kind, perRow), Compact);
        return [list];
    }

    private static TryKind KindOf(string datatype) => datatype switch
    {
        "BYTES" => TryKind.Text,
        "BOOL" => TryKind.Truth,
        _ when datatype.Contains("INT", StringComparison.Ordinal) => TryKind.Whole,
        _ => TryKind.Number,
    };

    private static void Fill(TryField field, ColumnInfo? seen)
    {
        if (field.Text.Length > 0)
            return;
        field.Known = seen is null ? [] : [.. seen.Frequent.Select(each => each.Value)];
        field.Text = (field.Kind, seen) switch
        {
            (TryKind.Text, { Frequent: [var first, ..] }) => first.Value,
            (TryKind.Text, _) => "text",
            (TryKind.Truth, _) => "true",
            (TryKind.Whole, { Numbers: { } numbers }) =>
                Math.Round(numbers.P50).ToString("F0", CultureInfo.InvariantCulture),
            (_, { Numbers: { } numbers }) => numbers.P50.ToString("G6", CultureInfo.InvariantCulture),
            _ => "1",
        };
        if (field.Kind != TryKind.Text)
            field.Known = [];
    }

    /// <summary>A list of the shape; what varies has one place.</summary>
    private static JsonNode? Sample(TryKind kind, List<long> shape)
    {
        if (shape.Count == 0)
        {
            return kind switch
            {
                TryKind.Text => JsonValue.Create("text"),
                TryKind.Truth => JsonValue.Create(true),
                _ => JsonValue.Create(1),
            };
        }

        var list = new JsonArray();
        for (var i = 0L; i < Math.Clamp(shape[0], 1, 64); i++)
            list.Add(Sample(kind, shape[1..]));
        return list;
    }
}
