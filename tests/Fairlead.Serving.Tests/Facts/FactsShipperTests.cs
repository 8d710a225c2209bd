using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Tests.Predict;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using EndpointState = Fairlead.Serving.Routing.EndpointState;

namespace Fairlead.Serving.Tests.Facts;

/// <summary>What becomes of facts while nobody can take them.</summary>
public sealed class FactsShipperTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Sink _sink = new();
    private readonly DataPlane _plane;
    private readonly FactsShipper _shipper;

    public FactsShipperTests()
    {
        _plane = new DataPlane(time: _time);
        _shipper = new FactsShipper(
            _plane.Routing, _plane.Records, _sink, _time, NullLogger<FactsShipper>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _shipper.Dispose();
        await _plane.DisposeAsync();
    }

    [Fact]
    public async Task Facts_OfAGenerationThatEndsWhileTheDatabaseIsAway_AreStoredWhenItIsBack()
    {
        var endpoint = Observed("e");
        await AskAsync("e", 5);
        await ReportAsync();
        _sink.IsAway = true;
        await AskAsync("e", 3);
        MoveOn(endpoint);
        for (var minutes = 0; minutes < 10; minutes++)
            await ReportAsync(TimeSpan.FromMinutes(1));
        _sink.Requests[(1, 1)].ShouldBe(5);

        _sink.IsAway = false;
        await ReportAsync();
        _sink.Requests[(1, 1)].ShouldBe(8);

        // It is over and stored: nothing is left to report.
        var reports = _sink.Reports;
        await ReportAsync();
        (_sink.Reports, _shipper.GivenUp).ShouldBe((reports, 0));
    }

    [Fact]
    public async Task Facts_OfRequestsThatEndAfterTheirGeneration_AreStoredToo()
    {
        var endpoint = Observed("e");
        await ReportAsync();
        var facts = endpoint.Serving!.Facts!;
        MoveOn(endpoint);
        await ReportAsync(TimeSpan.FromSeconds(10));
        facts.Arm(0).Requests.Add(3, 0, 1);
        await ReportAsync(TimeSpan.FromSeconds(10));
        _sink.Requests[(1, 1)].ShouldBe(1);
        facts.Arm(0).Requests.Add(3, 0, 1);
        await ReportAsync(TimeSpan.FromSeconds(30));
        _sink.Requests[(1, 1)].ShouldBe(2);
    }

    [Fact]
    public async Task Generations_BeyondTheBound_AreGivenUpFromTheOldest_AndCounted()
    {
        _sink.IsAway = true;
        for (var i = 1; i <= FactsShipper.MaxWaiting + 3; i++)
        {
            var endpoint = Observed($"e{i}");
            await AskAsync($"e{i}", 1);
            await ReportAsync();
            MoveOn(endpoint);
        }

        await ReportAsync(TimeSpan.FromMinutes(1));
        _shipper.GivenUp.ShouldBe(3);
        _sink.IsAway = false;
        await ReportAsync();

        _sink.Requests.Keys.Select(key => key.Endpoint).Order()
            .ShouldBe(Enumerable.Range(4, FactsShipper.MaxWaiting));
    }

    private EndpointState Observed(string name) =>
        _plane.Add(name, [new Arm("stable", new QuickRuntime())], observe: new Observation());

    /// <summary>Another generation takes over that nobody observes.</summary>
    private static void MoveOn(EndpointState endpoint)
    {
        var before = endpoint.Serving!;
        var route = new EndpointRoute(
            before.Route.Spec with { Observe = null }, before.Route.EndpointNumber, 2, before.Route.Salt);
        endpoint.Swap(new EndpointServing(route, before.Variants));
    }

    private Task ReportAsync(TimeSpan? after = null)
    {
        _time.Advance(after ?? FactsShipper.Interval);
        return _shipper.ReportOnceAsync(TestContext.Current.CancellationToken);
    }

    private async Task AskAsync(string endpoint, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var call = _plane.Calls.Rent();
            call.Begin(endpoint, Principal.Local, new FactsTests.Codec(null, 1), _time.GetTimestamp(),
                CancellationToken.None);
            await _plane.Pipeline.PredictAsync(call);
            _plane.Calls.Return(call);
        }
    }

    /// <summary>Keeps what it is given, unless it is away.</summary>
    private sealed class Sink : IFactsSink
    {
        public bool IsAway { get; set; }

        public int Reports { get; private set; }

        /// <summary>Requests by endpoint and generation.</summary>
        public Dictionary<(int Endpoint, long Generation), double> Requests { get; } = [];

        public Task StoreAsync(IReadOnlyList<FactsReport> reports, CancellationToken cancellation)
        {
            if (IsAway)
                throw new InvalidOperationException("The database is away.");
            Reports++;
            foreach (var report in reports)
            {
                Requests[(report.EndpointNumber, report.Generation)] =
                    report.Facts.Requests.Records.ToArray().Sum();
            }

            return Task.CompletedTask;
        }

        public Task StoreAsync(
            VariantName arm, IReadOnlyList<ShadowExample> examples, CancellationToken cancellation) =>
            Task.CompletedTask;

        public Task StoreAsync(IReadOnlyList<AnswerRecord> records, CancellationToken cancellation) =>
            Task.CompletedTask;
    }
}
