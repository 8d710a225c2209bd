using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Fairlead.Serving.Windows;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Endpoints;

/// <summary>An endpoint's <c>schema:</c> as it is written, and whether its columns are there.</summary>
internal static class SchemaFit
{
    public static SchemaSpec? Read(SchemaInfo? written) => written is null ? null : new SchemaSpec(
        written.Mode switch
        {
            "count" => SchemaMode.Count,
            "warn" => SchemaMode.Warn,
            "reject" => SchemaMode.Reject,
            _ => throw Fault("schema.mode", $"'{written.Mode}' is none of reject, warn and count."),
        },
        [.. written.Columns.Select(Column)])
    {
        OtherColumns = written.OtherColumns,
    };

    public static SchemaInfo? Shown(SchemaSpec? schema) => schema is null ? null : new SchemaInfo
    {
        Mode = Word(schema.Mode),
        Columns = [.. schema.Columns.Select(Shown)],
        OtherColumns = schema.OtherColumns,
    };

    /// <summary>Refuses an endpoint whose schema names columns that none of its versions has.</summary>
    public static async Task ThrowIfUnfitAsync(WriteScope write, EndpointSpec spec)
    {
        if (spec.Schema is not { } schema)
            return;
        var inputs = new List<IReadOnlyCollection<string>>();
        foreach (var version in spec.Arms.Select(arm => arm.Version).OfType<VersionId>().Distinct())
            inputs.Add(await InputsAsync(write.Db, version, write.Cancellation));
        if (SchemaSpec.CheckColumns(schema, inputs, "schema").ToList() is { Count: > 0 } faults)
            throw new RefusalException(faults);
    }

    /// <summary>The columns of a version's inputs, as windows name them.</summary>
    public static async Task<IReadOnlyCollection<string>> InputsAsync(
        FairleadDbContext db, VersionId version, CancellationToken cancellation)
    {
        var model = version.Model.ToString();
        var manifest = await db.Versions.Where(row => row.Model == model && row.Number == version.Number)
            .Select(row => row.Manifest).SingleAsync(cancellation);
        return [.. WindowLayout.Of(StoredJson.Read<Manifest>(manifest).Signature.Inputs, []).Columns
            .Select(column => column.Name)];
    }

    private static ColumnSchema Column(SchemaColumnInfo? column, int place)
    {
        if (column is not { Name.Length: > 0 })
            throw Fault($"schema.columns[{place}].name", "A column of a schema has a name.");
        return new ColumnSchema(column.Name, column.Kind switch
        {
            "number" => ColumnKind.Number,
            "category" => ColumnKind.Category,
            "text" => ColumnKind.Text,
            _ => throw Fault($"schema.columns[{place}].kind",
                $"'{column.Kind}' is none of number, category and text."),
        })
        {
            Whole = column.Whole,
            Min = column.Min,
            Max = column.Max,
            Categories = column.Categories,
            Required = column.Required,
            MaxMissingShare = column.MaxMissingShare,
            MaxFaultyShare = column.MaxFaultyShare,
            MaxLInfinity = column.MaxLInfinity,
            MaxJensenShannon = column.MaxJensenShannon,
        };
    }

    private static SchemaColumnInfo Shown(ColumnSchema column) => new()
    {
        Name = column.Name,
        Kind = column.Kind.ToString().ToLowerInvariant(),
        Whole = column.Whole,
        Min = column.Min,
        Max = column.Max,
        Categories = column.Categories,
        Required = column.Required,
        MaxMissingShare = column.MaxMissingShare,
        MaxFaultyShare = column.MaxFaultyShare,
        MaxLInfinity = column.MaxLInfinity,
        MaxJensenShannon = column.MaxJensenShannon,
    };

    private static string Word(SchemaMode mode) => mode.ToString().ToLowerInvariant();

    private static RefusalException Fault(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "schema_invalid", message) { Field = field });
}
