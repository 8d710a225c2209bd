using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Audit;
using Fairlead.Server.Audit;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Audit;

/// <summary>The audit log in a real database, touched by hand in every way there is.</summary>
public sealed class AuditTests(PostgresServer postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task WhateverIsDoneToTheLog_IsFound(Engine engine)
    {
        await using var server = await GivenAsync(engine, 6);
        var good = await server.Client.VerifyAuditAsync(cancellation: Cancel);
        (good.Intact, good.Links, good.Head.Unsealed).ShouldBe((true, good.Head.Sequence, 0L));
        var head = await server.Client.GetAuditHeadAsync(Cancel);
        var (middle, last) = (head.Sequence / 2, head.Sequence);

        // One after the other, each undone before the next.
        await FoundAsync("edited", "UPDATE audit SET who = 'eve' WHERE id = @entry", middle);
        await FoundAsync("edited", "UPDATE audit SET before = NULL, after = '{}' WHERE id = @entry", middle);
        await FoundAsync("edited", "UPDATE audit SET at = at + 1 WHERE id = @entry", last);
        await FoundAsync("missing", "DELETE FROM audit WHERE id = @entry", middle);
        await FoundAsync("added", "DELETE FROM audit_seals WHERE sequence = @link", middle, "gap");
        await FoundAsync("truncated", "DELETE FROM audit_seals WHERE sequence = @link", last);
        await FoundAsync("edited", "UPDATE audit_seals SET hash = @zeros WHERE sequence = @link", middle);
        await FoundAsync("head", "UPDATE audit_policy SET head_hash = @zeros WHERE id = 1", middle);
        await FoundAsync("cut", "UPDATE audit_policy SET cut_sequence = 1, cut_hash = "
            + "(SELECT hash FROM audit_seals WHERE sequence = 1) WHERE id = 1", middle);
        await FoundAsync("added", "UPDATE audit_seals SET entry = -entry WHERE sequence = @link", middle, "missing");

        // Both entry and link of the end gone, and the log's own word for it: only the noted head tells.
        var gone = await TamperAsync(server, "DELETE FROM audit WHERE id = @entry", last);
        await TamperAsync(server, "DELETE FROM audit_seals WHERE sequence = @link", last);
        await TamperAsync(server, "UPDATE audit_policy SET head_sequence = @link - 1, head_hash = "
            + "(SELECT hash FROM audit_seals WHERE sequence = @link - 1) WHERE id = 1", last);
        gone.ShouldBe(1);
        (await server.Client.VerifyAuditAsync(cancellation: Cancel)).Intact.ShouldBeTrue();
        (await server.Client.VerifyAuditAsync(head.Sequence, head.Hash, Cancel)).Faults
            .ShouldHaveSingleItem().Kind.ShouldBe("truncated");

        async Task FoundAsync(string kind, string statement, long link, string? also = null)
        {
            var copy = await SaveAsync(server);
            (await TamperAsync(server, statement, link)).ShouldBe(1, statement);
            var found = await server.Client.VerifyAuditAsync(cancellation: Cancel);
            found.Intact.ShouldBeFalse(statement);
            found.Faults.Select(fault => fault.Kind).ShouldContain(kind, statement);
            if (also is not null)
                found.Faults.Select(fault => fault.Kind).ShouldContain(also, statement);
            await RestoreAsync(server, copy);
            (await server.Client.VerifyAuditAsync(cancellation: Cancel)).Intact.ShouldBeTrue(statement);
        }
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Retention_RemovesTheOldest_AndAHoldKeepsThem(Engine engine)
    {
        var clock = new LaterClock();
        await using var server = await GivenAsync(engine, 3, clock);
        var sealer = server.Services.GetRequiredService<AuditSealer>();
        var retention = server.Services.GetRequiredService<AuditRetention>();
        await server.RegisterAsync("held", "x");
        await server.RegisterAsync("later", "y");
        clock.Ahead = TimeSpan.FromDays(40);
        await server.RegisterAsync("young", "z");
        await server.Client.PutAuditRetentionAsync(new PutAuditRetentionRequest { Days = 30 }, Cancel);
        await server.Client.PutAuditHoldAsync(
            "case", new PutAuditHoldRequest { Reason = "a case", Subject = "models/held" }, Cancel);
        await sealer.SealAsync(Cancel);
        var noted = await server.Client.GetAuditHeadAsync(Cancel);

        // Everything before the held entries goes; what is behind them stays with them.
        (await retention.CutAsync(Principal.Local, Cancel)).ShouldBeGreaterThan(0);
        (await retention.CutAsync(Principal.Local, Cancel)).ShouldBe(0);
        await sealer.SealAsync(Cancel);
        var held = await server.Client.VerifyAuditAsync(noted.Sequence, noted.Hash, Cancel);
        held.Intact.ShouldBeTrue(string.Join(", ", held.Faults));
        held.RemovedUpTo.ShouldBeGreaterThan(0);
        var kept = (await server.Client.ListAuditAsync(cancellation: Cancel)).Items
            .Select(entry => entry.Subject).ToList();
        kept.ShouldContain("models/held/versions/1");
        kept.ShouldContain("models/later/versions/1");
        kept.ShouldNotContain("models/m/versions/1");
        kept.ShouldContain("audit/holds/case");

        await server.Client.DeleteAuditHoldAsync("case", "closed", Cancel);
        await sealer.SealAsync(Cancel);
        (await retention.CutAsync(Principal.Local, Cancel)).ShouldBeGreaterThan(0);
        await sealer.SealAsync(Cancel);
        kept = [.. (await server.Client.ListAuditAsync(cancellation: Cancel)).Items.Select(entry => entry.Subject)];
        kept.ShouldNotContain("models/held/versions/1");
        kept.ShouldContain("models/young/versions/1");
        (await server.Client.VerifyAuditAsync(noted.Sequence, noted.Hash, Cancel)).Intact.ShouldBeTrue();

        // An export of what is left can be verified by itself.
        using var export = new MemoryStream();
        await server.Client.ExportAuditAsync(export, cancellation: Cancel);
        var lines = Encoding.UTF8.GetString(export.ToArray()).TrimEnd('\n').Split('\n')
            .Select(line => AuditLine.Read(line)!.Value).ToList();
        var walk = new AuditVerification(lines[0].Link.Sequence, lines[0].Link.Hash);
        lines.Skip(1).ToList().ForEach(line => walk.Next(line.Link, line.Entry));
        walk.FaultCount.ShouldBe(0);
        walk.Head.Sequence.ShouldBe((await server.Client.GetAuditHeadAsync(Cancel)).Sequence);

        await server.Client.PutAuditRetentionAsync(new PutAuditRetentionRequest { Days = 0 }, Cancel)
            .ShouldBeRefusedAsync("invalid_retention", 400);
        await server.Client.PutAuditHoldAsync("x", new PutAuditHoldRequest { Reason = " " }, Cancel)
            .ShouldBeRefusedAsync("invalid_retention", 400);
        await server.Client.DeleteAuditHoldAsync("none", cancellation: Cancel)
            .ShouldBeRefusedAsync("hold_not_found", 404);
        await server.Client.VerifyAuditAsync(1, "no hash", Cancel).ShouldBeRefusedAsync("invalid_parameter", 400);
    }

    /// <summary>Two that seal at once make one chain.</summary>
    [Theory, ClassData(typeof(EachEngine))]
    public async Task TwoSealersAtOnce_MakeOneChain(Engine engine)
    {
        await using var server = await GivenAsync(engine, 1);
        var sealer = server.Services.GetRequiredService<AuditSealer>();
        var writers = Enumerable.Range(0, 8).Select(i => server.RegisterAsync($"w{i}", $"{i}"));
        var sealers = Enumerable.Range(0, 8).Select(_ => (Task)sealer.SealAsync(Cancel));
        await Task.WhenAll([.. writers, .. sealers]);
        await sealer.SealAsync(Cancel);
        var found = await server.Client.VerifyAuditAsync(cancellation: Cancel);
        (found.Intact, found.Head.Unsealed).ShouldBe((true, 0L), string.Join(", ", found.Faults));
        found.Links.ShouldBeGreaterThan(16);
    }

    private async Task<TestServer> GivenAsync(Engine engine, int versions, TimeProvider? clock = null)
    {
        var server = await TestServer.StartAsync(engine, postgres, services: services =>
        {
            if (clock is not null)
                services.AddSingleton(clock);
        });
        for (var i = 0; i < versions; i++)
            await server.RegisterAsync("m", $"{i}");

        // From here on only the tests seal: a link that they take away must not be made anew before they look.
        var sealer = server.Services.GetRequiredService<AuditSealer>();
        await sealer.StopAsync(Cancel);
        await sealer.SealAsync(Cancel);
        return server;
    }

    private static Task<int> TamperAsync(TestServer server, string statement, long link) =>
        server.Services.GetRequiredService<Database>().StateAsync(async statements =>
        {
            var entry = await statements.NumberAsync(
                "SELECT entry FROM audit_seals WHERE sequence = @link", Cancel, ("link", link));
            var values = new List<(string, object?)>();
            if (statement.Contains("@link", StringComparison.Ordinal))
                values.Add(("link", link));
            if (statement.Contains("@entry", StringComparison.Ordinal))
                values.Add(("entry", entry ?? link));
            if (statement.Contains("@zeros", StringComparison.Ordinal))
                values.Add(("zeros", new byte[32]));
            return await statements.ExecuteAsync(statement, Cancel, [.. values]);
        }, Cancel);

    private static Task<(List<AuditRow> Rows, List<AuditSealRow> Seals, AuditPolicyRow Policy)> SaveAsync(
        TestServer server) =>
        server.Services.GetRequiredService<Database>().ReadAsync(db => Task.FromResult(
            (db.Audit.ToList(), db.AuditSeals.ToList(), db.AuditPolicies.Single())), Cancel);

    private static Task RestoreAsync(
        TestServer server, (List<AuditRow> Rows, List<AuditSealRow> Seals, AuditPolicyRow Policy) copy) =>
        server.Services.GetRequiredService<Database>().OperateAsync(async db =>
        {
            db.Audit.RemoveRange(db.Audit);
            db.AuditSeals.RemoveRange(db.AuditSeals);
            db.AuditPolicies.RemoveRange(db.AuditPolicies);
            await db.SaveChangesAsync(Cancel);
            db.ChangeTracker.Clear();
            db.Audit.AddRange(copy.Rows);
            db.AuditSeals.AddRange(copy.Seals);
            db.AuditPolicies.Add(copy.Policy);
            await db.SaveChangesAsync(Cancel);
        }, Cancel);

    /// <summary>A clock that can be put forward, and whose timers go on as before.</summary>
    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
