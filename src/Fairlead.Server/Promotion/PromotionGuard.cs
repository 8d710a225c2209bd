using Fairlead.Core.Promotion;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Promotion;

/// <summary>Who moves an alias or a stage.</summary>
internal enum Mover
{
    /// <summary>Somebody by himself.</summary>
    Caller,

    /// <summary>A rollout whose steps were passed.</summary>
    Rollout,

    /// <summary>A promotion that was decided.</summary>
    Promotion,
}

/// <summary>Keeps what a policy guards from being moved in any other way.</summary>
internal static class PromotionGuard
{
    /// <summary>Refuses a move that a policy wants to be asked for, and says how to ask.</summary>
    /// <param name="version">Where it would point; 0: nowhere.</param>
    public static async Task ThrowIfGuardedAsync(
        WriteScope write, string model, PromotionTarget target, int version, Mover mover)
    {
        if (mover == Mover.Promotion
            || await PolicyWrites.FindAsync(write.Db, model, write.Cancellation) is not { } row)
        {
            return;
        }

        var policy = StoredJson.Read<PromotionPolicy>(row.Policy);
        if (!policy.Guards(target) || mover == Mover.Rollout && policy.AllowsRollouts)
            return;
        var asked = target.IsStage ? $"{model} --stage {target.Name}" : $"{model}@{target.Name}";
        throw new RefusalException(new Refusal(RefusalKind.Conflict, "promotion_needed",
            $"The policy of '{model}' guards {target}: it moves by a promotion only. Ask for one with 'fairlead "
            + $"promote {asked} --version {(version == 0 ? "N" : version)}', or POST "
            + "/api/v1/promotions; --dry-run shows its checks."));
    }
}
