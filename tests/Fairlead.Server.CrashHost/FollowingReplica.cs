using Fairlead.Serving.Routing;
using Microsoft.Extensions.Hosting;

namespace Fairlead.Server.CrashHost;

/// <summary>In place of a data plane: says of every generation that it serves, as soon as it hears of it.</summary>
internal sealed class FollowingReplica(IRoutingFeed feed) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var said = new Dictionary<string, long>();
        while (!stoppingToken.IsCancellationRequested)
        {
            var snapshot = await feed.ReadAsync(stoppingToken);
            foreach (var endpoint in snapshot.Endpoints)
            {
                var name = endpoint.Spec.Name.ToString();
                if (said.GetValueOrDefault(name) == endpoint.Generation)
                    continue;
                said[name] = endpoint.Generation;
                await feed.AcknowledgeAsync(
                    new PlacementReport(endpoint.Spec.Name, endpoint.Generation, PlacementState.Serving),
                    stoppingToken);
            }

            await feed.WaitForChangeAsync(snapshot.Revision, stoppingToken);
        }
    }
}
