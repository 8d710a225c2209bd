using System.Collections.Immutable;
using Fairlead.Core.Checks;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;

namespace Fairlead.Core.Rollouts;

/// <summary>A version that wants to become the endpoint's stable one.</summary>
/// <param name="Name">The name of its arm.</param>
/// <param name="Version">The version.</param>
public sealed record Candidate(VariantName Name, VersionId Version)
{
    /// <summary>Runtime settings of its arm.</summary>
    public VariantSettings Settings { get; init; } = new();

    /// <summary>Digest of the version's manifest; approvals bind to it.</summary>
    public string Digest { get; init; } = "";
}

/// <summary>
/// What shall happen, as it was written: it does not change while the rollout runs, unless it is edited.
/// </summary>
public sealed record RolloutPlan
{
    /// <summary>The endpoint that is moved.</summary>
    public required EndpointName Endpoint { get; init; }

    /// <summary>The name of the endpoint's stable arm.</summary>
    public required VariantName Stable { get; init; }

    /// <summary>The version that stable has when the rollout begins, and returns to.</summary>
    public required VersionId StableVersion { get; init; }

    /// <summary>Settings of the stable arm; a control cohort has the same.</summary>
    public VariantSettings StableSettings { get; init; } = new();

    /// <summary>One candidate, or several; none where a control group is all that is rolled out.</summary>
    public required ImmutableArray<Candidate> Candidates { get; init; }

    /// <summary>For the strategy <c>control</c>: the units that are held out, and what answers them.</summary>
    public HoldoutSpec? Holdout { get; init; }

    /// <summary>The steps, walked in order.</summary>
    public required ImmutableArray<RolloutStep> Steps { get; init; }

    /// <summary>
    /// Checks that are armed from the first answered or mirrored request to the end of the bake. The first to fail
    /// drops its candidate.
    /// </summary>
    public ImmutableArray<Check> Guards { get; init; } = [];

    /// <summary>Observed time with all traffic on the winner before it becomes stable. Default zero.</summary>
    public TimeSpan Bake { get; init; }

    /// <summary>How long the version before stays loaded, so that going back is immediate. Default zero.</summary>
    public TimeSpan KeepWarm { get; init; }

    /// <summary>Time between two looks at armed checks. Default 2 s, 100 ms to 20 s.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest time until every replica follows a change. Default 10 min.</summary>
    public TimeSpan ProgressDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Times in which nothing moves forward.</summary>
    public ImmutableArray<FreezeWindow> Freezes { get; init; } = [];

    /// <summary>An alias of the model that moves to the winner with the evidence; null: none.</summary>
    public AliasName? Alias { get; init; }

    /// <summary>Where the alias pointed when the rollout began: it moves only from there. Null: nowhere.</summary>
    public int? AliasFrom { get; init; }

    /// <summary>Who started it.</summary>
    public string Author { get; init; } = "";

    /// <summary>The strategy that the steps came from, for people.</summary>
    public string Strategy { get; init; } = "custom";

    /// <summary>A candidate by the name of its arm; null when there is none.</summary>
    public Candidate? Find(VariantName name) => Candidates.FirstOrDefault(candidate => candidate.Name == name);
}
