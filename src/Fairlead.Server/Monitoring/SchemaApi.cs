using System.Collections.Immutable;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Monitoring;

/// <summary><c>/api/v1/endpoints/{name}/schema/infer</c> and <c>/schema/check</c>.</summary>
internal static class SchemaApi
{
    private const string Tag = "monitoring";

    private static readonly TimeSpan LookedAtByDefault = TimeSpan.FromHours(1);

    public static void MapSchemas(this IEndpointRouteBuilder routes)
    {
        var reference = new QueryParameter(
            "reference", "string", "dataset:NAME/VERSION, training or rolling:7d; training by default");
        routes.MapGet("/api/v1/endpoints/{name}/schema/infer", InferAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("inferSchema", Tag, "Proposes a schema of an endpoint's inputs, somewhat wider than a reference",
                reference, new QueryParameter("variant", "string", "Whose inputs; the stable variant's by default"));
        routes.MapGet("/api/v1/endpoints/{name}/schema/check", CheckAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("checkSchema", Tag, "Holds what an endpoint was asked in a stretch to its schema",
                new QueryParameter("from", "string", "Beginning of what is looked at; by default an hour ago"),
                new QueryParameter("to", "string", "Its end; by default now"),
                new QueryParameter("variant", "string", "Only this variant"), reference);
    }

    private static async Task<Ok<SchemaInfo>> InferAsync(
        HttpContext context, Database database, References references, TimeProvider time,
        CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (row, spec) = await FindAsync(context, database, cancellation);
        var wanted = RequestQuery.Text(context, "variant") ?? spec.Stable.ToString();
        var arm = spec.Arms.FirstOrDefault(each => each.Name.ToString() == wanted)
            ?? throw Fault("unknown_variant", "variant", $"The endpoint '{spec.Name}' has no variant '{wanted}'.");
        var version = arm.Version ?? throw Fault(
            "unknown_variant", "variant", $"The variant '{wanted}' has no model, and so no inputs of its own.");
        var reference = ReferenceQuery.Parse(RequestQuery.Text(context, "reference") ?? "training");
        var columns = await references.ReadAsync(
            row.Number, wanted, version.ToString(), reference, now.ToUnixTimeSeconds() / 60, now, cancellation);
        if (columns.Columns.Count == 0)
            throw Fault("no_reference", "reference", $"There is nothing to infer a schema from: {columns.Sentence}.");
        var inputs = await database.ReadAsync(
            db => SchemaFit.InputsAsync(db, version, cancellation), cancellation);
        var schema = SchemaInference.Of(columns.Evidence(outputs: false)
            .Where(pair => inputs.Contains(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
        return schema.Columns.Count > 0
            ? TypedResults.Ok(SchemaFit.Shown(
                new SchemaSpec(SchemaMode.Count, schema.Columns.ToImmutableArray()))!)
            : throw Fault("no_reference", "reference",
                $"{columns.Sentence} has no column that is an input of {version}, which takes "
                + $"{string.Join(", ", inputs.Take(20))}{(inputs.Count > 20 ? ", …" : "")}.");
    }

    private static async Task<Ok<SchemaCheckInfo>> CheckAsync(
        HttpContext context, Database database, WindowRead windows, References references, TimeProvider time,
        CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var look = MonitoringApi.StretchOf(context, "from", "to", now, now, LookedAtByDefault);
        var (row, spec) = await FindAsync(context, database, cancellation);
        var schema = spec.Schema ?? throw Fault("no_schema", null,
            $"The endpoint '{spec.Name}' has no schema; 'fairlead schema infer' proposes one.");
        var asked = RequestQuery.Text(context, "reference");
        var wanted = SchemaLook.AsksForDistance(schema) || asked is not null
            ? ReferenceQuery.Parse(asked ?? "training")
            : null;
        var variant = RequestQuery.Text(context, "variant");
        var arms = new List<ArmSchemaInfo>();
        foreach (var arm in await windows.ReadAsync(
            row.Number, look.From, look.To, 0, name => variant is null || name == variant, cancellation))
        {
            var reference = wanted is null
                ? null
                : await references.ReadAsync(
                    row.Number, arm.Arm, arm.Version, wanted, look.From, now, cancellation);
            var verdict = SchemaLook.Check(schema, arm.Window, reference, new DriftPolicy().MinimumRows);
            arms.Add(SchemaLook.Shown(arm, verdict, reference));
        }

        return TypedResults.Ok(new SchemaCheckInfo
        {
            Endpoint = row.Name,
            From = MonitoringApi.Moment(look.From),
            To = MonitoringApi.Moment(look.To),
            Arms = arms,
        });
    }

    private static async Task<(EndpointRow Row, EndpointSpec Spec)> FindAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var name = EndpointName.Parse((string)context.GetRouteValue("name")!);
        var row = await database.ReadAsync(async db => await EndpointWrites.FindAsync(db, name, cancellation)
            ?? throw new RefusalException(EndpointWrites.NotFound(name)), cancellation);
        return (row, StoredJson.Read<EndpointSpec>(row.Spec));
    }

    private static RefusalException Fault(string code, string? field, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message) { Field = field });
}
