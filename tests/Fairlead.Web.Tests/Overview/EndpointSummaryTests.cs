using Fairlead.Client.Api;
using Fairlead.Web.Overview;

namespace Fairlead.Web.Tests.Overview;

public sealed class EndpointSummaryTests
{
    [Theory]
    [InlineData("serving", "serving", "healthy")]
    [InlineData("serving", "placing", "placing")]
    [InlineData("serving", "failed", "degraded")]
    [InlineData("failed", "failed", "failing")]
    public void HealthOf_TwoReplicas_SaysTheWorse(string first, string second, string health)
    {
        var endpoint = Samples.Endpoint("credit") with { Placements = [Placement(first), Placement(second)] };

        EndpointSummary.HealthOf(endpoint).Health.ShouldBe(health);
    }

    [Fact]
    public void HealthOf_ReplicaThatIsGone_DoesNotCount()
    {
        var endpoint = Samples.Endpoint("credit") with
        {
            Placements = [Placement("serving"), Placement("failed") with { Live = false }],
        };

        EndpointSummary.HealthOf(endpoint).Health.ShouldBe("healthy");
    }

    [Fact]
    public void HealthOf_NoLiveReplica_SaysSo() => EndpointSummary
        .HealthOf(Samples.Endpoint("credit") with { Placements = [] }).Why.ShouldBe("no live replica has taken it up");

    private static PlacementInfo Placement(string state) => new()
    {
        Replica = "one",
        State = state,
        Live = true,
        ServingGeneration = state == "serving" ? 3 : 0,
    };
}
