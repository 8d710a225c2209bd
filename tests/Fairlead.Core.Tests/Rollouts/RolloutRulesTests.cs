using System.Collections.Immutable;
using Fairlead.Core.Checks;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

public sealed class RolloutRulesTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static TheoryData<string, string> Strategies
    {
        get
        {
            var data = new TheoryData<string, string>();
            data.Add("all-at-once", "switch everything");
            data.Add("canary", "weight 5 %; analyse errors for 10 min; weight 25 %; analyse errors for 10 min; "
                + "weight 50 %; analyse errors for 10 min; weight 100 %; analyse errors for 10 min");
            data.Add("blue-green", "preview; switch everything; analyse errors for 10 min");
            data.Add("shadow",
                "mirror 100 % of the requests; pause for 10 min; wait for 1 approval; switch everything");
            data.Add("ab", "weight 50 %; analyse errors for 10 min");
            data.Add("champion-challenger", "weight 10 %; analyse errors for 10 min; wait for 1 approval");
            data.Add("conservative", "mirror 100 % of the requests; pause for 10 min; weight 1 %; analyse errors for "
                + "10 min; weight 5 %; analyse errors for 10 min; weight 10 %; analyse errors for 10 min; weight 25 %; "
                + "analyse errors for 10 min; weight 50 %; analyse errors for 10 min; weight 100 %; analyse errors for "
                + "10 min");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Strategy_IsTheseSteps_AndAGoodPlan(string name, string steps)
    {
        var compiled = RolloutStrategies.Steps(name, new StrategyOptions { Checks = [Plans.Errors()] }, 1);

        string.Join("; ", compiled.Select(StepText.Of)).ShouldBe(steps);
        RolloutRules.Check(Plans.Of([.. compiled])).ShouldBeEmpty();
    }

    [Fact]
    public void Strategies_AllHaveATest() =>
        Strategies.Select(row => row.Data.Item1).Concat(["bandit", "control"]).Order()
            .ShouldBe(RolloutStrategies.Names.Keys);

    [Fact]
    public void Bandit_IsOneStep()
    {
        var adapt = new AdaptStep(
            BanditPolicy.Thompson, Metric.Parse("outcome:click"), 0.05, Minute, TimeSpan.FromDays(2));
        var steps = RolloutStrategies.Steps("bandit", new StrategyOptions { Adapt = adapt }, 2);

        RolloutRules.Check(Plans.WithCandidates(2, [.. steps])).ShouldBeEmpty();
        Code(() => RolloutStrategies.Steps("canary", new StrategyOptions { Adapt = adapt }, 1))
            .ShouldBe("strategy_option");
    }

    [Fact]
    public void Strategy_Unknown_IsRefusedWithTheNames() =>
        Should.Throw<RefusalException>(() => RolloutStrategies.Steps("yolo", new StrategyOptions(), 1))
            .Message.ShouldContain("blue-green");

    public static TheoryData<string, RolloutStep[]> BadSteps => new()
    {
        { "no_steps", [] },
        { "invalid_weight", [new WeightStep(1.5)] },
        { "invalid_weight", [new WeightStep(0.6, Control: true)] },
        { "invalid_share", [new MirrorStep(0)] },
        { "invalid_count", [new ApproveStep(0)] },
        { "nothing_to_analyse", [Plans.Analyse(Minute)] },
        { "nothing_to_analyse", [new PreviewStep(), Plans.Analyse(Minute)] },
        { "shadow_not_enough", [new MirrorStep(1), Outcome()] },
        { "no_checks", [new WeightStep(0.1), new AnalyseStep([Plans.Errors(dryRun: true)], Minute, null)] },
        { "invalid_metric", [new AdaptStep(BanditPolicy.Thompson, Metric.Parse("error_rate"), 0, Minute, null)] },
        { "invalid_share", [new AdaptStep(BanditPolicy.Thompson, Metric.Parse("outcome:a"), 0.6, Minute, null)] },
        { "duplicate_check", [new WeightStep(0.1), new AnalyseStep([Plans.Errors(), Plans.Errors()], Minute, null)] },
    };

    [Theory]
    [MemberData(nameof(BadSteps))]
    public void Plan_WithAFault_IsRefusedByCode(string code, RolloutStep[] steps) =>
        RolloutRules.Check(Plans.Of(steps)).Select(fault => fault.Code).ShouldContain(code);

    [Fact]
    public void Plan_WithSeveralFaults_TellsThemAll()
    {
        var plan = Plans.Of(new WeightStep(2), new MirrorStep(7)) with
        {
            Candidates = [new Candidate(VariantName.Parse("stable"), Plans.Version(1))],
            Guards = [Plans.Errors() with { MinimumSamples = 0 }],
        };

        RolloutRules.Check(plan).Select(fault => fault.Code).Order().ShouldBe(
            ["already_stable", "invalid_samples", "invalid_share", "invalid_weight", "reserved_name"]);
    }

    [Fact]
    public void Candidates_OfWhichNothingDecides_AreRefused() =>
        RolloutRules.Check(Plans.WithCandidates(2, new WeightStep(0.2), new SwitchStep()))
            .Select(fault => fault.Code).ShouldContain("winner_unknown");

    [Fact]
    public void Check_WithoutARule_IsAFault()
    {
        var faults = new List<Refusal>();
        CheckRules.Check(ImmutableArray.Create(Plans.Errors() with { Rule = null! }), "guards", faults);

        faults.Single().Code.ShouldBe("no_rule");
    }

    private static AnalyseStep Outcome() =>
        new([Plans.Errors() with { Metric = Metric.Parse("outcome:money") }], Minute, null);

    private static string Code(Action action) => Should.Throw<RefusalException>(action).Refusals[0].Code;
}
