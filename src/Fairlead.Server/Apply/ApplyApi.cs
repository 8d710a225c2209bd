using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Alerts.Holding;
using Fairlead.Server.Alerts.Receivers;
using Fairlead.Server.Description;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Monitors;
using Fairlead.Server.Problems;
using Fairlead.Server.Promotion;
using Fairlead.Server.Registry;
using Fairlead.Server.Rollouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Apply;

/// <summary>
/// <c>/api/v1/apply</c>: declarative documents. All of them are one write, models before the endpoints that may use
/// their aliases, and those before what stands on endpoints: either everything is as written afterwards or nothing has
/// changed.
/// </summary>
internal static class ApplyApi
{
    private static readonly DocumentKind[] Kinds =
    [
        ModelApply.Kind, ReceiverWrites.Kind, InhibitionWrites.Kind, EndpointApply.Kind, RolloutApply.Kind,
        MonitorApply.Kind, PolicyWrites.Kind,
    ];

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

    private static async Task<IReadOnlyList<AppliedDocument>> ApplyAsync(
        WriteScope write, List<ReadDocument> documents)
    {
        var applied = new AppliedDocument[documents.Count];
        var faults = new List<Refusal>();
        foreach (var (i, document) in documents.Index().OrderBy(each => each.Item.Order))
        {
            try
            {
                applied[i] = await document.ApplyAsync(write);
            }
            catch (RefusalException refused)
            {
                // Go on, so that the caller is told everything; nothing of it is kept.
                faults.AddRange(refused.Refusals.Select(fault => At(fault, i)));
            }
        }

        return faults.Count == 0 ? applied : throw new RefusalException(faults);
    }

    private static async Task<List<ReadDocument>> ReadAsync(HttpContext context)
    {
        var text = await DocumentBody.ReadTextAsync(context);
        var faults = new List<Refusal>();
        var documents = new List<ReadDocument>();
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

    private static ReadDocument Decode(ReadOnlyMemory<byte> json)
    {
        var members = DocumentBody.Members(json);
        var name = DocumentKind.Text(members, "kind");
        var kind = Kinds.FirstOrDefault(each => each.Name == name)
            ?? throw new RefusalException(new Refusal(RefusalKind.Invalid, "unknown_kind",
                $"There is no kind '{name}'; write one of {string.Join(", ", Kinds.Select(each => each.Name))}.")
            { Field = "kind" });
        members.Remove("kind");
        return new ReadDocument(kind.Order, kind.Read(members));
    }

    private static Refusal At(Refusal fault, int index) =>
        fault with { Field = fault.Field is null ? $"documents[{index}]" : $"documents[{index}].{fault.Field}" };
}
