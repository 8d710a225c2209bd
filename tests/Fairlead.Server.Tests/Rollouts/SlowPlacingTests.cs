using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Routing;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>A version that loads slowly for one endpoint is nobody else's trouble.</summary>
public sealed class SlowPlacingTests(PostgresServer postgres)
{
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Load_ThatDoesNotEnd_DelaysNoOtherEndpointsAbort(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        await server.Client.PutEndpointAsync("slow", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 }],
        });
        await using var follower = new Follower(server, endpoint =>
            endpoint.Spec.Name.ToString() == "slow" && endpoint.Spec.Variants.Length > 1
                ? Follower.Serves(endpoint) with { State = PlacementState.Placing }
                : Follower.Serves(endpoint));
        var slow = (await server.Client.StartRolloutAsync(
            Rollout(Weight(0.5), Pause()) with { Endpoint = "slow" })).Id;
        var id = (await server.Client.StartRolloutAsync(Rollout(Weight(0.5), Pause()))).Id;
        await UntilAsync(server.Client, id, rollout => rollout is { Step: 2, Followed: true });

        (await server.Client.AbortRolloutAsync(id, "enough")).Phase.ShouldBe("rolled back");

        (await SharesAsync(server.Client)).ShouldBe(new() { ["stable"] = 1.0 });
        for (var left = 1200; left > 0 && !IsServed(await server.Client.GetEndpointAsync("e")); left--)
            await Task.Delay(25, TestContext.Current.CancellationToken);
        IsServed(await server.Client.GetEndpointAsync("e")).ShouldBeTrue();
        (await server.Client.GetRolloutAsync(slow)).ShouldSatisfyAllConditions(
            rollout => rollout.Phase.ShouldBe("running"), rollout => rollout.Followed.ShouldBeFalse());

        // The slow one can be aborted as well, while its load still goes on.
        (await server.Client.AbortRolloutAsync(slow, "enough")).Phase.ShouldBe("rolled back");
        (await SharesAsync(server.Client, "slow")).ShouldBe(new() { ["stable"] = 1.0 });
    }

    private static bool IsServed(EndpointInfo endpoint) =>
        endpoint.Placements.All(each => each.ServingGeneration == endpoint.Generation);
}
