using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Predict;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fairlead.Server.Tests;

public sealed class StorageTests(PostgresServer postgres)
{
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Migrations_LeaveNothingThatTheModelHasAndTheTablesHaveNot(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await using var db = server.Services.GetRequiredService<Database>().CreateContext();

        db.Database.HasPendingModelChanges().ShouldBeFalse();
        (engine == Engine.Postgres ? KnownMigrations.Postgres : KnownMigrations.Sqlite)
            .ShouldBe(db.Database.GetMigrations(), "what a start looks for in the tables");
    }

    [Fact]
    public async Task SecondProcess_OnTheSameFolder_IsToldSo()
    {
        await using var server = await TestServer.StartAsync();

        var failure = await Should.ThrowAsync<DataFolderInUseException>(
            TestServer.StartAsync(options => options.DataFolder = server.Options.DataFolder));

        failure.Message.ShouldContain(server.Options.DataFolder);
    }

    [Fact]
    public void LocalCopy_CutOrChangedInAnyByte_CountsAsAbsent()
    {
        var path = Directory.CreateTempSubdirectory().FullName;
        using var folder = DataFolder.Open(path);
        var copy = new LocalCopy<Dictionary<string, string>>(folder, "words");
        copy.Write(new() { ["kept"] = "as it was" });
        var file = Path.Combine(path, "cache", "words");
        var whole = File.ReadAllBytes(file);
        copy.Read()!["kept"].ShouldBe("as it was");

        for (var i = 0; i < whole.Length; i++)
        {
            File.WriteAllBytes(file, whole[..i]);
            copy.Read().ShouldBeNull($"cut at {i}");
            File.WriteAllBytes(file, [.. whole[..i], (byte)(whole[i] ^ 1), .. whole[(i + 1)..]]);
            copy.Read().ShouldBeNull($"changed at {i}");
        }

        copy.Write(new() { ["kept"] = "anew" });
        copy.Read()!["kept"].ShouldBe("anew");
        Directory.Delete(path, recursive: true);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Write_OfManyAtOnce_LosesNone(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.Client.CreateModelAsync(new CreateModelRequest { Name = "m" });

        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => server.Client.DescribeModelAsync("m", new DescribeRequest
        {
            Tags = new Dictionary<string, string?> { [$"t{i}"] = "x" },
        })));

        (await server.Client.GetModelAsync("m")).Tags.Count.ShouldBe(30);
        (await server.Client.ListAuditAsync(new AuditFilter { What = "model.describe" })).Items.Count.ShouldBe(30);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Write_ThatRecordsNothing_IsNotKept(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var control = server.Services.GetRequiredService<ControlPlane>();

        await Should.ThrowAsync<InvalidOperationException>(control.WriteAsync(Principal.Local, null, write =>
        {
            write.Db.Models.Add(new ModelRow { Name = "silent" });
            return Task.FromResult(true);
        }, CancellationToken.None));

        (await server.Client.ListModelsAsync()).Items.ShouldBeEmpty();
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Audit_TellsWhoWhatBeforeAfterAndWhy_PageByPage(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.Client.CreateModelAsync(new CreateModelRequest { Name = "m", Description = "one", Reason = "r1" });
        var before = DateTimeOffset.UtcNow;
        await server.Client.DescribeModelAsync("m", new DescribeRequest { Description = "two", Reason = "r2" });

        var first = await server.Client.ListAuditAsync(new AuditFilter { Subject = "models/m" }, new PageRequest(1));
        var entry = first.Items.ShouldHaveSingleItem();
        (entry.Who, entry.What, entry.Reason).ShouldBe(("local", "model.describe", "r2"));
        entry.Before!.Value.GetProperty("description").GetString().ShouldBe("one");
        entry.After!.Value.GetProperty("description").GetString().ShouldBe("two");
        var second = await server.Client.ListAuditAsync(
            new AuditFilter { Subject = "models/m" }, new PageRequest(1, first.NextPageToken));
        second.Items.ShouldHaveSingleItem().What.ShouldBe("model.create");
        var since = await server.Client.ListAuditAsync(new AuditFilter { Subject = "models/m", Since = before });
        since.Items.Count.ShouldBe(1);
        (await server.Client.ListAuditAsync(new AuditFilter { Who = "nobody" })).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task DatabaseGone_RoutingAndKeysGoOn_AndARestartNeedsNoDatabase()
    {
        await using var own = new PostgresServer();
        var connection = await own.CreateDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("fairlead-outage-");
        const string key = "0123456789abcdef0123456789abcdef";
        void Configure(ControlPlaneOptions options)
        {
            options.PostgresConnection = connection + ";Command Timeout=2";
            options.DataFolder = folder.FullName;
            options.AdminKey = key;
        }

        byte keyId;
        await using (var server = await TestServer.StartAsync(Configure))
        {
            var client = server.ClientWith(key);
            await server.RegisterAsync("m", client: client);
            await client.PutEndpointAsync("e", new PutEndpointRequest
            {
                Variants = [new VariantRequest { Name = "a", Model = "m", Version = 1 }],
            });
            await server.Feed.ReadAsync(CancellationToken.None);
            keyId = server.Services.GetRequiredService<IPredictionKeys>().Current.Id;

            await own.StopAsync();
            (await server.Feed.ReadAsync(CancellationToken.None)).Endpoints.Length.ShouldBe(1);
            await client.ListModelsAsync().ShouldBeRefusedAsync("storage_unavailable", 503);
            (await client.GetStatusAsync()).StorageReachable.ShouldBeFalse();
        }

        await using (var server = await TestServer.StartAsync(Configure))
        {
            (await server.Feed.ReadAsync(CancellationToken.None)).Endpoints.Length.ShouldBe(1);
            await server.Client.GetStatusAsync().ShouldBeRefusedAsync("key_required");
            server.Services.GetRequiredService<IPredictionKeys>().Current.Id.ShouldBe(keyId);

            await own.StartAgainAsync();
            (await server.ClientWith(key).ListModelsAsync()).Items.Count.ShouldBe(1);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void Options_WithFaults_TellAllOfThem()
    {
        var options = new ControlPlaneOptions
        {
            AdminKey = "short",
            MaxArtifactBytes = 0,
            ProbeTimeout = TimeSpan.Zero,
        };

        Should.Throw<OptionsValidationException>(options.ThrowIfInvalid).Failures.Count().ShouldBe(3);
    }
}
