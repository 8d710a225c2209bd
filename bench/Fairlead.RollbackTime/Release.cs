using System.Collections.Immutable;
using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Rollouts.Figures;
using Fairlead.Serving.Facts;

namespace Fairlead.RollbackTime;

/// <summary>The rollout that is simulated: 5 % of the traffic for as long as nobody takes it back.</summary>
internal static class Release
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private static readonly VariantName Candidate = VariantName.Parse("candidate");

    /// <summary>The guards of a plan that says nothing, and two more.</summary>
    public static ImmutableArray<Check> Guards { get; } = WrittenChecks.DefaultGuards.AddRange(WrittenChecks.Read(
        [
            new CheckRequest { Name = "slow", Metric = "latency:p99", AtMost = 0.25 },
            new CheckRequest { Name = "score", Metric = Traffic.Score, Better = "higher", Margin = 0.02 },
        ],
        "guards", isGuards: true));

    public static RolloutPlan Plan { get; } = new()
    {
        Endpoint = EndpointName.Parse("credit"),
        Stable = VariantName.Parse("stable"),
        StableVersion = new VersionId(ModelName.Parse("credit"), 1),
        Candidates = [new Candidate(Candidate, new VersionId(ModelName.Parse("credit"), 2))],
        Steps =
        [
            new WeightStep(Traffic.Share),
            new PauseStep(TimeSpan.FromDays(365)),
        ],
        Guards = Guards,
    };

    /// <summary>The state when every replica has just begun to route by the first weight.</summary>
    public static RolloutState Begin() =>
        RolloutMachine.Start(Plan, Start).State with { Generation = 1, WantedAt = Start };

    /// <summary>One look of the controller.</summary>
    public static RolloutState Look(RolloutState state, FactsImage stable, FactsImage candidate, TimeSpan after)
    {
        var facts = new RolloutFacts
        {
            Replicas = [new ReplicaFacts("one", 1), new ReplicaFacts("two", 1)],
            Checks = Guards.ToImmutableDictionary(
                guard => RolloutState.KeyOf(null, guard.Name, Candidate),
                guard => new CheckFacts
                {
                    Observed = after,
                    Phases =
                    [
                        new PhaseFigures(
                            1, ArmTables.Figure(stable, guard.Metric), ArmTables.Figure(candidate, guard.Metric)),
                    ],
                }),
        };
        return RolloutMachine.Decide(Plan, state, facts, Start + after).State;
    }
}
