using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;

namespace Fairlead.Core.Rollouts;

/// <summary>What an arm is to a rollout.</summary>
public enum ArmRole
{
    /// <summary>The version that was there and that everything is held against.</summary>
    Stable,

    /// <summary>A version under judgement.</summary>
    Candidate,

    /// <summary>Stable's version again, beside a candidate of the same size.</summary>
    Control,

    /// <summary>The version before the winner, loaded and without traffic.</summary>
    Previous,

    /// <summary>
    /// The place of a candidate that was given up: stable's version answers its units, so that nobody else moves.
    /// </summary>
    Returned,
}

/// <summary>One arm's part of the traffic.</summary>
/// <param name="Role">What it is to the rollout.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">What answers.</param>
/// <param name="Weight">Share of the units, 0 to 1.</param>
/// <param name="Mirror">Share of the requests that it gets a copy of, 0 to 1.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ArmShare(
    ArmRole Role, VariantName Name, VersionId Version, double Weight, double Mirror = 0);

/// <summary>The traffic of an endpoint as a rollout wants it. Weights add up to 1.</summary>
/// <param name="Arms">The arms.</param>
public sealed record RolloutRouting(ImmutableArray<ArmShare> Arms)
{
    /// <summary>The plan's holdout stands.</summary>
    public bool HoldsOut { get; init; }

    /// <summary>The name of the arm that keeps the version before loaded.</summary>
    public static readonly VariantName PreviousArm = VariantName.Parse("previous");

    /// <summary>The name of the control cohort.</summary>
    public static readonly VariantName ControlArm = VariantName.Parse("control");

    /// <summary>Everything on stable, nothing else loaded: where a rollout begins and returns to.</summary>
    public static RolloutRouting StableOnly(RolloutPlan plan) =>
        new([new ArmShare(ArmRole.Stable, plan.Stable, plan.StableVersion, 1)]);

    /// <summary>Candidates loaded with the given shares, stable with what is left.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="alive">The candidates that were not given up; the places of the others keep their units.</param>
    /// <param name="weight">Share of each.</param>
    /// <param name="mirror">Share of the requests that each gets a copy of.</param>
    /// <param name="control">With a control cohort.</param>
    public static RolloutRouting Divide(
        RolloutPlan plan, IReadOnlyCollection<Candidate> alive, double weight, double mirror, bool control)
    {
        var others = new List<ArmShare>();
        foreach (var each in plan.Candidates)
        {
            if (alive.Contains(each))
                others.Add(new ArmShare(ArmRole.Candidate, each.Name, each.Version, weight, mirror));
            else if (weight > 0)
                others.Add(new ArmShare(ArmRole.Returned, each.Name, plan.StableVersion, weight));
        }

        if (control)
            others.Add(new ArmShare(ArmRole.Control, ControlArm, plan.StableVersion, weight));
        return WithStable(plan, others);
    }

    /// <summary>The same shares, with one candidate's units answered by stable's version.</summary>
    public RolloutRouting Without(RolloutPlan plan, VariantName candidate) => new([.. Arms
        .Where(arm => arm.Name != candidate || arm.Weight > 0)
        .Select(arm => arm.Name == candidate
            ? new ArmShare(ArmRole.Returned, candidate, plan.StableVersion, arm.Weight)
            : arm)]);

    /// <summary>Everything on one candidate; the version before stays loaded.</summary>
    public static RolloutRouting Winner(RolloutPlan plan, Candidate winner) => new(
    [
        new ArmShare(ArmRole.Stable, plan.Stable, plan.StableVersion, 0),
        new ArmShare(ArmRole.Candidate, winner.Name, winner.Version, 1),
    ]);

    /// <summary>The winner has become stable; the version before stays loaded when <paramref name="warm"/>.</summary>
    public static RolloutRouting Promoted(RolloutPlan plan, Candidate winner, bool warm)
    {
        var stable = new ArmShare(ArmRole.Stable, plan.Stable, winner.Version, 1);
        return warm
            ? new([stable, new ArmShare(ArmRole.Previous, PreviousArm, plan.StableVersion, 0)])
            : new([stable]);
    }

    /// <summary>The given shares for other arms and the rest for stable.</summary>
    public static RolloutRouting WithStable(RolloutPlan plan, IReadOnlyCollection<ArmShare> others)
    {
        // What is left is cut at zero: shares that add up to 1 leave rounding errors, not a negative weight.
        var left = Math.Max(0, 1 - others.Sum(arm => arm.Weight));
        return new([new ArmShare(ArmRole.Stable, plan.Stable, plan.StableVersion, left), .. others]);
    }

    /// <summary>The share of an arm; 0 when it is not there.</summary>
    public double WeightOf(VariantName name) => Arms.FirstOrDefault(arm => arm.Name == name).Weight;

    /// <summary>Candidates answer or are mirrored to.</summary>
    public bool Exposes => Arms.Any(arm => arm.Role == ArmRole.Candidate && (arm.Weight > 0 || arm.Mirror > 0));

    /// <summary>Some candidate gets more than before: only such a change can be frozen, and must be followed by every
    /// replica before the next.</summary>
    public bool IsForwardFrom(RolloutRouting before) => (HoldsOut && !before.HoldsOut)
        || Arms.Any(arm => arm.Role == ArmRole.Candidate
            && (arm.Weight > before.WeightOf(arm.Name) || arm.Mirror > before.MirrorOf(arm.Name)
                || before.Arms.All(each => each.Name != arm.Name)));

    public bool Equals(RolloutRouting? other) =>
        other is not null && HoldsOut == other.HoldsOut && Arms.SequenceEqual(other.Arms);

    public override int GetHashCode() => HashCode.Combine(Arms.Length, Arms.Sum(arm => arm.Weight));

    private double MirrorOf(VariantName name) => Arms.FirstOrDefault(arm => arm.Name == name).Mirror;
}
