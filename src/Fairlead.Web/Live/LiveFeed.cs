using System.Net;
using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Web.Live;

/// <summary>
/// Reads what is going on while anybody looks, once for all of them: everybody with the same key shares one feed.
/// Pages subscribe and are told of every reading.
/// </summary>
/// <param name="client">Reads as the key's holder.</param>
/// <param name="time">The clock.</param>
public sealed class LiveFeed(FairleadClient client, TimeProvider time)
{
    /// <summary>Time from reading to reading.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>A reading that takes longer counts as failed.</summary>
    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(20);

    /// <summary>Every so many readings those lists are read that seldom change.</summary>
    private const int SlowEvery = 4;

    private readonly Lock _lock = new();
    private readonly List<Action<LiveState>> _watchers = [];
    private readonly Queue<TrafficInfo> _past = new();
    private IReadOnlyList<MonitorInfo> _monitors = [];
    private LiveState? _state;
    private Action? _end;
    private int _readings;

    /// <summary>The last reading; null before the first one.</summary>
    public LiveState? State => Volatile.Read(ref _state);

    /// <summary>Nobody looks.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return _watchers.Count == 0;
        }
    }

    /// <summary>Tells a watcher of every reading until it lets go; it is called on a thread of the pool.</summary>
    public IDisposable Watch(Action<LiveState> watcher)
    {
        lock (_lock)
        {
            _watchers.Add(watcher);
            if (_watchers.Count == 1)
            {
                var ending = new CancellationTokenSource();
                var ended = ending.Token;
                _ = Task.Run(() => RunAsync(ended), CancellationToken.None);
                _end = () =>
                {
                    ending.Cancel();
                    ending.Dispose();
                };
            }
        }

        return new Watching(() => LetGo(watcher));
    }

    /// <summary>A reading that is fresh enough to begin a page with.</summary>
    public async Task<LiveState> NowAsync(CancellationToken cancellation = default)
    {
        if (State is { SignedOut: false } state && time.GetUtcNow() - state.At < Interval * 2)
            return state;
        return await ReadAsync(cancellation);
    }

    private void LetGo(Action<LiveState> watcher)
    {
        Action? end = null;
        lock (_lock)
        {
            if (_watchers.Remove(watcher) && _watchers.Count == 0)
                (end, _end) = (_end, null);
        }

        end?.Invoke();
    }

    private async Task RunAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                var state = await ReadAsync(ended);
                Action<LiveState>[] watchers;
                lock (_lock)
                    watchers = [.. _watchers];
                foreach (var watcher in watchers)
                    watcher(state);
            }
            while (await timer.WaitForNextTickAsync(ended));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The last one who looked is gone.
        }
    }

    private async Task<LiveState> ReadAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(LongestReading);
        LiveState state;
        try
        {
            state = await ReadAllAsync(limit.Token);
        }
        catch (FairleadApiException refused) when (refused.Status == HttpStatusCode.Unauthorized)
        {
            state = new LiveState { At = time.GetUtcNow(), SignedOut = true };
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            state = (State ?? new LiveState()) with { At = time.GetUtcNow(), Failure = failure.Message };
        }

        Volatile.Write(ref _state, state);
        return state;
    }

    private async Task<LiveState> ReadAllAsync(CancellationToken cancellation)
    {
        var traffic = await client.GetTrafficAsync(cancellation);
        var endpoints = await Lists.AllAsync(page => client.ListEndpointsAsync(page, cancellation));
        var rollouts = await Lists.AllAsync(
            page => client.ListRolloutsAsync(new RolloutFilter { Active = true }, page, cancellation));
        var alerts = await Lists.AllAsync(
            page => client.ListAlertsAsync(new AlertFilter { State = "firing" }, page, cancellation));
        if (Interlocked.Increment(ref _readings) % SlowEvery == 1)
            _monitors = await Lists.AllAsync(page => client.ListMonitorsAsync(null, page, cancellation));

        return new LiveState
        {
            At = time.GetUtcNow(),
            Endpoints = endpoints,
            Rollouts = rollouts,
            Alerts = alerts,
            Monitors = _monitors,
            Traffic = traffic,
            Rates = Rates(traffic, endpoints),
        };
    }

    private Dictionary<string, TrafficRate> Rates(TrafficInfo traffic, List<EndpointInfo> endpoints)
    {
        lock (_past)
        {
            while (_past.Count > 1 && traffic.At - _past.Peek().At > TrafficRates.Span)
                _past.Dequeue();
            _past.TryPeek(out var before);
            _past.Enqueue(traffic);
            var alone = endpoints.All(each => each.Placements.Count(placement => placement.Live) <= 1);
            return TrafficRates.Between(before, traffic, alone);
        }
    }

    private sealed class Watching(Action letGo) : IDisposable
    {
        private Action? _letGo = letGo;

        public void Dispose() => Interlocked.Exchange(ref _letGo, null)?.Invoke();
    }
}
