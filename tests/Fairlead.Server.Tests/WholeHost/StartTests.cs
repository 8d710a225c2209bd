using System.Net;
using System.Net.Sockets;
using Fairlead.Server.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Tests.WholeHost;

/// <summary>What keeps the server from starting is told in a sentence that says what to do.</summary>
public sealed class StartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-start-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_OnAPortInUse_SaysSo_AndLeavesTheFolderFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serve = Serve($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        var failure = await FailsAsync(serve, Control());
        failure.Message.ShouldContain("address already in use");
        failure.Message.ShouldContain("--http");

        // Everything that had begun is over: the next start finds the folder unlocked.
        await using var app = await ServerStart.RunAsync(
            Serve(), Control(), TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Start_InAFolderInUse_SaysWhoHasIt()
    {
        await using var first = await ServerStart.RunAsync(
            Serve(), Control(), TestContext.Current.CancellationToken);
        (await FailsAsync(Serve(), Control())).Message.ShouldContain("in use by another fairlead process");
        await first.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Start_InAFolderThatIsAFile_NamesTheFolder()
    {
        var file = Path.Combine(_folder, "a file");
        await File.WriteAllTextAsync(file, "x", TestContext.Current.CancellationToken);
        var failure = await FailsAsync(Serve(), new ControlPlaneOptions { DataFolder = file });
        failure.Message.ShouldContain($"The data folder '{file}' cannot be used");
        failure.Message.ShouldContain("Name a folder");
    }

    [Fact]
    public async Task Start_OverAFileThatIsNoDatabase_NamesTheFolder()
    {
        var control = Control();
        Directory.CreateDirectory(control.DataFolder);
        await File.WriteAllTextAsync(
            Path.Combine(control.DataFolder, "fairlead.db"), new string('x', 5000),
            TestContext.Current.CancellationToken);
        (await FailsAsync(Serve(), control)).Message.ShouldContain($"The database in '{control.DataFolder}'");
    }

    [Fact]
    public async Task Start_OverTheTablesOfAnotherLineOfBuilds_SaysSo()
    {
        var control = Control();
        Directory.CreateDirectory(control.DataFolder);
        await using (var sqlite = new SqliteConnection(
            $"Data Source={Path.Combine(control.DataFolder, "fairlead.db")};Pooling=false"))
        {
            await sqlite.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = sqlite.CreateCommand();
            command.CommandText = """
                CREATE TABLE migrations ("MigrationId" TEXT, "ProductVersion" TEXT);
                INSERT INTO migrations VALUES ('20250101_Theirs', '10')
                """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        (await FailsAsync(Serve(), control)).Message.ShouldContain("'20250101_Theirs' is not known here");
    }

    [Theory]
    [InlineData("Nonsense=1")]
    [InlineData("Database=fairlead")]
    [InlineData("Host=here;Port=many")]
    public async Task Start_WithAConnectionStringThatIsNone_SaysWhichSettingIs(string connection)
    {
        var failure = await FailsAsync(
            Serve(), new ControlPlaneOptions { DataFolder = _folder, PostgresConnection = connection });
        failure.Message.ShouldContain("The PostgreSQL connection string cannot be read");
    }

    [Fact]
    public async Task Start_WithFaultsInTheOptions_TellsAllOfThem()
    {
        var serve = Serve("nonsense");
        serve.ConcurrentRuns = 5000;
        var failure = await FailsAsync(serve, Control());
        failure.Message.ShouldContain("--http 'nonsense'");
        failure.Message.ShouldContain("--concurrent-runs 5000");
    }

    [Fact]
    public async Task Start_OnAnOpenAddressWithoutKeys_NamesTheWaysOut()
    {
        var control = Control();
        control.ListenHosts = ["0.0.0.0"];
        var failure = await FailsAsync(Serve("0.0.0.0:0"), control);
        failure.Message.ShouldContain("Refusing to listen on '0.0.0.0'");
        failure.Message.ShouldContain("FAIRLEAD_ADMIN_KEY");
    }

    private static Task<ServerStartException> FailsAsync(ServeOptions serve, ControlPlaneOptions control) =>
        Should.ThrowAsync<ServerStartException>(
            () => ServerStart.RunAsync(serve, control, TestContext.Current.CancellationToken));

    private static ServeOptions Serve(string http = "127.0.0.1:0") =>
        new() { Http = http, Grpc = "127.0.0.1:0", LogLevel = LogLevel.None };

    private ControlPlaneOptions Control() => new() { DataFolder = Path.Combine(_folder, "data") };
}
