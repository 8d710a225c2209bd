using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Fairlead.Core.Checks;

namespace Fairlead.Core.Rollouts;

/// <summary>
/// One step of a plan. Every strategy is a list of these; each either is done, is not done yet, or ends the rollout.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "step")]
[JsonDerivedType(typeof(MirrorStep), "mirror")]
[JsonDerivedType(typeof(WeightStep), "weight")]
[JsonDerivedType(typeof(AdaptStep), "adapt")]
[JsonDerivedType(typeof(PreviewStep), "preview")]
[JsonDerivedType(typeof(PauseStep), "pause")]
[JsonDerivedType(typeof(ApproveStep), "approve")]
[JsonDerivedType(typeof(AnalyseStep), "analyse")]
[JsonDerivedType(typeof(SwitchStep), "switch")]
[JsonDerivedType(typeof(HoldOutStep), "holdOut")]
public abstract record RolloutStep;

/// <summary>Candidates get copies of a share of the requests; callers never see their answers.</summary>
/// <param name="Share">Share of the requests that are mirrored, above 0 to 1.</param>
public sealed record MirrorStep(double Share) : RolloutStep;

/// <summary>Candidates answer a share of the units.</summary>
/// <param name="Weight">Share of each candidate, 0 to 1; together at most 1.</param>
/// <param name="Control">
/// Keeps a concurrent control cohort of the same share: stable's version under a batcher of its own, so that times and
/// outcomes are compared between equals.
/// </param>
public sealed record WeightStep(double Weight, bool Control = false) : RolloutStep;

/// <summary>How a bandit divides the traffic.</summary>
public enum BanditPolicy
{
    /// <summary>Thompson sampling: an arm's share is its chance of being the best.</summary>
    Thompson,

    /// <summary>Top-two Thompson sampling: half of the best arm's share goes to its strongest rival.</summary>
    TopTwo,

    /// <summary>The best arm so far, but for the floor.</summary>
    EpsilonGreedy,
}

/// <summary>A bandit moves the shares of all arms, stable among them, towards the better ones.</summary>
/// <param name="Policy">How.</param>
/// <param name="Metric">The reward, an outcome between 0 and 1.</param>
/// <param name="Floor">Least share of every arm, at most 1 / arms.</param>
/// <param name="Interval">Time between two changes of the shares.</param>
/// <param name="For">Time after which the likeliest best arm goes on; null: for ever.</param>
/// <param name="Confidence">Chance of being best at which an arm is declared the winner at once.</param>
public sealed record AdaptStep(
    BanditPolicy Policy, Metric Metric, double Floor, TimeSpan Interval, TimeSpan? For, double Confidence = 0.95)
    : RolloutStep;

/// <summary>Candidates are loaded and answer only callers who ask for their version by number.</summary>
public sealed record PreviewStep : RolloutStep;

/// <summary>Waits.</summary>
/// <param name="For">How long, from the moment that every replica follows; null: until somebody continues.</param>
public sealed record PauseStep(TimeSpan? For) : RolloutStep;

/// <summary>Waits for people.</summary>
/// <param name="Count">How many different people must approve, 1 to 10.</param>
/// <param name="NotByAuthor">Who started the rollout does not count. Needs access control.</param>
/// <param name="Within">How long it is waited for them; null: for ever.</param>
/// <param name="Proposes">
/// The last step of a plan that proposes its winner instead of promoting it: what is approved is a
/// <see cref="Proposal"/>, and traffic stays as the step before left it.
/// </param>
public sealed record ApproveStep(
    int Count = 1, bool NotByAuthor = false, TimeSpan? Within = null, bool Proposes = false) : RolloutStep;

/// <summary>What becomes of an analysis that reaches its deadline undecided.</summary>
public enum InconclusivePolicy
{
    /// <summary>The rollout waits for a person; guards stay armed. The default.</summary>
    Pause,

    /// <summary>The rollout goes back to stable.</summary>
    RollBack,
}

/// <summary>Waits until every check passes; goes back to stable when one fails.</summary>
/// <param name="Checks">The gates; at least one that is no dry run.</param>
/// <param name="For">Observed time that it takes at least.</param>
/// <param name="Within">Time after which <paramref name="OnInconclusive"/> applies; null: for ever.</param>
/// <param name="OnInconclusive">See there.</param>
public sealed record AnalyseStep(
    ImmutableArray<Check> Checks, TimeSpan For, TimeSpan? Within,
    InconclusivePolicy OnInconclusive = InconclusivePolicy.Pause) : RolloutStep
{
    public bool Equals(AnalyseStep? other) =>
        other is not null && Checks.SequenceEqual(other.Checks) && For == other.For && Within == other.Within
        && OnInconclusive == other.OnInconclusive;

    public override int GetHashCode() => HashCode.Combine(Checks.Length, For, Within, OnInconclusive);
}

/// <summary>
/// A share of the units is held out of this and every later rollout, and goes on being it when this one is over: the
/// whole of the strategy <c>control</c>.
/// </summary>
/// <param name="Share">Share of the units.</param>
/// <param name="Answer">What answers them, in words.</param>
public sealed record HoldOutStep(double Share, string Answer) : RolloutStep;

/// <summary>All units go to the candidate at once.</summary>
public sealed record SwitchStep : RolloutStep;
