using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests;

public sealed class AccessTests(PostgresServer postgres)
{
    private const string AdminKey = "0123456789abcdef0123456789abcdef";

    private static readonly string[] Roles = ["viewer", "predictor", "operator", "admin"];

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(options => options.AdminKey = AdminKey);

    private static async Task<string> KeyAsync(TestServer server, CreateKeyRequest request) =>
        (await server.ClientWith(AdminKey).CreateKeyAsync(request)).Secret;

    /// <summary>Every route of the host, tried with every role: what is demanded is what is enforced.</summary>
    [Fact]
    public async Task EveryRoute_LetsInExactlyTheRolesThatItDemands()
    {
        await using var server = await StartAsync();
        var keys = new Dictionary<string, string>();
        foreach (var role in Roles)
            keys[role] = await KeyAsync(server, new CreateKeyRequest { Name = role, Role = role });
        using var nobody = server.HttpWith(null);
        var tried = 0;

        foreach (var route in server.Routes)
        {
            var demand = route.Metadata.GetMetadata<RouteDemand>().ShouldNotBeNull(route.DisplayName);
            if (demand.Role is null)
                continue;
            var path = System.Text.RegularExpressions.Regex.Replace(route.RoutePattern.RawText!, @"\{\w+\}", "1");
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                (await SendAsync(nobody, method, path)).ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
                for (var i = 0; i < Roles.Length; i++)
                {
                    using var http = server.HttpWith(keys[Roles[i]]);
                    var status = await SendAsync(http, method, path);
                    var allowed = i >= (int)demand.Role.Value;
                    (status == HttpStatusCode.Forbidden).ShouldBe(!allowed, $"{method} {path} as {Roles[i]}: {status}");
                    ((int)status).ShouldBeLessThan(500, $"{method} {path} as {Roles[i]}");
                    tried++;
                }
            }
        }

        tried.ShouldBeGreaterThan(80);
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient http, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT" or "PATCH")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    [Fact]
    public async Task ARouteWithoutADemand_IsRefusedAtTheStart()
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(
            TestServer.StartAsync(map: app => app.MapGet("/forgotten", () => "secret")));

        failure.Message.ShouldContain("/forgotten");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Key_Revoked_IsRefusedAtOnce_AndStaysSecret(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres, options => options.AdminKey = AdminKey);
        var admin = server.ClientWith(AdminKey);
        var created = await admin.CreateKeyAsync(new CreateKeyRequest { Name = "ci", Role = "viewer" });
        created.Secret.ShouldMatch("^fl_[A-Za-z0-9_-]{43}$");
        var client = server.ClientWith(created.Secret);
        await client.ListModelsAsync();

        await admin.RevokeKeyAsync(created.Key.Id, "left the team");

        await client.ListModelsAsync().ShouldBeRefusedAsync("key_invalid", 401);
        (await admin.ListKeysAsync()).Items.Single(key => key.Name == "ci").State.ShouldBe("revoked");
        await admin.RevokeKeyAsync(created.Key.Id);
        await admin.RevokeKeyAsync(999).ShouldBeRefusedAsync("key_not_found", 404);
        var audit = await admin.ListAuditAsync(new AuditFilter { Subject = $"keys/{created.Key.Id}" });
        audit.Items.Select(entry => entry.What).ShouldBe(["key.revoke", "key.create"]);
        audit.Items.ShouldAllBe(entry => !$"{entry.Before}{entry.After}".Contains(created.Secret));
    }

    [Fact]
    public async Task Key_RevokedOnOneReplica_IsRefusedOnTheOtherWithinFiveSeconds()
    {
        var connection = await postgres.CreateDatabaseAsync();
        void Configure(ControlPlaneOptions options) =>
            (options.PostgresConnection, options.AdminKey) = (connection, AdminKey);
        await using var one = await TestServer.StartAsync(Configure);
        await using var two = await TestServer.StartAsync(Configure);
        var created = await one.ClientWith(AdminKey)
            .CreateKeyAsync(new CreateKeyRequest { Name = "k", Role = "viewer" });
        var client = two.ClientWith(created.Secret);
        await UntilAsync(() => WorksAsync(client), works: true);

        await one.ClientWith(AdminKey).RevokeKeyAsync(created.Key.Id);

        await UntilAsync(() => WorksAsync(client), works: false);
    }

    [Fact]
    public async Task Key_Expired_IsRefused()
    {
        var clock = new ShiftedTime();
        await using var server = await TestServer.StartAsync(
            options => options.AdminKey = AdminKey, services => services.AddSingleton<TimeProvider>(clock));
        var client = server.ClientWith(await KeyAsync(server, new CreateKeyRequest
        {
            Name = "k",
            Role = "viewer",
            ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
        }));
        await client.ListModelsAsync();

        clock.Shift = TimeSpan.FromHours(1);

        await client.ListModelsAsync().ShouldBeRefusedAsync("key_invalid", 401);
        (await server.ClientWith(AdminKey).ListKeysAsync()).Items
            .Single(key => key.Name == "k").State.ShouldBe("expired");
    }

    [Fact]
    public async Task Key_LimitedToNames_SeesAndChangesNothingElse()
    {
        await using var server = await StartAsync();
        var admin = server.ClientWith(AdminKey);
        foreach (var model in (string[])["mine", "theirs"])
        {
            var version = await server.RegisterAsync(model, model, admin);
            await admin.PutEndpointAsync(model, new PutEndpointRequest
            {
                Variants = [new VariantRequest { Name = "a", Model = model, Version = version.Number }],
            });
        }

        var client = server.ClientWith(await KeyAsync(server, new CreateKeyRequest
        {
            Name = "k",
            Role = "operator",
            Endpoints = ["mine"],
            Models = ["mine"],
        }));

        (await client.ListModelsAsync()).Items.ShouldHaveSingleItem().Name.ShouldBe("mine");
        (await client.ListEndpointsAsync()).Items.ShouldHaveSingleItem().Name.ShouldBe("mine");
        await client.GetModelAsync("theirs").ShouldBeRefusedAsync("forbidden", 403);
        await client.ReadArtifactAsync(TestServer.Digest("theirs"), Stream.Null)
            .ShouldBeRefusedAsync("artifact_not_found");
        await client.CreateModelAsync(new CreateModelRequest { Name = "other" }).ShouldBeRefusedAsync("forbidden", 403);
        await client.ApplyAsync("{kind: Model, name: theirs, description: x}").ShouldBeRefusedAsync("forbidden", 403);
        await client.PutEndpointAsync("mine", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = "theirs", Version = 1 }],
        }).ShouldBeRefusedAsync("forbidden", 403);
        await admin.CreateKeyAsync(new CreateKeyRequest { Name = "x", Role = "admin", Models = ["mine"] })
            .ShouldBeRefusedAsync("limited_admin", 400);
    }

    [Fact]
    public async Task Key_AsPassword_IsAccepted()
    {
        await using var server = await StartAsync();
        using var http = server.HttpWith(null);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{AdminKey}")));

        (await http.GetAsync("api/v1/status")).StatusCode.ShouldBe(HttpStatusCode.OK);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", "!!!");
        (await http.GetAsync("api/v1/status")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task WithoutKeys_OtherSitesAndOtherHosts_AreRefused()
    {
        await using var server = await TestServer.StartAsync();
        using var http = server.HttpWith(null);

        (await StatusAsync("Origin", "https://evil.example")).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync("Origin", "null")).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync("Origin", server.Address.GetLeftPart(UriPartial.Authority))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("Host", "rebound.example")).ShouldBe(HttpStatusCode.Forbidden);

        async Task<HttpStatusCode> StatusAsync(string header, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/status");
            request.Headers.TryAddWithoutValidation(header, value);
            using var response = await http.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task FirstKey_ClosesTheServer_AndRevokingItDoesNotOpenIt()
    {
        await using var server = await TestServer.StartAsync();
        var created = await server.Client.CreateKeyAsync(new CreateKeyRequest { Name = "first", Role = "admin" });

        await server.Client.GetStatusAsync().ShouldBeRefusedAsync("key_required", 401);
        var second = await server.ClientWith(created.Secret).CreateKeyAsync(
            new CreateKeyRequest { Name = "second", Role = "admin" });
        await server.ClientWith(second.Secret).RevokeKeyAsync(created.Key.Id);
        await server.Client.GetStatusAsync().ShouldBeRefusedAsync("key_required", 401);
        await server.ClientWith(created.Secret).GetStatusAsync().ShouldBeRefusedAsync("key_invalid", 401);
    }

    [Theory]
    [InlineData("viewer", false, "first_key_not_admin")]
    [InlineData("operator", false, "first_key_not_admin")]
    [InlineData("admin", true, "first_key_expires")]
    public async Task FirstKey_ThatCouldNotMakeOthers_IsRefused_AndTheServerStaysOpen(
        string role, bool expires, string code)
    {
        await using var server = await TestServer.StartAsync();
        var problem = await server.Client.CreateKeyAsync(new CreateKeyRequest
        {
            Name = "first",
            Role = role,
            ExpiresAt = expires ? DateTimeOffset.UtcNow.AddDays(1) : null,
        }).ShouldBeRefusedAsync(code, 409);

        problem.Detail.ShouldNotBeNull().ShouldContain("make");
        (await server.Client.GetStatusAsync()).AccessControl.ShouldBeFalse();
        (await server.Client.ListKeysAsync()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task LastAdminKey_CannotBeRevoked_UntilThereIsAnotherThatStays()
    {
        await using var server = await StartAsync();
        var admin = server.ClientWith(AdminKey);
        var own = (await admin.ListKeysAsync()).Items.Single();
        await admin.CreateKeyAsync(new CreateKeyRequest
        {
            Name = "guest",
            Role = "admin",
            ExpiresAt = DateTimeOffset.UtcNow.AddDays(1),
        });

        var problem = await admin.RevokeKeyAsync(own.Id).ShouldBeRefusedAsync("last_admin_key", 409);
        problem.Detail.ShouldNotBeNull().ShouldContain("Make another one first");
        await admin.GetStatusAsync();

        var other = await admin.CreateKeyAsync(new CreateKeyRequest { Name = "other", Role = "admin" });
        await admin.RevokeKeyAsync(own.Id);
        await admin.GetStatusAsync().ShouldBeRefusedAsync("key_invalid", 401);
        await server.ClientWith(other.Secret).GetStatusAsync();
    }

    [Fact]
    public async Task ListeningOpenlyWithoutKeys_RefusesToStart()
    {
        var failure = await Should.ThrowAsync<ProtectedModeException>(
            TestServer.StartAsync(options => options.ListenHosts = ["localhost", "0.0.0.0"]));
        failure.Message.ShouldContain("fairlead keys recover");

        await using var open = await TestServer.StartAsync(options =>
            (options.ListenHosts, options.AdminKey) = (["0.0.0.0"], AdminKey));
        (await open.ClientWith(AdminKey).GetStatusAsync()).AccessControl.ShouldBeTrue();
    }

    [Fact]
    public async Task OfflineKey_OpensTheServer_ButIsNotMadeWhileItRuns()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-offline-");
        var options = new ControlPlaneOptions { DataFolder = folder.FullName };
        var made = await OfflineKeys.CreateAsync(options, new KeyWish("first", "admin"), CancellationToken.None);

        await using (var server = await TestServer.StartAsync(each => each.DataFolder = folder.FullName))
        {
            (await server.ClientWith(made.Secret).GetStatusAsync()).AccessControl.ShouldBeTrue();
            await Should.ThrowAsync<DataFolderInUseException>(
                OfflineKeys.CreateAsync(options, new KeyWish("second", "admin"), CancellationToken.None));
        }

        var twice = await Should.ThrowAsync<RefusalException>(
            OfflineKeys.CreateAsync(options, new KeyWish("first", "admin"), CancellationToken.None));
        twice.Refusals[0].Code.ShouldBe("key_exists");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task EnvironmentKey_Changed_TakesThePlaceOfTheOneBefore()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-adopt-");
        foreach (var key in (string[])[AdminKey, AdminKey, new('x', 40)])
        {
            await using var server = await TestServer.StartAsync(options =>
                (options.DataFolder, options.AdminKey) = (folder.FullName, key));
            var keys = (await server.ClientWith(key).ListKeysAsync()).Items;
            keys.Count(each => each.State == "active").ShouldBe(1);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Find_AllocatesNothing()
    {
        await using var server = await StartAsync();
        var callers = server.Services.GetRequiredService<Callers>();
        var header = $"Bearer {AdminKey}";
        for (var i = 0; i < 100; i++)
            callers.Identify(header, out _).ShouldNotBeNull();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            callers.Identify(header, out _);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
    }

    private static async Task<bool> WorksAsync(Client.FairleadClient client)
    {
        try
        {
            await client.ListModelsAsync();
            return true;
        }
        catch (Client.FairleadApiException e) when (e.Code == "key_invalid")
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> check, bool works)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        while (await check() != works)
            await Task.Delay(50, limit.Token);
    }

    /// <summary>The system's clock, some time ahead.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
