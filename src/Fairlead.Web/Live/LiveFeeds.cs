using Fairlead.Client;
using Fairlead.Web.Hosting;

namespace Fairlead.Web.Live;

/// <summary>The feeds of this process, one a key: what its holder may see is decided by the API, for all who share it.
/// </summary>
public sealed class LiveFeeds(IConsoleDoor door, TimeProvider time)
{
    /// <summary>Feeds that nobody looks at any more are kept up to this number.</summary>
    public const int MostIdle = 16;

    private readonly Dictionary<long, LiveFeed> _feeds = [];
    private readonly Lock _lock = new();

    /// <summary>The feed of everybody who signed in with a key.</summary>
    public LiveFeed For(ConsoleSession? session)
    {
        var key = session?.KeyId ?? 0;
        lock (_lock)
        {
            if (_feeds.TryGetValue(key, out var feed))
                return feed;
            foreach (var idle in _feeds.Where(each => each.Value.IsIdle).Skip(MostIdle - 1).ToList())
                _feeds.Remove(idle.Key);
            feed = new LiveFeed(Clients.For(door, session), time);
            _feeds.Add(key, feed);
            return feed;
        }
    }
}

/// <summary>The typed client over the host's own pipeline.</summary>
internal static class Clients
{
    public static FairleadClient For(IConsoleDoor door, ConsoleSession? session) =>
        new(new HttpClient(door.HandlerFor(session ?? Everybody))
        {
            BaseAddress = new Uri("http://localhost/"),
            Timeout = Timeout.InfiniteTimeSpan,
        });

    /// <summary>Where the server asks for no keys; where it does, no key has this number.</summary>
    private static readonly ConsoleSession Everybody = new(0, DateTimeOffset.MaxValue);
}
