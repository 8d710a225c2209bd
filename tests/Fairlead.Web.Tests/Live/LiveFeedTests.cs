using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Web.Live;

namespace Fairlead.Web.Tests.Live;

public sealed class LiveFeedTests
{
    private readonly FakeDoor _door = new();

    [Fact]
    public async Task LiveFeed_ManyWatchers_ReadOnceForAll()
    {
        var feed = Feed();
        var told = new TaskCompletionSource();
        var waiting = 100;
        var watching = Enumerable.Range(0, 100).Select(_ => feed.Watch(_ =>
        {
            if (Interlocked.Decrement(ref waiting) == 0)
                told.TrySetResult();
        })).ToList();

        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        watching.ForEach(each => each.Dispose());

        feed.IsIdle.ShouldBeTrue();
        _door.Asked.Count(asked => asked == "GET /api/v1/traffic").ShouldBeLessThan(4);
    }

    [Fact]
    public async Task LiveFeed_KeyRevoked_SaysSo()
    {
        _door.IsRevoked = true;

        (await Feed().NowAsync(TestContext.Current.CancellationToken)).SignedOut.ShouldBeTrue();
    }

    [Fact]
    public async Task LiveFeed_ServerInTrouble_KeepsWhatItHadAndSaysWhy()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch);
        _door.Answer("GET /api/v1/endpoints", new Page<EndpointInfo>([Samples.Endpoint("credit")]));
        var feed = new LiveFeed(Client(), clock);
        await feed.NowAsync(TestContext.Current.CancellationToken);
        _door.Answer("GET /api/v1/endpoints", new Problem { Status = 503, Detail = "The database cannot be reached." });
        clock.Advance(LiveFeed.Interval * 3);

        var state = await feed.NowAsync(TestContext.Current.CancellationToken);

        state.Endpoints.ShouldHaveSingleItem().Name.ShouldBe("credit");
        state.Failure.ShouldBe("The database cannot be reached.");
    }

    private LiveFeed Feed() => new(Client(), TimeProvider.System);

    private FairleadClient Client() =>
        new(new HttpClient(_door.HandlerFor(null)) { BaseAddress = new Uri("http://localhost/") });
}
