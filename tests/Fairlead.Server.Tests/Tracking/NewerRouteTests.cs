using System.Net;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

/// <summary>What clients of 3.x ask beside the protocol of 2.0.</summary>
public sealed class NewerRouteTests(TrackingServers servers, PostgresServer postgres)
{
    [Fact]
    public async Task TracesAreNotStored_AndClientsAreToldSoAtOnce()
    {
        var wire = await servers.WireAsync(Engine.Sqlite, postgres);
        (await wire.GetAsync("/api/3.0/mlflow/server-info")).Text("store_type").ShouldBe("SqlStore");
        (await wire.PostAsync("/api/3.0/mlflow/traces/search", "{}")).Has("traces").ShouldBeFalse();
        (await wire.GetAsync("traces?experiment_ids=0&max_results=5")).Has("traces").ShouldBeFalse();
        (await wire.TryPostAsync("/ajax-api/3.0/mlflow/traces", "{}"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "not stored");
    }
}
