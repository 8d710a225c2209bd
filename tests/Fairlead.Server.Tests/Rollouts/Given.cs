using System.Collections.Immutable;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>What the tests of rollouts begin with.</summary>
internal static class Given
{
    /// <summary>The model <c>m</c> with some versions, of which an endpoint <c>e</c> serves the first.</summary>
    public static async Task EndpointAsync(TestServer server, int versions = 2, string endpoint = "e")
    {
        for (var i = 0; i < versions; i++)
            await server.RegisterAsync("m");
        await server.Client.PutEndpointAsync(endpoint, new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 }],
        });
    }

    /// <summary>Leaves an endpoint to be rolled out in a folder and a database, for processes to come.</summary>
    public static async Task PrepareAsync(string folder, string? connection)
    {
        await using var server = await TestServer.StartAsync(options =>
            (options.DataFolder, options.PostgresConnection) = (Path.Combine(folder, "data"), connection));
        await EndpointAsync(server);
    }

    /// <summary>What happened to a rollout, the first thing first.</summary>
    public static async Task<List<string>> EventsAsync(FairleadClient client, long id) =>
        [.. (await client.ListRolloutEventsAsync(id, new PageRequest(1000, null))).Items.Reverse()
            .Select(each => $"{each.Kind} {each.Step}/{each.Generation}")];

    /// <summary>A rollout of version 2, without guards unless they are added.</summary>
    public static RolloutRequest Rollout(params StepRequest[] steps) => new()
    {
        Endpoint = "e",
        Candidates = [new CandidateRequest { Version = 2 }],
        Steps = steps,
        Guards = [],
    };

    public static StepRequest Weight(double share, bool control = false) =>
        new() { Weight = new WeightStepRequest { Share = share, Control = control } };

    public static StepRequest Pause(TimeSpan? time = null) => new() { Pause = new PauseStepRequest { For = time } };

    public static StepRequest Approve(int count = 1, bool notByAuthor = false) =>
        new() { Approve = new ApproveStepRequest { Count = count, NotByAuthor = notByAuthor } };

    public static StepRequest Switch() => new() { Switch = new NoOptions() };

    /// <summary>Waits until a rollout is as it is expected to become.</summary>
    public static async Task<RolloutInfo> UntilAsync(FairleadClient client, long id, Func<RolloutInfo, bool> expected)
    {
        RolloutInfo? seen = null;
        for (var i = 0; i < 1200; i++)
        {
            seen = await client.GetRolloutAsync(id);
            if (expected(seen))
                return seen;
            await Task.Delay(25);
        }

        throw new ShouldAssertException(
            $"After 30 s the rollout is {seen!.Phase} at step {seen.Step} (followed: {seen.Followed}): {seen.Reason}");
    }

    public static Task<RolloutInfo> UntilPhaseAsync(FairleadClient client, long id, string phase) =>
        UntilAsync(client, id, rollout => rollout.Phase == phase);

    /// <summary>The shares of an endpoint's variants, by name.</summary>
    public static async Task<Dictionary<string, double>> SharesAsync(FairleadClient client, string endpoint = "e") =>
        (await client.GetEndpointAsync(endpoint)).Variants.ToDictionary(each => each.Name, each => each.Share);
}

/// <summary>Figures that a test sets; a working source in place of live traffic.</summary>
internal sealed class SetFigures : IRolloutFigures
{
    /// <summary>What is known of a rollout. Default: nothing.</summary>
    public Func<RolloutSubject, CancellationToken, Task<RolloutFigures>> Read { get; set; } =
        (_, _) => Task.FromResult(RolloutFigures.None);

    public Task<RolloutFigures> ReadAsync(RolloutSubject subject, CancellationToken cancellation) =>
        Read(subject, cancellation);

    /// <summary>Every guard and gate of a candidate sees these error rates, from 10,000 requests an arm.</summary>
    public static RolloutFigures Errors(RolloutSubject subject, double stable, double candidate)
    {
        ArmFigure Arm(double rate) => new(10_000, rate, rate * (1 - rate) / 10_000);
        var seen = new CheckFacts
        {
            Phases = [new PhaseFigures(subject.State.Generation, Arm(stable), Arm(candidate))],
            Observed = TimeSpan.FromHours(1),
        };
        var steps = subject.Plan.Steps.SelectMany((step, i) =>
            step is AnalyseStep analyse ? analyse.Checks.Select(check => ((int?)i, check)) : []);
        return new RolloutFigures
        {
            Checks = subject.Plan.Guards.Select(check => ((int?)null, check)).Concat(steps)
                .SelectMany(each => subject.Plan.Candidates.Select(candidate =>
                    KeyValuePair.Create(RolloutState.KeyOf(each.Item1, each.check.Name, candidate.Name), seen)))
                .ToImmutableDictionary(),
        };
    }
}
