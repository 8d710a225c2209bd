using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Routing;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>
/// In place of a data plane: says of every generation that it serves, as soon as it hears of it, unless it is told not
/// to.
/// </summary>
internal sealed class Follower : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    /// <param name="server">The server whose feed it follows.</param>
    /// <param name="report">What it says of an endpoint; null: as told above.</param>
    public Follower(TestServer server, Func<RoutedEndpoint, PlacementReport>? report = null) =>
        _work = FollowAsync(server.Feed, report ?? Serves);

    public static PlacementReport Serves(RoutedEndpoint endpoint) =>
        new(endpoint.Spec.Name, endpoint.Generation, PlacementState.Serving);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        _end.Dispose();
    }

    private async Task FollowAsync(IRoutingFeed feed, Func<RoutedEndpoint, PlacementReport> report)
    {
        var said = new Dictionary<string, long>();
        try
        {
            while (!_end.IsCancellationRequested)
            {
                var snapshot = await feed.ReadAsync(_end.Token);
                foreach (var endpoint in snapshot.Endpoints)
                {
                    if (said.GetValueOrDefault(endpoint.Spec.Name.ToString()) == endpoint.Generation)
                        continue;
                    said[endpoint.Spec.Name.ToString()] = endpoint.Generation;
                    await feed.AcknowledgeAsync(report(endpoint), _end.Token);
                }

                await feed.WaitForChangeAsync(snapshot.Revision, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }
}
