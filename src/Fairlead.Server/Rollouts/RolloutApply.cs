using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Apply;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Rollouts;

/// <summary>
/// Documents of <c>kind: Rollout</c>: an active rollout of the same candidates is edited, otherwise one is started. A
/// document that was applied already changes nothing, also when its rollout went back: whoever applies it again and
/// again does not try a bad version again and again.
/// </summary>
internal static class RolloutApply
{
    public static DocumentKind Kind { get; } = new("Rollout", 2, members =>
    {
        var request = DocumentBody.Rollout(members);
        return write => ApplyAsync(write, request);
    });

    private static async Task<AppliedDocument> ApplyAsync(WriteScope write, RolloutRequest request)
    {
        var name = EndpointName.Parse(request.Endpoint);
        var endpoint = await EndpointWrites.FindAsync(write.Db, name, write.Cancellation)
            ?? throw new RefusalException(EndpointWrites.NotFound(name));
        var latest = await write.Db.Rollouts.Where(row => row.Endpoint == endpoint.Number)
            .OrderByDescending(row => row.Id).FirstOrDefaultAsync(write.Cancellation);
        var wanted = RolloutWrites.Kept(request);
        var plan = latest is null ? null : StoredJson.Read<RolloutPlan>(latest.Plan);
        var isSame = plan is not null && await RolloutCompile.HasCandidatesAsync(write, request, plan);
        if (isSame && latest!.Request == StoredJson.Write(wanted))
            return Applied(request, "unchanged", [], endpoint);

        if (isSame && latest!.EndedAt is null)
        {
            var before = StoredJson.Read<RolloutRequest>(latest.Request);
            await RolloutWrites.EditAsync(write, latest.Id, request);
            return Applied(request, "changed", Differences.Between(before, wanted), endpoint);
        }

        await RolloutWrites.StartAsync(write, request);
        return Applied(request, "created", Differences.Between(null, wanted), endpoint);
    }

    private static AppliedDocument Applied(
        RolloutRequest request, string outcome, IReadOnlyList<Difference> differences, EndpointRow endpoint) => new()
        {
            Kind = Kind.Name,
            Name = request.Endpoint,
            Outcome = outcome,
            Differences = differences,
            Generation = endpoint.Generation,
        };
}
