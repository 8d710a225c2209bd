using Fairlead.Core.Endpoints;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

public sealed class RolloutSpecTests
{
    private static readonly RolloutPlan Plan = Plans.Of([.. Plans.Ladder(0.1)]) with
    {
        StableSettings = new VariantSettings { ThreadsPerRun = 1 },
        Candidates = [Plans.Of().Candidates[0] with { Settings = new VariantSettings { ThreadsPerRun = 2 } }],
    };

    private static readonly EndpointSpec Before = new(
        Plan.Endpoint, [new VariantSpec(Plan.Stable, Plan.StableVersion, 1)])
    {
        Unit = UnitRule.Parse("header:X-User"),
        Limits = new EndpointLimits { MaxInFlight = 7 },
    };

    [Fact]
    public void Of_ALadder_HasTheArmsWithTheirSettingsAndKeepsTheRest()
    {
        var spec = RolloutSpec.Of(
            Plan, RolloutRouting.Divide(Plan, Plan.Candidates, 0.25, 0.5, control: true), Before);

        spec.Variants.Select(arm => (arm.Name.ToString(), arm.Weight, arm.Mirror, arm.Settings.ThreadsPerRun))
            .ShouldBe([("stable", 0.5, 0, 1), ("candidate", 0.25, 0.5, 2), ("control", 0.25, 0, 1)]);
        (spec.Unit, spec.Limits, spec.Stable).ShouldBe((Before.Unit, Before.Limits, Plan.Stable));
    }

    [Fact]
    public void Of_AWinner_SendsRequestsWithoutAUnitToIt()
    {
        var spec = RolloutSpec.Of(Plan, RolloutRouting.Winner(Plan, Plan.Candidates[0]), Before);

        spec.Stable.ShouldBe(Plans.Candidate);
    }

    [Fact]
    public void Of_WhatWasPromoted_IsStableWithTheSettingsThatItWasJudgedWith()
    {
        var spec = RolloutSpec.Of(Plan, RolloutRouting.Promoted(Plan, Plan.Candidates[0], warm: true), Before);

        spec.Stable.ShouldBe(Plan.Stable);
        spec.Variants.Select(arm => (arm.Name.ToString(), arm.Version!.Value.Number, arm.Settings.ThreadsPerRun))
            .ShouldBe([("stable", 2, 2), ("previous", 1, 1)]);
    }

    [Fact]
    public void OneVariant_IsTheOnlyOne_AndNoneWhereThereAreSeveral()
    {
        RolloutSpec.OneVariant(Before).ShouldBe(Before.Variants[0]);
        RolloutSpec.OneVariant(Before with { Variants = [.. Before.Variants, Before.Variants[0]] }).ShouldBeNull();
    }

    [Fact]
    public void Supersede_GoesBackToStable_ButNotBehindAWinnerThatIsStableAlready()
    {
        var running = new Installation(Plan);
        running.Passes(TimeSpan.FromMinutes(1));
        running.Do((p, s, now) => RolloutCommands.Supersede(p, s, "another one", now));
        running.State.Phase.ShouldBe(RolloutPhase.RolledBack);

        var warm = new Installation(Plan with { KeepWarm = TimeSpan.FromDays(1) });
        warm.Passes(TimeSpan.FromHours(1)).State.Phase.ShouldBe(RolloutPhase.KeepingWarm);
        warm.Do((p, s, now) => RolloutCommands.Supersede(p, s, "another one", now));
        warm.State.Phase.ShouldBe(RolloutPhase.Succeeded);
        warm.State.Routing.Arms.ShouldHaveSingleItem().Version.ShouldBe(Plans.Version(2));
    }
}
