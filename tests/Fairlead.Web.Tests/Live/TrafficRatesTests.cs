using Fairlead.Web.Live;

namespace Fairlead.Web.Tests.Live;

public sealed class TrafficRatesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Between_CountersOfOneReplica_AreDivided()
    {
        var rates = TrafficRates.Between(
            Samples.Traffic(Start, "credit", 100, failed: 1),
            Samples.Traffic(Start.AddSeconds(10), "credit", 300, failed: 5), alone: true);

        rates["credit"].PerSecond.ShouldBe(20);
        rates["credit"].FailedShare.ShouldBe(0.02);
        rates["credit"].Variants["stable"].ShouldBe(20);
    }

    [Fact]
    public void Between_CounterThatBeganAnew_CountsFromNothing()
    {
        var rates = TrafficRates.Between(
            Samples.Traffic(Start, "credit", 1000), Samples.Traffic(Start.AddSeconds(10), "credit", 50), alone: true);

        rates["credit"].PerSecond.ShouldBe(5);
    }

    [Fact]
    public void Between_SeveralReplicas_TakesTheNewestMinute()
    {
        var rates = TrafficRates.Between(
            Samples.Traffic(Start, "credit", 0), Samples.Traffic(Start.AddSeconds(10), "credit", 9), alone: false);

        rates["credit"].PerSecond.ShouldBe(2);
        rates["credit"].FailedShare.ShouldBe(0.1);
    }
}
