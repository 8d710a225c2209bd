using System.Collections.Immutable;
using Fairlead.Core.Checks;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

/// <summary>Plans and checks as the tests need them.</summary>
internal static class Plans
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public static readonly VariantName Candidate = VariantName.Parse("candidate");

    public static VersionId Version(int number) => new(ModelName.Parse("credit"), number);

    public static Check Errors(string name = "errors", bool dryRun = false) => new()
    {
        Name = name,
        Metric = Metric.Parse("error_rate"),
        Rule = new CompareRule(
            LowerIsBetter: true, Margin: 0.01, Relative: false, Horizon.Anytime, Alpha: 0.01, PlannedSamples: 1000),
        MinimumSamples = 50,
        DryRun = dryRun,
    };

    public static RolloutPlan Of(params RolloutStep[] steps) => new()
    {
        Endpoint = EndpointName.Parse("credit"),
        Stable = VariantName.Parse("stable"),
        StableVersion = Version(1),
        Candidates = [new Candidate(Candidate, Version(2)) { Digest = "d2" }],
        Steps = [.. steps],
        Author = "ann",
    };

    public static RolloutPlan WithCandidates(int count, params RolloutStep[] steps) => Of(steps) with
    {
        Candidates = [.. Enumerable.Range(0, count).Select(i =>
            new Candidate(VariantName.Parse($"c{i}"), Version(2 + i)) { Digest = $"d{2 + i}" })],
    };

    public static AnalyseStep Analyse(
        TimeSpan time, TimeSpan? within = null, InconclusivePolicy policy = InconclusivePolicy.Pause) =>
        new([Errors()], time, within, policy);

    /// <summary>Error rates of both arms, as a check sees them.</summary>
    public static CheckFacts Rates(double stable, double candidate, double units, long generation = 1) => new()
    {
        Phases = [new PhaseFigures(generation, Rate(stable, units), Rate(candidate, units))],
        Observed = TimeSpan.FromHours(1),
    };

    public static ImmutableArray<RolloutStep> Ladder(params double[] weights) =>
        [.. weights.SelectMany(weight => new RolloutStep[]
        {
            new WeightStep(weight), new PauseStep(TimeSpan.FromMinutes(10)),
        })];

    private static ArmFigure Rate(double rate, double units) => new(units, rate, rate * (1 - rate) / units);
}
