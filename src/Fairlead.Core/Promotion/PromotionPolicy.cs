using System.Collections.Immutable;
using Fairlead.Core.Access;

namespace Fairlead.Core.Promotion;

/// <summary>Whose word a promotion needs.</summary>
/// <param name="Count">So many different people; 0: nobody's.</param>
/// <param name="Role">The least role of their keys.</param>
/// <param name="NotByAuthor">Who asked does not count.</param>
/// <param name="Within">How long they have.</param>
public sealed record ApprovalPolicy(int Count, Role Role, bool NotByAuthor, TimeSpan Within)
{
    /// <summary>Nobody is asked.</summary>
    public static ApprovalPolicy None { get; } = new(0, Role.Operator, false, TimeSpan.FromDays(7));
}

/// <summary>What a model's versions must show before an alias or a stage moves to one of them.</summary>
public sealed record PromotionPolicy
{
    /// <summary>Aliases that move in no other way.</summary>
    public required ImmutableArray<string> Aliases { get; init; }

    /// <summary>Stages that are entered and left in no other way.</summary>
    public ImmutableArray<string> Stages { get; init; } = [];

    public ImmutableArray<PromotionCheck> Checks { get; init; } = [];

    public ApprovalPolicy Approvals { get; init; } = ApprovalPolicy.None;

    /// <summary>A rollout may move the aliases too, when its own steps were passed.</summary>
    public bool AllowsRollouts { get; init; }

    /// <summary>Whether it guards a target.</summary>
    public bool Guards(PromotionTarget target) => (target.IsStage ? Stages : Aliases).Contains(target.Name);

    public bool Equals(PromotionPolicy? other) =>
        other is not null && Aliases.SequenceEqual(other.Aliases) && Stages.SequenceEqual(other.Stages)
        && Checks.SequenceEqual(other.Checks) && Approvals == other.Approvals
        && AllowsRollouts == other.AllowsRollouts;

    public override int GetHashCode() => HashCode.Combine(Aliases.Length, Stages.Length, Checks.Length, Approvals);
}

/// <summary>What is moved to a version.</summary>
/// <param name="Name">The alias, or the stage.</param>
/// <param name="IsStage">A stage, which several versions may be in.</param>
public sealed record PromotionTarget(string Name, bool IsStage)
{
    public override string ToString() => IsStage ? $"stage {Name}" : $"@{Name}";
}
