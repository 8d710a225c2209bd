using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Problems;
using Fairlead.Server.Registry;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Apply;

/// <summary>
/// <c>/api/v1/apply</c>: declarative documents. All of them are one write, models before the endpoints that may use
/// their aliases, and those before the rollouts that move them: either everything is as written afterwards or nothing
/// has changed.
/// </summary>
internal static class ApplyApi
{
    private const string EndpointKind = "Endpoint";
    private const string ModelKind = "Model";

    public static void MapApply(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/apply", PostAsync).Demands(Role.Operator)
            .Described("apply", "apply", "Makes models, endpoints and rollouts be as documents say, all or none",
                new BodyDescription(typeof(PutEndpointRequest), "application/yaml", "application/json"),
                new QueryParameter("dryRun", "boolean", "Only say what would change"), QueryParameter.Reason);

    private static async Task<Ok<ApplyInfo>> PostAsync(
        HttpContext context, ControlPlane control, RolloutWake wake, CancellationToken cancellation)
    {
        var dryRun = RequestQuery.Flag(context, "dryRun");
        var documents = await ReadAsync(context);
        var applied = await control.WriteAsync(
            context.Caller(), RequestQuery.Text(context, "reason"), write => ApplyAsync(write, documents), cancellation,
            dryRun);
        wake.Now();
        return TypedResults.Ok(new ApplyInfo(dryRun, applied));
    }

    private static async Task<IReadOnlyList<AppliedDocument>> ApplyAsync(WriteScope write, List<Document> documents)
    {
        var applied = new AppliedDocument[documents.Count];
        var faults = new List<Refusal>();
        foreach (var (i, document) in documents.Index().OrderBy(each => each.Item.Order))
        {
            try
            {
                applied[i] = document switch
                {
                    { Endpoint: { } endpoint } => await EndpointAsync(write, document.Name, endpoint),
                    { Rollout: { } rollout } => await RolloutApply.ApplyAsync(write, rollout),
                    _ => await ModelAsync(write, document.Model!),
                };
            }
            catch (RefusalException refused)
            {
                // Go on, so that the caller is told everything; nothing of it is kept.
                faults.AddRange(refused.Refusals.Select(fault => At(fault, i)));
            }
        }

        return faults.Count == 0 ? applied : throw new RefusalException(faults);
    }

    private static async Task<AppliedDocument> EndpointAsync(WriteScope write, string name, PutEndpointRequest request)
    {
        var change = await EndpointWrites.PutAsync(write, EndpointName.Parse(name), request);
        return new AppliedDocument
        {
            Kind = EndpointKind,
            Name = name,
            Outcome = change.Before is null ? "created" : change.Changed ? "changed" : "unchanged",
            Differences = change.Changed
                ? Differences.Between(change.Before is null ? null : Written(change.Before), Written(change.After))
                : [],
            Generation = change.Row.Generation,
        };
    }

    private static async Task<AppliedDocument> ModelAsync(WriteScope write, ModelDocument document)
    {
        var model = ModelName.Parse(document.Name);
        write.Demand(new Demand(Role.Operator, Model: document.Name));
        var before = await write.Db.Models.FindAsync([document.Name], write.Cancellation) is { DeletedAt: null } row
            ? await RegistryViews.ModelAsync(write.Db, row, write.Cancellation)
            : null;

        row = await ModelWrites.EnsureAsync(write, model);
        var known = StoredJson.Read<Dictionary<string, string>>(row.Tags);
        var tags = document.Tags is null
            ? null
            : known.Keys.Union(document.Tags.Keys).ToDictionary(tag => tag, document.Tags.GetValueOrDefault);
        await ModelWrites.DescribeAsync(
            write, model, new DescribeRequest { Description = document.Description, Tags = tags });
        foreach (var (alias, version) in document.Aliases ?? new Dictionary<string, int>())
            await ModelWrites.SetAliasAsync(write, model, AliasName.Parse(alias), version, expected: null);

        var after = await RegistryViews.ModelAsync(write.Db, row, write.Cancellation);
        var differences = Differences.Between(before is null ? null : Written(before), Written(after));
        return new AppliedDocument
        {
            Kind = ModelKind,
            Name = document.Name,
            Outcome = before is null ? "created" : differences.Count > 0 ? "changed" : "unchanged",
            Differences = differences,
        };
    }

    /// <summary>An endpoint as a document would say it.</summary>
    private static PutEndpointRequest Written(EndpointSpec spec) => EndpointViews.Spec(spec).AsRequest();

    private static ModelDocument Written(ModelInfo model) => new()
    {
        Name = model.Name,
        Description = model.Description,
        Tags = model.Tags,
        Aliases = model.Aliases,
    };

    private static async Task<List<Document>> ReadAsync(HttpContext context)
    {
        var text = await DocumentBody.ReadTextAsync(context);
        var faults = new List<Refusal>();
        var documents = new List<Document>();
        foreach (var json in YamlDocuments.Read(text))
        {
            try
            {
                documents.Add(Decode(json));
            }
            catch (RefusalException refused)
            {
                faults.AddRange(refused.Refusals.Select(fault => At(fault, documents.Count + faults.Count)));
            }
        }

        return faults.Count == 0 ? documents : throw new RefusalException(faults);
    }

    private static Document Decode(ReadOnlyMemory<byte> json)
    {
        var members = DocumentBody.Members(json);
        var kind = Text(members, "kind");
        if (kind == RolloutApply.Kind)
        {
            var rollout = DocumentBody.Rollout(members);
            return new Document(rollout.Endpoint, null, null, rollout);
        }

        var name = Text(members, "name");
        members.Remove("kind");
        switch (kind)
        {
            case EndpointKind:
                members.Remove("name");
                return new Document(name, RequestBody.Decode<PutEndpointRequest>(Utf8(members)), null, null);
            case ModelKind:
                var model = RequestBody.Decode<ModelDocument>(Utf8(members));
                TextRules.ThrowIfAny([
                    TextRules.WhyNot("description", model.Description, TextRules.MaxDescription),
                    .. TextRules.WhyNotTags("tags", model.Tags),
                ]);
                return new Document(name, null, model, null);
            default:
                throw Fault("unknown_kind", $"There is no kind '{kind}'; write '{EndpointKind}', '{ModelKind}' or "
                    + $"'{RolloutApply.Kind}'.", "kind");
        }
    }

    private static byte[] Utf8(JsonObject members) => Encoding.UTF8.GetBytes(members.ToJsonString());

    private static string Text(JsonObject members, string name) =>
        members[name] is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw Fault("missing_field", $"A document needs the text '{name}'.", name);

    private static Refusal At(Refusal fault, int index) =>
        fault with { Field = fault.Field is null ? $"documents[{index}]" : $"documents[{index}].{fault.Field}" };

    private static RefusalException Fault(string code, string message, string? field) =>
        new(new Refusal(RefusalKind.Invalid, code, message) { Field = field });

    private sealed record Document(
        string Name, PutEndpointRequest? Endpoint, ModelDocument? Model, RolloutRequest? Rollout)
    {
        /// <summary>What others use comes first.</summary>
        public int Order => this switch
        {
            { Model: not null } => 0,
            { Endpoint: not null } => 1,
            _ => 2,
        };
    }
}
