using Fairlead.Client.Api;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests;

/// <summary>What a start takes from the copies on the local disk, and what it does not.</summary>
public sealed class StartTests : IDisposable
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-start-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Restart_KnowsEndpointsAndKeys_WithoutTheModelOfTheTables()
    {
        await ServeAsync("own", "mine");

        await using var server = await StartAsync("own");
        var snapshot = await server.Feed.ReadAsync(CancellationToken.None);

        snapshot.Endpoints.ShouldHaveSingleItem().Spec.Name.ToString().ShouldBe("mine");
        server.Services.GetService(typeof(Database)).ShouldBeOfType<Database>().BuiltItsModel.ShouldBeFalse();
        (await server.ClientWith(Key).ListModelsAsync()).Items.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task CopyOfAnotherDatabase_IsNotTaken_ThoughItsRevisionIsTheSame()
    {
        await ServeAsync("own", "mine");
        await ServeAsync("other", "theirs");
        string Copy(string folder) => Path.Combine(_folder, folder, "cache", "routing.copy");
        File.ReadAllText(Copy("other")).ShouldContain("theirs");
        File.Copy(Copy("other"), Copy("own"), overwrite: true);

        await using var server = await StartAsync("own");
        var snapshot = await server.Feed.ReadAsync(CancellationToken.None);

        snapshot.Endpoints.ShouldHaveSingleItem().Spec.Name.ToString().ShouldBe("mine");
    }

    private async Task ServeAsync(string folder, string endpoint)
    {
        await using var server = await StartAsync(folder);
        var client = server.ClientWith(Key);
        await server.RegisterAsync("m", client: client);
        await client.PutEndpointAsync(endpoint, new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = "m", Version = 1 }],
        });
        await server.Feed.ReadAsync(CancellationToken.None);
    }

    private Task<TestServer> StartAsync(string folder) => TestServer.StartAsync(options =>
    {
        options.DataFolder = Path.Combine(_folder, folder);
        options.AdminKey = Key;
    });
}
