using System.Collections.Immutable;
using CsCheck;
using Fairlead.Core.Checks;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Core.Tests.Rollouts;

/// <summary>What holds over any plan, any facts, any commands and any behaviour of the clock.</summary>
public sealed class RolloutProperties
{
    private static readonly Gen<RolloutStep> Step = Gen.OneOf(
        Gen.Int[0, 10].Select(RolloutStep (i) => new WeightStep(i / 20.0, i % 2 == 0 && i <= 6)),
        Gen.Int[1, 10].Select(RolloutStep (i) => new MirrorStep(i / 10.0)),
        Gen.Const<RolloutStep>(new PreviewStep()),
        Gen.Int[0, 30].Select(RolloutStep (i) => new PauseStep(TimeSpan.FromMinutes(i))),
        Gen.Const<RolloutStep>(new ApproveStep()),
        Gen.Int[1, 20].Select(RolloutStep (i) => Plans.Analyse(TimeSpan.FromMinutes(i), TimeSpan.FromMinutes(2 * i))));

    private static readonly ApproveStep Proposal = new(2, Within: TimeSpan.FromHours(1), Proposes: true);

    private static readonly Gen<RolloutPlan> Plan =
        Gen.Select(Step.Array[1, 8], Gen.Int[1, 3], Gen.Int[0, 20], Gen.Int[0, 20], Gen.Bool, Gen.Bool)
            .Select((steps, candidates, bake, warm, guarded, proposes) => Plans.WithCandidates(
                candidates, proposes ? [.. steps, Proposal] : steps) with
            {
                Bake = TimeSpan.FromMinutes(bake),
                KeepWarm = TimeSpan.FromMinutes(warm),
                Guards = guarded ? [Plans.Errors("guard")] : [],
            })
            .Where(plan => plan.Candidates.Length == 1
                || plan.Steps.OfType<WeightStep>().All(step => step.Weight * 4 <= 1));

    /// <summary>
    /// What happens at one moment: seconds that pass (or, below 0, a clock set back), what checks see, and what
    /// somebody does.
    /// </summary>
    private static readonly Gen<(int Seconds, int Candidate, int Stable, int Command)[]> Life =
        Gen.Select(Gen.Int[-20, 400], Gen.Int[0, 12], Gen.Int[0, 6], Gen.Int[0, 60]).Array[1, 60];

    [Fact]
    public void Weights_OverAnyLife_AddUpToOne() => OverAnyLife(
        (_, _, routing) => routing.Arms.Sum(arm => arm.Weight).ShouldBe(1, 1e-9), 150);

    [Fact]
    public void Arms_OverAnyLife_AreNamedOnce() => OverAnyLife(
        (_, _, routing) => routing.Arms.Select(arm => arm.Name).Distinct().Count().ShouldBe(routing.Arms.Length), 100);

    /// <summary>While people are asked, nobody but them and the guards changes who answers.</summary>
    [Fact]
    public void Traffic_WhileAProposalIsOpen_StaysOrGoesBack() => Gen.Select(Plan, Life).Sample((plan, life) =>
    {
        var world = new Installation(plan);
        RolloutState? before = null;
        Live(world, life, (state, routing) =>
        {
            if (before?.Proposal is { Status: ProposalStatus.Open } && state.Proposal!.Status == ProposalStatus.Open)
                routing.IsForwardFrom(before.Routing).ShouldBeFalse();
            if (state.Proposal is { Status: ProposalStatus.Open })
                state.Phase.ShouldBeOneOf(RolloutPhase.Running, RolloutPhase.Paused);
            before = state;
        });
    }, iter: 100);

    /// <summary>After any life: one word, and everything is on the version that was there before.</summary>
    [Fact]
    public void Abort_AtAnyMoment_Wins() => Gen.Select(Plan, Life).Sample((plan, life) =>
    {
        var world = new Installation(plan);
        Live(world, life, (_, _) => { });
        if (world.State.Phase == RolloutPhase.Succeeded)
            return;

        world.Do((p, s, now) => RolloutCommands.Abort(p, s, "stop", now));
        world.State.Phase.ShouldBe(RolloutPhase.RolledBack);
        world.State.Routing.ShouldBe(RolloutRouting.StableOnly(plan));
        world.Passes(TimeSpan.FromHours(3)).State.Routing.ShouldBe(RolloutRouting.StableOnly(plan));
    }, iter: 80);

    /// <summary>
    /// While weights only rise, a unit that met a candidate stays with it, unless the candidate is given up.
    /// </summary>
    [Fact]
    public void Unit_WhileARampRises_NeverMovesBack() => Gen.Select(
        Gen.Int[1, 3], Gen.Int[1, 100].Array[1, 6], Gen.ULong.Array[200], Gen.ULong)
        .Sample((count, raises, units, salt) =>
    {
        var weights = raises.Order().Select(raise => raise / 100.0 / count).ToArray();
        var world = new Installation(Plans.WithCandidates(count, [.. Plans.Ladder(weights)]));
        world.Passes(TimeSpan.FromHours(2));
        var ramp = world.Routings.TakeWhile(routing => routing.Arms.All(arm => arm.Weight < 1)).ToList();
        foreach (var unit in units)
        {
            VersionId? met = null;
            foreach (var routing in ramp)
            {
                var arm = Answers(routing, unit, salt);
                if (met is { } version)
                    arm.Version.ShouldBe(version);
                else if (arm.Role == ArmRole.Candidate)
                    met = arm.Version;
            }
        }
    }, iter: 40);

    [Fact]
    public void Decision_DoesNotDependOnTheOrderOfReplicas() => Gen.Select(
        Plan, Gen.Int[1, 4].Array[2, 6], Gen.Int[0, 3600]).Sample((plan, generations, seconds) =>
    {
        var state = RolloutMachine.Start(plan, Plans.Noon).State with { Generation = 3 };
        var replicas = generations.Select((generation, i) =>
            new ReplicaFacts($"r{i}", generation, generation == 1 ? 3 : 0, $"why {i}")).ToImmutableArray();
        var now = Plans.Noon + TimeSpan.FromSeconds(seconds);

        var forward = RolloutMachine.Decide(plan, state, new RolloutFacts { Replicas = replicas }, now);
        var backward = RolloutMachine.Decide(plan, state, new RolloutFacts { Replicas = [.. replicas.Reverse()] }, now);

        backward.Events.ShouldBe(forward.Events);
        backward.State.Routing.ShouldBe(forward.State.Routing);
    }, iter: 200);

    /// <summary>
    /// Forward steps wait for the replicas: while one is behind, no candidate ever gets more than it has.
    /// </summary>
    [Fact]
    public void Candidates_WhileAReplicaIsBehind_GetNoMore() => Gen.Select(Plan, Life).Sample((plan, life) =>
    {
        var world = new Installation(plan) { ReplicasFollow = false };
        Live(world, [.. life.Select(moment => moment with { Command = 60 })], (_, routing) =>
            routing.Arms.Where(arm => arm.Role == ArmRole.Candidate)
                .ShouldAllBe(arm => arm.Weight <= world.Routings[0].WeightOf(arm.Name)));
    }, iter: 80);

    [Fact]
    public void Look_Repeated_AtTheSameMoment_ChangesNothingMore() => Gen.Select(Plan, Life).Sample((plan, life) =>
    {
        var world = new Installation(plan);
        Live(world, life, (_, _) => { });
        for (var i = 0; i < 80; i++)
            world.Look();
        var events = world.Events.Count;
        world.Look();
        world.Events.Count.ShouldBe(events);
    }, iter: 50);

    private static void OverAnyLife(Action<RolloutPlan, RolloutState, RolloutRouting> holds, int iterations) =>
        Gen.Select(Plan, Life).Sample((plan, life) =>
        {
            var world = new Installation(plan);
            Live(world, life, (state, routing) => holds(plan, state, routing));
        }, iter: iterations);

    private static void Live(
        Installation world, (int Seconds, int Candidate, int Stable, int Command)[] life,
        Action<RolloutState, RolloutRouting> holds)
    {
        foreach (var (seconds, candidate, stable, command) in life)
        {
            world.Sees = (_, _) => stable == 0 ? CheckFacts.None : Plans.Rates(stable / 100.0, candidate / 100.0, 3000);
            world.Sleeps(TimeSpan.FromSeconds(seconds)).Look();
            holds(world.State, world.State.Routing);
            try
            {
                Command(world, command);
            }
            catch (RefusalException)
            {
                // A refused command must leave everything as it was, which the next look shows.
            }

            holds(world.State, world.State.Routing);
        }
    }

    private static void Command(Installation world, int command)
    {
        switch (command)
        {
            case 0:
                world.Do((p, s, now) => RolloutCommands.Pause(p, s, "wait", now));
                break;
            case 1 or 2:
                world.Do(RolloutCommands.Resume);
                break;
            case 3 or 4 or 5:
                world.Do((p, s, now) => RolloutCommands.Approve(p, s, "bob", true, now));
                break;
            case 10:
                world.Do((p, s, now) => RolloutCommands.Decline(p, s, "eve", "not now", now));
                break;
            case 11:
                world.Do((p, s, now) => RolloutCommands.Approve(p, s, "eve", true, now));
                break;
            case 6:
                world.Do((p, s, now) => RolloutCommands.Skip(p, s, "ann", now));
                break;
            case 7:
                world.Do((p, s, now) => RolloutCommands.Promote(p, s, p.Candidates[^1].Name, "ann", now));
                break;
            case 8:
                world.Do((p, s, now) => RolloutCommands.Abort(p, s, "stop", now));
                break;
            case 9:
                var (plan, decision) = RolloutCommands.Edit(world.Plan, world.State, world.Plan with
                {
                    Steps = [.. world.Plan.Steps.Where(step => step != Proposal),
                        new WeightStep(1.0 / world.Plan.Candidates.Length),
                        .. world.Plan.Steps.Where(step => step == Proposal)],
                }, "ann", world.Now);
                world.Plan = plan;
                world.Do((_, _, _) => decision);
                break;
        }
    }

    private static ArmShare Answers(RolloutRouting routing, ulong unit, ulong salt)
    {
        var arms = routing.Arms
            .Select(arm => new WeightedRendezvous.Arm(UnitHash.Of(arm.Name.ToString()), arm.Weight)).ToArray();
        return routing.Arms[WeightedRendezvous.Choose(salt, unit, arms)];
    }
}
