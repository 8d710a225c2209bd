using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Endpoints;

/// <summary>What the inputs of an endpoint may be, and what becomes of a request that breaks it.</summary>
/// <param name="Mode">What becomes of it.</param>
/// <param name="Columns">The columns, named as windows name them; each once.</param>
public sealed record SchemaSpec(SchemaMode Mode, ImmutableArray<ColumnSchema> Columns)
{
    /// <summary>Most columns.</summary>
    public const int MaxColumns = 1024;

    /// <summary>Most names that one column knows.</summary>
    public const int MaxCategories = 1000;

    /// <summary>Inputs that the schema does not name are let through.</summary>
    public bool OtherColumns { get; init; } = true;

    /// <summary>The columns alone, as rows and windows are held to them.</summary>
    [JsonIgnore]
    public DataSchema Data => new(Columns) { OtherColumns = OtherColumns };

    /// <summary>Everything that is wrong with it; empty when nothing is.</summary>
    /// <param name="spec">The schema.</param>
    /// <param name="at">Where it stands in the document.</param>
    public static IEnumerable<Refusal> Check(SchemaSpec spec, string at)
    {
        if (spec.Columns.Length > MaxColumns)
        {
            return
            [
                new Refusal(RefusalKind.Invalid, "schema_invalid",
                    $"A schema has at most {MaxColumns} columns, this one has {spec.Columns.Length}.")
                { Field = $"{at}.columns" },
            ];
        }

        var faults = SchemaRules.Check(spec.Data).Select(fault => fault with { Field = $"{at}.{fault.Field}" });
        return faults.Concat(spec.Columns.Index().Where(each => each.Item.Categories?.Count > MaxCategories)
            .Select(each => new Refusal(RefusalKind.Invalid, "schema_invalid",
                $"'{each.Item.Name}' knows at most {MaxCategories} categories; leave them out to take any.")
            {
                Field = $"{at}.columns[{each.Index}].categories",
            }));
    }

    /// <summary>
    /// Everything by which it does not fit the versions of an endpoint: a column that none of them has as an input,
    /// and, where it names all of them, an input that it leaves out.
    /// </summary>
    /// <param name="spec">The schema.</param>
    /// <param name="inputs">The columns of the inputs of each version.</param>
    /// <param name="at">Where it stands in the document.</param>
    public static IEnumerable<Refusal> CheckColumns(
        SchemaSpec spec, IReadOnlyList<IReadOnlyCollection<string>> inputs, string at)
    {
        var known = inputs.SelectMany(each => each).ToHashSet(StringComparer.Ordinal);
        var named = spec.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < spec.Columns.Length; i++)
        {
            if (!known.Contains(spec.Columns[i].Name))
            {
                yield return new Refusal(RefusalKind.Invalid, "unknown_column",
                    $"No version of the endpoint has an input '{spec.Columns[i].Name}'; they have "
                    + $"{string.Join(", ", known.Take(20))}{(known.Count > 20 ? ", …" : "")}.")
                {
                    Field = $"{at}.columns[{i}].name",
                };
            }
        }

        if (!spec.OtherColumns && known.FirstOrDefault(name => !named.Contains(name)) is { } left)
        {
            yield return new Refusal(RefusalKind.Invalid, "unknown_column",
                $"The input '{left}' is not in the schema, so every request would break it; name it, or set "
                + "'otherColumns: true'.")
            {
                Field = $"{at}.otherColumns",
            };
        }
    }

    public bool Equals(SchemaSpec? other) =>
        other is not null && Mode == other.Mode && OtherColumns == other.OtherColumns
        && Columns.SequenceEqual(other.Columns);

    public override int GetHashCode() => HashCode.Combine(Mode, OtherColumns, Columns.Length);
}
