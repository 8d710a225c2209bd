using Fairlead.Client.Api;
using Fairlead.Core.Promotion;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Promotion;

/// <summary>Promotions as the API tells them.</summary>
internal static class PromotionViews
{
    public static PromotionInfo Info(PromotionRow row, DateTimeOffset now)
    {
        var state = StoredJson.Read<PromotionState>(row.State);
        return new PromotionInfo
        {
            Id = row.Id,
            Model = row.Model,
            Version = row.Number,
            Target = new PromotionTarget(row.Target, row.IsStage).ToString(),
            From = row.FromNumber == 0 ? null : row.FromNumber,
            Status = state.StatusAt(now).ToString().ToLowerInvariant(),
            Digest = state.Digest,
            Checks = [.. StoredJson.Read<List<MadeCheck>>(row.Checks).Select(Check)],
            Approvals = state.Counting(now),
            Needed = state.Policy.Count,
            NeededRole = state.Policy.Role.ToString().ToLowerInvariant(),
            Author = state.Author,
            Reason = row.Reason,
            AskedAt = Instants.FromMicroseconds(row.AskedAt),
            ExpiresAt = state.Policy.Count == 0 || state.Status == PromotionStatus.Failed ? null : state.ExpiresAt,
            DecidedBy = row.DecidedBy,
            DecidedAt = Instants.FromMicroseconds(row.DecidedAt),
            Why = row.Why,
        };
    }

    /// <summary>What was only tried.</summary>
    public static PromotionInfo Tried(PromotionRow row, bool passes) =>
        Info(row, Instants.FromMicroseconds(row.AskedAt)) with { Status = passes ? "passes" : "failed" };

    private static PromotionCheckInfo Check(MadeCheck made) => new()
    {
        Name = made.Check.Name,
        Rule = made.Check.Rule,
        DryRun = made.Check.DryRun,
        Verdict = RolloutViews.Words(made.Result.Verdict),
        Why = made.Result.Why,
        StableUnits = made.Result.StableUnits,
        CandidateUnits = made.Result.CandidateUnits,
        StableValue = StoredJson.Figure(made.Result.Stable),
        CandidateValue = StoredJson.Figure(made.Result.Candidate),
        Estimate = StoredJson.Figure(made.Result.Estimate),
        Low = StoredJson.Figure(made.Result.Low),
        High = StoredJson.Figure(made.Result.High),
        Boundary = StoredJson.Figure(made.Result.Boundary),
        Slice = made.Result.Slice,
    };
}
