using System.Collections.Immutable;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Promotion;

/// <summary>What became of a promotion.</summary>
public enum PromotionStatus
{
    /// <summary>Its checks are passed, and it waits for people.</summary>
    Open,

    /// <summary>The target points to the version.</summary>
    Moved,

    /// <summary>A check was not passed.</summary>
    Failed,

    /// <summary>Somebody said no.</summary>
    Declined,

    /// <summary>Approvals did not come in time.</summary>
    Expired,

    /// <summary>What it rested on is another by now: the target, the policy or the version.</summary>
    Superseded,
}

/// <summary>A promotion as it is decided about.</summary>
/// <param name="Author">Who asked.</param>
/// <param name="Digest">Digest of the version's manifest: only approvals of it count.</param>
/// <param name="Policy">Whose word it needs.</param>
/// <param name="ExpiresAt">When it can no longer be approved.</param>
public sealed record PromotionState(string Author, string Digest, ApprovalPolicy Policy, DateTimeOffset ExpiresAt)
{
    public PromotionStatus Status { get; init; } = PromotionStatus.Open;

    public ImmutableArray<Approval> Approvals { get; init; } = [];

    /// <summary>Different people whose approval holds now.</summary>
    public IReadOnlyList<string> Counting(DateTimeOffset now) => Rollouts.Approvals.Counting(
        Approvals, 0, Digest, Policy.NotByAuthor ? Author : null, since: null, now);

    /// <summary>Enough people have approved it.</summary>
    public bool IsApproved(DateTimeOffset now) => Counting(now).Count >= Policy.Count;

    /// <summary>What it is at a moment: an open one whose time is over has expired.</summary>
    public PromotionStatus StatusAt(DateTimeOffset now) =>
        Status == PromotionStatus.Open && now >= ExpiresAt ? PromotionStatus.Expired : Status;

    /// <summary>Somebody approves.</summary>
    /// <param name="principal">Who.</param>
    /// <param name="digest">The digest of the version's manifest as it is now.</param>
    /// <param name="accessIsControlled">People can be told apart.</param>
    /// <param name="now">The time.</param>
    public PromotionState Approve(Principal principal, string digest, bool accessIsControlled, DateTimeOffset now)
    {
        RefuseUnlessOpen(now);
        if ((Policy.NotByAuthor || Policy.Count > 1) && !accessIsControlled)
        {
            throw Refuse(RefusalKind.Conflict, "approval_needs_access", "This promotion needs approvals of different "
                + "people, and without access control the server cannot tell people apart; create keys first.");
        }

        if (principal.Role < Policy.Role)
        {
            throw Refuse(RefusalKind.Forbidden, "approval_needs_role",
                $"{principal.Name} is {Word(principal.Role)}; the policy wants approvals by {Word(Policy.Role)}.");
        }

        if (Policy.NotByAuthor && principal.Name == Author)
        {
            throw Refuse(RefusalKind.Conflict, "approval_by_author",
                $"{principal.Name} asked for this promotion; somebody else must approve it.");
        }

        if (digest != Digest)
        {
            throw Refuse(RefusalKind.Conflict, "promotion_superseded",
                "The version is not the one any more that was asked for.");
        }

        if (Counting(now).Contains(principal.Name))
        {
            throw Refuse(RefusalKind.Conflict, "approved_already",
                $"{principal.Name} has approved this promotion already.");
        }

        return this with
        {
            Approvals = Approvals.Add(
                new Approval(principal.Name, now, 0, Digest, now + RolloutCommands.ApprovalLife)),
        };
    }

    /// <summary>Refuses a decision about what is decided or over.</summary>
    public void RefuseUnlessOpen(DateTimeOffset now)
    {
        if (StatusAt(now) is not PromotionStatus.Open and var status)
        {
            throw Refuse(RefusalKind.Conflict, "promotion_over",
                $"The promotion is {status.ToString().ToLowerInvariant()}; ask for it again.");
        }
    }

    private static string Word(Role role) =>
        role is Role.Admin or Role.Operator
            ? $"an {role.ToString().ToLowerInvariant()}"
            : $"a {role.ToString().ToLowerInvariant()}";

    private static RefusalException Refuse(RefusalKind kind, string code, string message) =>
        new(new Refusal(kind, code, message));
}
