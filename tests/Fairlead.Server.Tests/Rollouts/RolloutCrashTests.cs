using System.Net.Sockets;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>
/// Rollouts whose server is killed before and after every write in which something happens to them, and whose
/// controllers are killed and stopped while another one is there.
/// </summary>
public sealed class RolloutCrashTests(PostgresServer postgres)
{
    // What the log says of a late write: fenced off by the token, or failed because the database had ended it.
    private const int Fenced = 2062;
    private const int LookFailed = 2063;

    private static readonly RolloutRequest Ladder =
        Rollout(Weight(0.1), Pause(TimeSpan.FromMilliseconds(10)), Weight(1)) with { Alias = "champion" };

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Killed_AroundEveryWrite_ReachesTheSameEndAsAnUndisturbedOne(Engine engine)
    {
        string undisturbed;
        await using (var server = await TestServer.StartAsync(engine, postgres))
        await using (new Follower(server))
        {
            await EndpointAsync(server);
            var id = (await server.Client.StartRolloutAsync(Ladder)).Id;
            await UntilPhaseAsync(server.Client, id, "succeeded");
            undisturbed = await StoryAsync(server.Client);
        }

        var folder = Directory.CreateTempSubdirectory("fairlead-rollout-crash-").FullName;
        var connection = engine == Engine.Postgres ? await postgres.CreateDatabaseAsync() : null;
        await PrepareAsync(folder, connection);

        // One life more than there are points: the last one finds the rollout at its end.
        var lives = 0;
        for (var isOver = false; !isOver; lives++)
        {
            lives.ShouldBeLessThan(60);
            await using var process = await RolloutProcess.StartAsync(
                folder, connection, lives % 2 == 0 ? "before-commit" : "after-commit");
            isOver = await LiveAsync(process);
            if (isOver)
                (await StoryAsync(process.Client)).ShouldBe(undisturbed);
        }

        // The start, the pause, the last step and the promotion were each hit twice.
        lives.ShouldBeGreaterThan(8);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Controller_ThatIsKilled_IsReplacedWithinTheLease()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-rollout-two-").FullName;
        var connection = await postgres.CreateDatabaseAsync();
        await PrepareAsync(Path.Combine(folder, "one"), connection);
        var one = await RolloutProcess.StartAsync(Path.Combine(folder, "one"), connection);
        await using var two = await RolloutProcess.StartAsync(Path.Combine(folder, "two"), connection);
        var id = (await two.Client.StartRolloutAsync(Rollout(Weight(0.1), Pause(), Weight(1)))).Id;
        await UntilAsync(two.Client, id, rollout => rollout is { Step: 2, Followed: true });
        two.HasLogged(2060).ShouldBeFalse("two controllers at once");

        await one.DisposeAsync();
        await two.Client.SkipRolloutStepAsync(id, "go on");

        await UntilPhaseAsync(two.Client, id, "succeeded");
        two.HasLogged(2060).ShouldBeTrue();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// Once where it has decided and not begun to write, and once where it holds the lock that every writer needs.
    /// </summary>
    [Theory]
    [InlineData("before-lock")]
    [InlineData("in-transaction")]
    public async Task Controller_ThatIsStoppedBeyondItsLease_WritesNothingWhenItGoesOn(string point)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-rollout-stop-").FullName;
        var connection = await postgres.CreateDatabaseAsync();
        await PrepareAsync(Path.Combine(folder, "one"), connection);
        await using var one = await RolloutProcess.StartAsync(Path.Combine(folder, "one"), connection);
        await using var two = await RolloutProcess.StartAsync(Path.Combine(folder, "two"), connection);
        var id = (await two.Client.StartRolloutAsync(Rollout(Weight(0.1), Pause(), Weight(0.5), Pause()))).Id;
        await UntilAsync(two.Client, id, rollout => rollout is { Step: 2, Followed: true });
        two.HasLogged(2060).ShouldBeFalse("two controllers at once");

        await one.OrderAsync(point);
        await two.Client.SkipRolloutStepAsync(id, "go on");
        await EventuallyAsync(() => one.IsStopped, "the first process meets its point");
        await EventuallyAsync(() => two.HasLogged(2060), "the second one takes over");
        var moved = await UntilAsync(two.Client, id, rollout => rollout is { Step: 4, Followed: true });
        var events = await EventsAsync(two.Client, id);

        await one.ContinueAsync();
        await EventuallyAsync(
            () => one.HasLogged(Fenced) || one.HasLogged(LookFailed), "the late write is given up");

        (await EventsAsync(two.Client, id)).ShouldBe(events);
        (await one.Client.GetRolloutAsync(id)).Generation.ShouldBe(moved.Generation);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task PrepareAsync(string folder, string? connection)
    {
        await using var server = await TestServer.StartAsync(options =>
            (options.DataFolder, options.PostgresConnection) = (Path.Combine(folder, "data"), connection));
        await EndpointAsync(server);
    }

    /// <summary>Starts the rollout unless it was, and waits for its end or that of the process.</summary>
    private static async Task<bool> LiveAsync(RolloutProcess process)
    {
        try
        {
            var known = (await process.Client.ListRolloutsAsync()).Items;
            var id = known.Count > 0 ? known[0].Id : (await process.Client.StartRolloutAsync(Ladder)).Id;
            while (!process.HasEnded)
            {
                if ((await process.Client.GetRolloutAsync(id)).Phase == "succeeded")
                    return true;
                await Task.Delay(20);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            // It was killed while it was asked, or while it answered.
        }

        return false;
    }

    /// <summary>
    /// What came of it: every division of the traffic in order, the end, the alias, what people were told.
    /// </summary>
    private static async Task<string> StoryAsync(FairleadClient client)
    {
        var rollout = (await client.ListRolloutsAsync()).Items.ShouldHaveSingleItem();
        var history = (await client.ListEndpointHistoryAsync("e")).Items.Reverse()
            .Select(each => $"{each.Generation}: " + string.Join(", ", each.Endpoint!.Variants.Select(
                variant => $"{variant.Name} {variant.Model}/{variant.Version} {variant.Share:0.##}")));
        return string.Join('\n', [
            .. history,
            $"{rollout.Phase} at {rollout.Step}, {rollout.Winner}",
            $"champion: {(await client.GetModelAsync("m")).Aliases["champion"]}",
            string.Join(", ", await EventsAsync(client, rollout.Id))]);
    }

    private static async Task<List<string>> EventsAsync(FairleadClient client, long id) =>
        [.. (await client.ListRolloutEventsAsync(id, new PageRequest(1000, null))).Items.Reverse()
            .Select(each => $"{each.Kind} {each.Step}/{each.Generation}")];

    private static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        for (var i = 0; i < 1600 && !condition(); i++)
            await Task.Delay(25);
        condition().ShouldBeTrue($"not within 40 s: {what}");
    }
}
