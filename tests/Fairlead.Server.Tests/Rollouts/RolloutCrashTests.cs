using System.Net.Sockets;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>
/// Rollouts whose server is killed before and after every write in which something happens to them.
/// </summary>
public sealed class RolloutCrashTests(PostgresServer postgres)
{
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
}
