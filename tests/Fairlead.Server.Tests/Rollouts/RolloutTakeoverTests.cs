using Fairlead.Server.Tests.Hosting;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>Rollouts whose controllers are killed and stopped while another one is there.</summary>
public sealed class RolloutTakeoverTests(PostgresServer postgres)
{
    // What the log says of a late write: fenced off by the token, or failed because the database had ended it.
    private const int Fenced = 2062;
    private const int LookFailed = 2063;

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

    private static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        for (var i = 0; i < 1600 && !condition(); i++)
            await Task.Delay(25);
        condition().ShouldBeTrue($"not within 40 s: {what}");
    }
}
