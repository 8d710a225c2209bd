using Fairlead.Client.Api;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Fairlead.Server.Tests;

/// <summary>
/// Replicas hear of each other's changes. The clock of the one that listens stands still, so that no poll and no wait
/// of its own ever ends: what reaches it was told to it.
/// </summary>
public sealed class ChangeListenerTests(PostgresServer postgres)
{
    private const string AdminKey = "0123456789abcdef0123456789abcdef";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Routing_ChangedOnAnotherReplica_IsHeardOf_AndAgainAfterTheConnectionWasCut()
    {
        var connection = await postgres.CreateDatabaseAsync();
        await using var one = await StartAsync(connection, TimeProvider.System);
        await using var two = await StartAsync(connection, new FakeTimeProvider());
        await UntilListeningAsync(two);
        var seen = (await two.Feed.ReadAsync(CancellationToken.None)).Revision;
        var heard = two.Feed.WaitForChangeAsync(seen, CancellationToken.None);

        await one.RegisterAsync("m");
        await PutAsync(one, "first");
        await heard.WaitAsync(Patience);
        var snapshot = await two.Feed.ReadAsync(CancellationToken.None);
        snapshot.Endpoints.Length.ShouldBe(1);

        // Changed while nobody may be listening: it is found as soon as somebody listens again.
        heard = two.Feed.WaitForChangeAsync(snapshot.Revision, CancellationToken.None);
        (await CutAsync(connection)).ShouldBe(2);
        await PutAsync(one, "second");
        await heard.WaitAsync(Patience);
        snapshot = await two.Feed.ReadAsync(CancellationToken.None);
        snapshot.Endpoints.Length.ShouldBe(2);

        await UntilListeningAsync(two);
        heard = two.Feed.WaitForChangeAsync(snapshot.Revision, CancellationToken.None);
        await PutAsync(one, "third");
        await heard.WaitAsync(Patience);
    }

    [Fact]
    public async Task Key_RevokedOnAnotherReplica_IsHeardOf()
    {
        var connection = await postgres.CreateDatabaseAsync();
        await using var one = await StartAsync(connection, TimeProvider.System, AdminKey);
        await using var two = await StartAsync(connection, new FakeTimeProvider(), AdminKey);
        await UntilListeningAsync(two);

        var created = await one.ClientWith(AdminKey).CreateKeyAsync(
            new CreateKeyRequest { Name = "k", Role = "viewer" });
        await UntilAsync(() => WorksAsync(two, created.Secret));

        await one.ClientWith(AdminKey).RevokeKeyAsync(created.Key.Id);
        await UntilAsync(async () => !await WorksAsync(two, created.Secret));
    }

    private static Task<TestServer> StartAsync(string connection, TimeProvider time, string? key = null) =>
        TestServer.StartAsync(
            options => (options.PostgresConnection, options.AdminKey) = (connection, key),
            services => services.AddSingleton(time));

    private static Task PutAsync(TestServer server, string name) =>
        server.Client.PutEndpointAsync(name, new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = "m", Version = 1 }],
        });

    /// <summary>Ends every connection of the database that listens; says how many there were.</summary>
    private static async Task<int> CutAsync(string text)
    {
        await using var connection = new NpgsqlConnection(text);
        await connection.OpenAsync();
        await using var cut = new NpgsqlCommand(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            + "WHERE datname = current_database() AND query LIKE 'LISTEN %'", connection);
        return (int)(long)(await cut.ExecuteScalarAsync())!;
    }

    private static Task UntilListeningAsync(TestServer server) => UntilAsync(() =>
        Task.FromResult(server.Services.GetRequiredService<RevisionSignals>().HearsOthers));

    private static async Task<bool> WorksAsync(TestServer server, string key)
    {
        try
        {
            await server.ClientWith(key).GetStatusAsync();
            return true;
        }
        catch (Fairlead.Client.FairleadApiException refused) when (refused.Code == "key_invalid")
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var tries = 0; !await condition(); tries++)
        {
            tries.ShouldBeLessThan(3000);
            await Task.Delay(20);
        }
    }
}
