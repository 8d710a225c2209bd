using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Promotion;
using Fairlead.Core.Refusals;
using Fairlead.Server.Apply;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Promotion;

/// <summary>The changes of policies, each inside a write, and documents of <c>kind: PromotionPolicy</c>.</summary>
internal static class PolicyWrites
{
    /// <summary>Policies stand on models, which come before them.</summary>
    public static DocumentKind Kind { get; } = new("PromotionPolicy", 1, members =>
    {
        var model = DocumentKind.Text(members, "model");
        members.Remove("model");
        var request = DocumentKind.Decode<PromotionPolicyRequest>(members);
        return write => ApplyAsync(write, model, request);
    });

    /// <summary>Makes a policy what its owner writes. Whoever could weaken it could move what it guards.</summary>
    public static async Task<(PromotionPolicyRow Row, PromotionPolicyRequest? Before, bool Changed)> PutAsync(
        WriteScope write, ModelName model, PromotionPolicyRequest request)
    {
        write.Demand(new Demand(Role.Admin, Model: model.ToString()));
        var policy = WrittenPolicies.Read(request);
        await RegistryViews.FindModelAsync(write.Db, model, write.Cancellation);
        var row = await FindAsync(write.Db, model.ToString(), write.Cancellation);
        var before = row is null ? null : StoredJson.Read<PromotionPolicyRequest>(row.Request);
        var written = StoredJson.Write(request with { Reason = null });
        if (row?.Request == written)
            return (row, before, false);

        var stored = StoredJson.Write(policy);
        if (row is null)
        {
            row = new PromotionPolicyRow
            {
                Model = model.ToString(),
                Request = written,
                Policy = stored,
                ChangedBy = write.Principal.Name,
            };
            write.Db.Add(row);
        }

        (row.Request, row.Policy, row.ChangedBy) = (written, stored, write.Principal.Name);
        row.ChangedAt = write.NowMicroseconds;
        row.Revision++;
        write.Record("promotion.policy", $"{ModelWrites.Subject(model)}/promotion-policy", before,
            request with { Reason = null });
        await write.Db.SaveChangesAsync(write.Cancellation);
        return (row, before, true);
    }

    public static async Task<bool> DeleteAsync(WriteScope write, ModelName model)
    {
        write.Demand(new Demand(Role.Admin, Model: model.ToString()));
        var row = await FindAsync(write.Db, model.ToString(), write.Cancellation)
            ?? throw new RefusalException(NotFound(model.ToString()));
        write.Db.Remove(row);
        write.Record("promotion.policy.delete", $"{ModelWrites.Subject(model)}/promotion-policy",
            StoredJson.Read<PromotionPolicyRequest>(row.Request), null);
        return true;
    }

    public static Task<PromotionPolicyRow?> FindAsync(
        FairleadDbContext db, string model, CancellationToken cancellation) =>
        db.Set<PromotionPolicyRow>().SingleOrDefaultAsync(row => row.Model == model, cancellation);

    public static Refusal NotFound(string model) => new(RefusalKind.NotFound, "promotion_policy_not_found",
        $"The model '{model}' has no policy of promotion; write one with 'fairlead apply' (kind: PromotionPolicy).");

    public static PromotionPolicyInfo Info(PromotionPolicyRow row) => new()
    {
        Model = row.Model,
        Policy = StoredJson.Read<PromotionPolicyRequest>(row.Request),
        Rules = [.. StoredJson.Read<PromotionPolicy>(row.Policy).Checks.Select(check => $"{check.Name}: {check.Rule}")],
        ChangedAt = Instants.FromMicroseconds(row.ChangedAt),
        ChangedBy = row.ChangedBy,
    };

    private static async Task<AppliedDocument> ApplyAsync(
        WriteScope write, string model, PromotionPolicyRequest request)
    {
        var (_, before, changed) = await PutAsync(write, ModelName.Parse(model), request);
        return new AppliedDocument
        {
            Kind = Kind.Name,
            Name = model,
            Outcome = before is null ? "created" : changed ? "changed" : "unchanged",
            Differences = changed ? Differences.Between(before, request with { Reason = null }) : [],
        };
    }
}
