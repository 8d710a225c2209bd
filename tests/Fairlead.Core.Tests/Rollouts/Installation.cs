using System.Collections.Immutable;
using System.Text.Json;
using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

/// <summary>
/// An installation around the machine: it stores what the machine decides, gives generations, and has replicas that
/// follow. The state passes through its written form at every look, as it does in life.
/// </summary>
internal sealed class Installation
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly Dictionary<string, long> _replicas;
    private long _generation = 1;
    private RolloutState? _state;

    public Installation(RolloutPlan plan, int replicas = 2)
    {
        Plan = plan;
        _replicas = Enumerable.Range(0, replicas).ToDictionary(i => $"replica-{i}", _ => 1L);
    }

    public DateTimeOffset Now { get; private set; } = Plans.Noon;

    public RolloutPlan Plan { get; set; }

    /// <summary>The stored state; asking for it the first time starts the rollout.</summary>
    public RolloutState State
    {
        get => _state ??= Keep(RolloutMachine.Start(Plan, Now));
        private set => _state = value;
    }

    public List<RolloutEvent> Events { get; } = [];

    public List<RolloutRouting> Routings { get; } = [];

    /// <summary>Replicas take up a new generation as soon as it is there.</summary>
    public bool ReplicasFollow { get; set; } = true;

    /// <summary>A generation that the first replica cannot place, with the reason.</summary>
    public string? CannotPlace { get; set; }

    /// <summary>What every check sees of every candidate; by default nothing.</summary>
    public Func<Check, Candidate, CheckFacts> Sees { get; set; } = (_, _) => CheckFacts.None;

    public int Promotions { get; private set; }

    public RolloutFacts Facts => new()
    {
        Replicas = [.. _replicas.Select((replica, i) => new ReplicaFacts(
            replica.Key, replica.Value, i == 0 && CannotPlace is not null ? State.Generation : 0, CannotPlace))],
        Checks = Plan.Candidates.SelectMany(candidate => Armed().Select(armed => (
                Key: RolloutState.KeyOf(armed.Step, armed.Check.Name, candidate.Name),
                Facts: Sees(armed.Check, candidate))))
            .ToImmutableDictionary(each => each.Key, each => each.Facts),
    };

    /// <summary>Lets time pass in looks of a few seconds.</summary>
    public Installation Passes(TimeSpan time)
    {
        for (var end = Now + time; Now < end;)
        {
            Now += TimeSpan.FromSeconds(Math.Min(5, (end - Now).TotalSeconds));
            Look();
        }

        return this;
    }

    /// <summary>Nobody looks for a while.</summary>
    public Installation Sleeps(TimeSpan time)
    {
        Now += time;
        return this;
    }

    public Installation Look()
    {
        State = Keep(RolloutMachine.Decide(Plan, State, Facts, Now));
        return this;
    }

    public void Do(Func<RolloutPlan, RolloutState, DateTimeOffset, RolloutDecision> command) =>
        State = Keep(command(Plan, State, Now));

    public double Weight(string arm) =>
        State.Routing.Arms.SingleOrDefault(each => each.Name.ToString() == arm).Weight;

    private RolloutState Keep(RolloutDecision decision)
    {
        Events.AddRange(decision.Events);
        var state = decision.State;
        if (decision.Promotes)
            Promotions++;
        if (decision.Routes)
        {
            Routings.Add(state.Routing);
            state = state with { Generation = ++_generation };
        }

        if (ReplicasFollow && CannotPlace is null)
        {
            foreach (var replica in _replicas.Keys.ToList())
                _replicas[replica] = _generation;
        }

        return JsonSerializer.Deserialize<RolloutState>(JsonSerializer.Serialize(state, Json), Json)!;
    }

    private IEnumerable<(int? Step, Check Check)> Armed()
    {
        foreach (var guard in Plan.Guards)
            yield return (null, guard);
        for (var step = 0; step < Plan.Steps.Length; step++)
        {
            if (Plan.Steps[step] is AnalyseStep analyse)
            {
                foreach (var check in analyse.Checks)
                    yield return (step, check);
            }
        }
    }
}
