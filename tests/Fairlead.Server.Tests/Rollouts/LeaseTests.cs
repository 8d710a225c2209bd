using Fairlead.Server.Rollouts;
using Fairlead.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Fairlead.Server.Tests.Rollouts.Given;
using Database = Fairlead.Server.Storage.Database;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>Who controls: one process, and never by an old token.</summary>
public sealed class LeaseTests(PostgresServer postgres)
{
    [Fact]
    public async Task TwoProcesses_OneControls_AndTheOtherTakesOverAtAnOrderlyEnd()
    {
        var connection = await postgres.CreateDatabaseAsync();
        void Configure(ControlPlaneOptions options) => options.PostgresConnection = connection;
        var one = await TestServer.StartAsync(Configure);
        await HeldByAsync(one, Name(one));
        await using var two = await TestServer.StartAsync(Configure);
        (await two.Services.GetRequiredService<Lease>().HoldAsync(CancellationToken.None)).ShouldBeNull();

        await one.DisposeAsync();

        await HeldByAsync(two, Name(two));
        var lease = await ReadAsync(two);
        lease.Token.ShouldBe(2);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Look_WithAnOldToken_WritesNothing(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        var id = (await server.Client.StartRolloutAsync(Rollout(Weight(0.5), Pause()))).Id;
        await HeldByAsync(server, Name(server));
        var database = server.Services.GetRequiredService<Database>();
        var old = (await ReadAsync(server)).Token;

        // Another process takes over: from now on the token of this one is old.
        await database.OperateAsync(db => db.Leases.ExecuteUpdateAsync(row => row
            .SetProperty(each => each.Token, old + 1).SetProperty(each => each.Holder, "another")
            .SetProperty(each => each.ExpiresAt, long.MaxValue)), CancellationToken.None);
        var before = await server.Client.GetRolloutAsync(id);
        var row = await database.ReadAsync(
            db => db.Rollouts.SingleAsync(each => each.Id == id), CancellationToken.None);
        var followed = new DueRollout(row, [new("r", long.MaxValue)]);

        await Should.ThrowAsync<LeaseLostException>(server.Services.GetRequiredService<RolloutLooks>()
            .LookAsync(followed, old, CancellationToken.None));

        (await server.Client.GetRolloutAsync(id)).Revision.ShouldBe(before.Revision);
        (await server.Services.GetRequiredService<RolloutLooks>()
            .LookAsync(followed, old + 1, CancellationToken.None)).ShouldBeTrue();
    }

    private static string Name(TestServer server) => server.Services.GetRequiredService<Endpoints.Replica>().Name;

    private static Task<Storage.LeaseRow> ReadAsync(TestServer server) =>
        server.Services.GetRequiredService<Database>().ReadAsync(
            db => db.Leases.SingleAsync(), CancellationToken.None);

    private static async Task HeldByAsync(TestServer server, string name)
    {
        var database = server.Services.GetRequiredService<Database>();
        for (var i = 0; i < 1200; i++)
        {
            var holders = await database.ReadAsync(
                db => db.Leases.Where(row => row.ExpiresAt > 0).Select(row => row.Holder).ToListAsync(),
                CancellationToken.None);
            if (holders.Contains(name))
                return;
            await Task.Delay(25);
        }

        throw new ShouldAssertException($"{name} does not hold the lease after 30 s.");
    }
}
