using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

public sealed class AdministrationTests
{
    private static readonly KeyInfo Key = new()
    {
        Id = 7,
        Name = "ci",
        Role = "operator",
        Endpoints = ["credit"],
        CreatedAt = Things.Noon,
    };

    [Fact]
    public async Task KeysCreate_PutsOnlyTheSecretOnStandardOutput()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("POST /api/v1/keys", new CreatedKey(Key, "fl_secret"));

        var result = await Line.RunAsync(server,
            "keys", "create", "ci", "--role", "operator", "--endpoint", "credit", "--expires", "2026-12-31");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.ShouldBe("fl_secret\n");
        result.Error.ShouldNotContain("fl_secret");
        var sent = JsonNode.Parse(server.Seen[^1].Body)!;
        sent["endpoints"]![0]!.GetValue<string>().ShouldBe("credit");
        sent["expiresAt"]!.GetValue<DateTime>().ToUniversalTime().ShouldBe(new DateTime(2026, 12, 31));
    }

    [Theory]
    [InlineData("keys", "create", "ci")]
    [InlineData("keys", "create", "ci", "--role", "emperor")]
    [InlineData("keys", "create", "ci", "--role", "admin", "--expires", "soon")]
    [InlineData("keys", "revoke", "ci")]
    public async Task Keys_WrittenWrongly_IsAUsageError(params string[] arguments)
    {
        (await Line.RunAsync(arguments)).ExitCode.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task KeysListAndRevoke_GoByNumber()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/keys", new Page<KeyInfo>([Key]))
            .Text("DELETE /api/v1/keys/7", "{}");

        (await Line.RunAsync(server, "keys", "list")).Out.ShouldContain("7   ci    operator  active  endpoint credit");
        var revoked = await Line.RunAsync(server, "keys", "revoke", "7", "--reason", "leaked");

        revoked.ShouldBe(new RunResult(ExitCodes.Ok, "", "Key 7 is revoked.\n"));
        server.Seen[^1].Line.ShouldBe("DELETE /api/v1/keys/7?reason=leaked");
    }

    [Fact]
    public async Task Audit_FiltersAndStopsAtItsLimit()
    {
        var entry = new AuditEntry
        {
            Id = 1,
            When = Things.Noon,
            Who = "ci",
            What = "endpoint.put",
            Subject = "endpoints/credit",
        };
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/audit", new Page<AuditEntry>([entry, entry], "more"));

        var result = await Line.RunAsync(server, "audit", "--who", "ci", "--since", "2026-01-31", "--limit", "2");

        result.Out.ShouldContain("2026-03-01 12:00:00Z  ci   endpoint.put  endpoints/credit");
        server.Seen.Single().Line.ShouldBe("GET /api/v1/audit?who=ci&since=2026-01-31T00:00:00.0000000+00:00&limit=2");
    }

    [Fact]
    public async Task Status_TellsWhenTheDatabaseIsGone()
    {
        var status = new ServerStatus
        {
            Version = "0.1.0",
            Storage = "postgresql",
            Replica = "r1",
            StartedAt = Things.Noon,
            Threads = new ThreadPlanInfo(4, 3, 2),
            Loaded = [new LoadedVersionInfo { Model = "credit", Version = 7, ThreadsPerRun = 2, ResidentBytes = 2048 }],
            Replicas = [new ReplicaInfo { Name = "r1", Live = true, HeartbeatAt = Things.Noon }],
        };
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/status", status);

        var result = await Line.RunAsync(server, "status");

        result.Out.ShouldContain("postgresql (does not answer)");
        result.Out.ShouldContain(server.Address);
        result.Out.ShouldContain("3 runs at once on 4 processors");
        result.Out.ShouldMatch(@"credit/7 +2 +2");
    }

    [Fact]
    public async Task Version_IsOneDocumentForPrograms()
    {
        var result = await Line.RunAsync(["version", "--json"]);

        JsonNode.Parse(result.Out)!["version"]!.GetValue<string>().ShouldMatch(@"^\d+\.\d+\.\d+");
    }
}
