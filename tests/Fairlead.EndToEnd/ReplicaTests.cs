using System.Runtime.InteropServices;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.EndToEnd.Program;
using Fairlead.Server.Tests.Hosting;
using Npgsql;

namespace Fairlead.EndToEnd;

/// <summary>Replicas of the built program on a real PostgreSQL, while parts of the installation are away.</summary>
public sealed class ReplicaTests(PostgresServer postgres)
{
    private const int SigStop = 19;
    private const int SigContinue = 18;
    private const string Calm = "calm";

    [Fact]
    public async Task Replica_WithoutItsDatabase_GoesBackToStable_AndRejoinsByItself()
    {
        using var folder = new TemporaryFolder();
        await using var own = new PostgresServer();
        await using var server = await ServerProcess.StartAsync(
            folder.In("data"), "--postgres", await own.CreateDatabaseAsync(), "--contact-grace", "2s");
        await EndpointAsync(server.Client);
        await server.Client.PutEndpointAsync(Calm, Divided(), TimeSpan.FromSeconds(60));
        await server.Client.StartRolloutAsync(Rollout(Weight(0.5), Pause(TimeSpan.FromDays(1))));
        var user = await UserOfAsync(server.Client, Credit.Name, version: 2);
        var calm = await UserOfAsync(server.Client, Calm, version: 2);
        await using var load = new Load(server.Http, Credit.Name);

        await own.StopAsync();
        await UntilVersionAsync(server.Client, user, 1);

        // No rollout holds the other endpoint, so it stays as it was.
        (await AskAsync(server.Client, Calm, calm)).Version.ShouldBe(2);
        (await AskAsync(server.Client, Credit.Name, user)).Arm.ShouldBe("v1");
        var lost = await MetricsAsync(server.Http);
        lost.ShouldContain($"fairlead_endpoint_without_contact{{endpoint=\"{Credit.Name}\"}} 1");
        lost.ShouldContain($"fairlead_endpoint_without_contact{{endpoint=\"{Calm}\"}} 0");

        await own.StartAgainAsync();
        await UntilVersionAsync(server.Client, user, 2);
        var back = await MetricsAsync(server.Http);
        back.ShouldContain($"fairlead_endpoint_without_contact{{endpoint=\"{Credit.Name}\"}} 0");
        back.ShouldContain($"fairlead_endpoint_contact_losses_total{{endpoint=\"{Credit.Name}\"}} 1");
        server.Error.ShouldContain("The database answers again");
        await load.MoreAsync(10);
        load.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task TwoReplicas_OneControls_AndBothAnswerWhileTheControllerIsStoppedAndKilled()
    {
        using var folder = new TemporaryFolder();
        var connection = await postgres.CreateDatabaseAsync();
        await using var one = await StartAsync(folder, "one", connection);
        await EndpointAsync(one.Client);
        await using var two = await StartAsync(folder, "two", connection);
        var id = (await one.Client.StartRolloutAsync(Rollout(
            [.. Enumerable.Range(1, 40).SelectMany(i => (StepRequest[])
                [Weight(i / 100.0), Pause(TimeSpan.FromSeconds(1))])]))).Id;
        await using var atOne = new Load(one.Http, Credit.Name);
        await using var atTwo = new Load(two.Http, Credit.Name);
        await Task.WhenAll(atOne.MoreAsync(20), atTwo.MoreAsync(20));

        // The one that controls is stopped beyond its lease: the other answers on, takes over, and moves the rollout.
        var (holder, token) = await LeaseAsync(connection);
        var firstControls = holder == (await one.Client.GetStatusAsync()).Replica;
        var (stopped, other) = firstControls ? (one, two) : (two, one);
        var (atStopped, atOther) = firstControls ? (atOne, atTwo) : (atTwo, atOne);
        _ = Kill(stopped.Id, SigStop);
        var taken = await UntilTakenAsync(connection, token);
        taken.Token.ShouldBe(token + 1);
        taken.Holder.ShouldBe((await other.Client.GetStatusAsync()).Replica);
        var step = (await other.Client.GetRolloutAsync(id)).Step;
        await UntilAsync(async () => (await other.Client.GetRolloutAsync(id)).Step > step);
        await atOther.MoreAsync(20);

        // When it goes on, it answers and controls nothing; its requests that waited are answered, not lost.
        _ = Kill(stopped.Id, SigContinue);
        await Task.WhenAll(atStopped.MoreAsync(20), atOther.MoreAsync(20));
        await UntilAsync(() => Task.FromResult(stopped.Error.Contains("no longer controls", StringComparison.Ordinal)));
        (await LeaseAsync(connection)).ShouldBe(taken);
        atStopped.Failures.ShouldBeEmpty();
        atOther.Failures.ShouldBeEmpty();

        // The new controller is killed: the first takes over again, and goes on where the rollout was.
        step = (await stopped.Client.GetRolloutAsync(id)).Step;
        await other.KillAsync();
        (await UntilTakenAsync(connection, taken.Token)).Holder.ShouldBe(holder);
        await UntilAsync(async () => (await stopped.Client.GetRolloutAsync(id)).Step > step);
        (await stopped.Client.AbortRolloutAsync(id, "enough")).Phase.ShouldBe("rolled back");
        await atStopped.MoreAsync(20);
        atStopped.Failures.ShouldBeEmpty();
    }

    private static Task<ServerProcess> StartAsync(TemporaryFolder folder, string name, string connection) =>
        ServerProcess.StartAsync(folder.In(name), "--postgres", connection, "--artifacts", folder.In("artifacts"));

    private static async Task EndpointAsync(FairleadClient client)
    {
        await Credit.RegisterAsync(client, "logistic");
        await Credit.RegisterAsync(client, "boosted");
        await Credit.ServeAsync(client, "header:X-User", (1, 1));
    }

    private static PutEndpointRequest Divided() => new()
    {
        Unit = "header:X-User",
        Variants =
        [
            new VariantRequest { Name = "a", Model = Credit.Name, Version = 1 },
            new VariantRequest { Name = "b", Model = Credit.Name, Version = 2 },
        ],
    };

    private static RolloutRequest Rollout(params StepRequest[] steps) => new()
    {
        Endpoint = Credit.Name,
        Candidates = [new CandidateRequest { Version = 2 }],
        Steps = steps,
        Guards = [],
    };

    private static StepRequest Weight(double share) => new() { Weight = new WeightStepRequest { Share = share } };

    private static StepRequest Pause(TimeSpan time) => new() { Pause = new PauseStepRequest { For = time } };

    private static Task<PredictAnswer> AskAsync(FairleadClient client, string endpoint, string user) =>
        client.PredictAsync(endpoint, new PredictRequest([Credit.Row()]), ("X-User", user));

    /// <summary>A user who is answered by a version, once that version answers anybody.</summary>
    private static async Task<string> UserOfAsync(FairleadClient client, string endpoint, int version)
    {
        string? found = null;
        await UntilAsync(async () =>
        {
            for (var user = 0; user < 20 && found is null; user++)
            {
                if ((await AskAsync(client, endpoint, $"u{user}")).Version == version)
                    found = $"u{user}";
            }

            return found is not null;
        });
        return found!;
    }

    private static async Task<string> MetricsAsync(Uri server)
    {
        using var http = new HttpClient { BaseAddress = server };
        return await http.GetStringAsync("/metrics");
    }

    private static Task UntilVersionAsync(FairleadClient client, string user, int version) =>
        UntilAsync(async () => (await AskAsync(client, Credit.Name, user)).Version == version);

    private static async Task<(string Holder, long Token)> UntilTakenAsync(string connection, long before)
    {
        (string Holder, long Token) lease = default;
        await UntilAsync(async () => (lease = await LeaseAsync(connection)).Token > before);
        return lease;
    }

    private static async Task<(string Holder, long Token)> LeaseAsync(string connection)
    {
        await using var open = new NpgsqlConnection(connection);
        await open.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT holder, token FROM leases", open);
        await using var reader = await command.ExecuteReaderAsync();
        (await reader.ReadAsync()).ShouldBeTrue();
        var lease = (reader.GetString(0), reader.GetInt64(1));
        (await reader.ReadAsync()).ShouldBeFalse();
        return lease;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var left = 600; left > 0; left--)
        {
            if (await holds())
                return;
            await Task.Delay(100);
        }

        throw new TimeoutException("It did not come about within a minute.");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
