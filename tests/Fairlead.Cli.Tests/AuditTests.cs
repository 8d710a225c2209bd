using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;
using Fairlead.Core.Audit;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Cli.Tests;

public sealed class AuditTests
{
    private const string Log = "/api/v1/audit";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_OfAServer_IsRefusedWhenAnythingWasChanged()
    {
        await using var server = (await FakeServer.StartAsync())
            .On($"GET {Log}/verify", new AuditVerificationInfo { Intact = true, Links = 3 });
        (await Line.RunAsync(server, "audit", "verify")).ExitCode.ShouldBe(ExitCodes.Ok);
        server.On($"GET {Log}/verify", new AuditVerificationInfo
        {
            FaultCount = 1,
            Faults = [new AuditFaultInfo("edited", 2, 7, "entry 7 was changed")],
        });
        var hash = new string('a', 64);
        var found = await Line.RunAsync(server, "audit", "verify", "--head", $"3:{hash}");
        found.ExitCode.ShouldBe(ExitCodes.Refused);
        found.Out.ShouldContain("edited  2     7      entry 7 was changed");
        server.Seen[^1].Line.ShouldBe($"GET {Log}/verify?sequence=3&hash={hash}");
        (await Line.RunAsync(server, "audit", "verify", "--head", "3")).ExitCode.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Export_IsVerifiedWithoutAServer()
    {
        using var scratch = new Scratch();
        var hash = AuditChain.Origin;
        var lines = Enumerable.Range(1, 4).Select(i =>
        {
            var entry = new AuditRecord(i, i, "ada", 1, "alias.set", "models/m", null, null, $$"""{"version":{{i}}}""");
            hash = AuditChain.Hash(hash, i, entry);
            return AuditLine.Write(new AuditLink(i, i, hash), entry);
        }).ToList();
        await using var server = (await FakeServer.StartAsync()).On($"GET {Log}/export",
            (context, _) => context.Response.WriteAsync(string.Concat(lines.Select(line => line + "\n")), Cancel));
        var file = Path.Combine(scratch.Folder, "audit.jsonl");

        (await Line.RunAsync(server, "audit", "export", "--file", file)).ExitCode.ShouldBe(ExitCodes.Ok);
        async Task<RunResult> VerifyAsync(IEnumerable<string> some, params string[] more)
        {
            await File.WriteAllLinesAsync(file, some, Cancel);
            return await Line.RunAsync(["audit", "verify", "--file", file, .. more]);
        }

        (await VerifyAsync(lines)).ExitCode.ShouldBe(ExitCodes.Ok);
        (await VerifyAsync(lines.Skip(2))).ExitCode.ShouldBe(ExitCodes.Ok);
        (await VerifyAsync(lines.Select(line => line.Replace("\"version\":2", "\"version\":9")))).Out
            .ShouldContain("edited");
        (await VerifyAsync(lines.Where((_, i) => i != 1))).Out.ShouldContain("link 2 is missing");
        (await VerifyAsync([lines[0], lines[2], lines[1], lines[3]])).Out.ShouldContain("order");
        var cut = await VerifyAsync(lines.Take(3), "--head", $"4:{Convert.ToHexStringLower(hash)}");
        cut.ExitCode.ShouldBe(ExitCodes.Refused);
        cut.Out.ShouldContain("truncated");
        (await VerifyAsync(["no entry"])).ExitCode.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task RetentionAndHolds_AreSaidAndShown()
    {
        var kept = new AuditRetentionInfo
        {
            Days = 400,
            Holds = [new AuditHoldInfo { Name = "case", Reason = "why", Subject = "models/m" }],
        };
        await using var server = (await FakeServer.StartAsync())
            .On($"GET {Log}/retention", kept).On($"PUT {Log}/retention", kept).On($"PUT {Log}/holds/case", kept)
            .Text($"DELETE {Log}/holds/case", "", 204)
            .On($"GET {Log}/head", new AuditHeadInfo { Sequence = 3, Hash = "ab" });

        (await Line.RunAsync(server, "audit", "retention")).Out.ShouldContain("400 days");
        await Line.RunAsync(server, "audit", "retention", "--days", "400", "--reason", "policy");
        server.Seen[^1].Body.ShouldBe("""{"days":400,"reason":"policy"}""");
        await Line.RunAsync(server, "audit", "retention", "--for-ever");
        server.Seen[^1].Body.ShouldBe("{}");
        var held = await Line.RunAsync(
            server, "audit", "hold", "case", "--reason", "why", "--subject", "models/m", "--since", "2026-01-01");
        held.Out.ShouldContain("case");
        server.Seen[^1].Body.ShouldBe(
            """{"reason":"why","since":"2026-01-01T00:00:00+00:00","subject":"models/m"}""");
        (await Line.RunAsync(server, "audit", "release", "case")).Out.ShouldBe("Released case.\n");
        (await Line.RunAsync(server, "audit", "head")).Out.ShouldBe("3:ab\n");
        (await Line.RunAsync(server, "audit", "retention", "--days", "1", "--for-ever")).ExitCode
            .ShouldBe(ExitCodes.Usage);
    }
}
