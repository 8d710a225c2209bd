using Fairlead.Core.Endpoints;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Records;

/// <summary>An endpoint's <c>log:</c> over the API and as a document.</summary>
public sealed class LogDeclarationTests(PostgresServer postgres)
{
    private const string Document = """
        kind: Endpoint
        name: credit
        unit: field:age
        variants: [{name: stable, model: m, version: 1}]
        log:
          share: 10%
          hash: [age, unit]
          omit: [y]
          retention: 90d
          subject: age
        """;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Apply_OfALog_IsKept_ShownAndRouted(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");

        (await server.Client.ApplyAsync(Document)).Documents[0].Outcome.ShouldBe("created");

        var log = (await server.Client.GetEndpointAsync("credit")).Log.ShouldNotBeNull();
        (log.Share, log.Subject, log.Retention).ShouldBe((0.1, "age", TimeSpan.FromDays(90)));
        log.Hash.ShouldBe(["age", "unit"]);
        var routed = (await server.Feed.ReadAsync(CancellationToken.None)).Endpoints.Single();
        routed.Spec.Log!.Treatment("y").ShouldBe(FieldTreatment.Omit);
        (await server.Client.ApplyAsync(Document)).Documents[0].Outcome.ShouldBe("unchanged");
        var dry = await server.Client.ApplyAsync(
            Document.Replace("10%", "20%", StringComparison.Ordinal), dryRun: true);
        dry.Documents[0].Differences.ShouldHaveSingleItem().Path.ShouldBe("log.share");
    }

    [Fact]
    public async Task Log_ThatCannotBe_IsRefusedWithItsPlace()
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");
        foreach (var (log, code, field) in ((string, string, string)[])[
            ("{share: 1.5}", "invalid_share", "log.share"),
            ("{retention: 1m}", "invalid_retention", "log.retention"),
            ("{omit: [agee]}", "unknown_log_field", "log"),
            ("{subject: agee}", "unknown_log_field", "log.subject"),
            ("{omit: [age], hash: [age]}", "field_twice", "log"),
            ("{omit: ['']}", "invalid_field", "log"),
            ("{keep: [age]}", "unknown_field", "log.keep")])
        {
            var document = Document[..Document.IndexOf("log:", StringComparison.Ordinal)] + "log: " + log;

            var problem = await server.Client.ApplyAsync(document).ShouldBeRefusedAsync(code, 400);

            problem.Field.ShouldBe("documents[0]." + field);
        }
    }
}
