using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Predictions;
using Fairlead.Server.Records;
using Fairlead.Server.Records.Query;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Records.Tables;
using Fairlead.Statistics.Assignment;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Records;

/// <summary>A person is forgotten: in tables, in the append log, in what outcomes are joined to; for good.</summary>
public sealed class ForgetTests(PostgresServer postgres)
{
    private static readonly ForgetPredictionsRequest Anna =
        new() { Subject = "anna-of-many", Reason = "asked for it" };

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Forget_RemovesEverythingOfThePerson_AndNothingElse(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var endpoint = await server.LoggedAsync("mine");
        var other = await server.LoggedAsync("other");
        await server.RecordAsync(endpoint.Number, "mine", "anna-of-many", "bo", "anna-of-many");
        await server.RecordAsync(other.Number, "other", "anna-of-many");
        await server.RollAsync();
        await server.RecordAsync(endpoint.Number, "mine", "anna-of-many", "christina");
        await AnswersAsync(server, endpoint.Number, "anna-of-many", "bo");

        var forgotten = await server.Client.ForgetPredictionsAsync("mine", Anna);

        (forgotten.Rows, forgotten.Outcomes).ShouldBe((3, 2));
        (await UnitsAsync(server)).ShouldBe(["mine bo", "mine christina", "other anna-of-many"]);
        var records = Path.Combine(server.Options.DataFolder, "records");
        var mine = Directory.EnumerateFiles(records, "*.*", SearchOption.AllDirectories)
            .Where(path => path.Contains($"/tables/{endpoint.Number}/", StringComparison.Ordinal)
                || path.Contains("/log/", StringComparison.Ordinal)).ToList();
        mine.ShouldNotBeEmpty();
        mine.AddRange(Directory.EnumerateFiles(server.Options.DataFolder, "fairlead.db*"));
        foreach (var file in mine)
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain("anna-of-many");

        var filter = new AuditFilter { What = "predictions.forget" };
        var audit = (await server.Client.ListAuditAsync(filter)).Items.Single();
        audit.Reason.ShouldBe("asked for it");
        System.Text.Json.JsonSerializer.Serialize(audit).ShouldNotContain("anna-of-many");
        audit.After!.Value.GetProperty("subject").GetString().ShouldBe(forgotten.Subject);
        await server.Services.GetRequiredService<Database>().ReadAsync(async db =>
        {
            (await db.Answers.SingleAsync()).Unit.ShouldBe((long)UnitHash.Of("bo"));
            (await db.Outcomes.SingleAsync()).Label.ShouldBe("bo");
            return true;
        }, CancellationToken.None);
    }

    [Fact]
    public async Task Forget_InterruptedAnywhere_GoesOnToTheEnd_AndKeepsLateRecordsOut()
    {
        var failing = new FailingTables();
        await using var server = await TestServer.StartAsync(services: services =>
            services.AddSingleton<IRecordTables>(failing));
        failing.Use(Path.Combine(server.Options.DataFolder, "records", "tables"));
        var endpoint = await server.LoggedAsync("mine");
        await server.RecordAsync(endpoint.Number, "mine", "anna-of-many", "bo");
        await server.RollAsync();
        await server.RecordAsync(endpoint.Number, "mine", "anna-of-many");
        await server.RollAsync();
        var late = Directory.CreateTempSubdirectory("fairlead-late-").FullName;
        await server.RecordAsync(endpoint.Number, "mine", "anna-of-many", "dora");
        var store = server.Services.GetRequiredService<RecordStore>();
        var kept = Path.Combine(late, Path.GetFileName(store.Log.AllFiles().Single()));
        File.Move(store.Log.AllFiles().Single(), kept);

        failing.FailAt = "publish";
        await server.Client.ForgetPredictionsAsync("mine", Anna).ShouldBeRefusedAsync("storage_unavailable", 503);
        var forgetting = server.Services.GetRequiredService<RecordForgetting>();

        // Nobody sees them meanwhile.
        (await UnitsAsync(server)).ShouldBe(["mine bo"]);
        failing.FailAt = "delete";
        await Should.ThrowAsync<IOException>(forgetting.ApplyAsync(CancellationToken.None));

        failing.FailAt = null;
        await forgetting.ApplyAsync(CancellationToken.None);
        (await forgetting.ApplyAsync(CancellationToken.None)).ShouldBe((0, 0));
        store.Tables.List().ShouldHaveSingleItem();

        // A file that turns up now was written before.
        File.Move(kept, Path.Combine(store.Log.Folder, Path.GetFileName(kept)));
        (await UnitsAsync(server)).ShouldBe(["mine bo", "mine dora"]);
        await server.RollAsync();

        // Whoever comes back later is recorded again.
        await server.RecordAsync(endpoint.Number, "mine", "anna-of-many");
        (await UnitsAsync(server)).ShouldBe(["mine anna-of-many", "mine bo", "mine dora"]);
        Directory.Delete(late, recursive: true);
    }

    [Fact]
    public async Task Forget_BreaksOffAnExportUnderWay()
    {
        await using var server = await TestServer.StartAsync();
        var endpoint = await server.LoggedAsync("mine");
        await server.RecordAsync(endpoint.Number, "mine", "anna-of-many");
        var queries = server.Services.GetRequiredService<RecordQueries>();
        using var export = await queries.ExportAsync(
            Core.Access.Principal.Local, EndpointName.Parse("mine"), "csv", null, null, CancellationToken.None);
        (await File.ReadAllTextAsync(export.Path)).ShouldContain("anna-of-many");

        await server.Client.ForgetPredictionsAsync("mine", Anna);

        using var sent = new MemoryStream();
        await Should.ThrowAsync<IOException>(export.SendAsync(sent, CancellationToken.None));
        sent.Length.ShouldBe(0);
    }

    [Fact]
    public async Task Forget_WithoutASubjectOrAReason_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");
        await server.Client.PutEndpointAsync("mine", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = "m", Version = 1 }],
            Log = new LogInfo(),
        });

        await server.Client.ForgetPredictionsAsync("mine", Anna).ShouldBeRefusedAsync("no_subject", 409);
        await server.Client.ForgetPredictionsAsync("none", Anna).ShouldBeRefusedAsync("endpoint_not_found", 404);
        await server.Client.ForgetPredictionsAsync("mine", Anna with { Reason = " " })
            .ShouldBeRefusedAsync("invalid_subject", 400);
    }

    /// <summary>Answers with an outcome each, which is labelled with its unit.</summary>
    private static async Task AnswersAsync(TestServer server, int endpoint, params string[] units)
    {
        var observation = new Observation { Outcomes = true };
        await server.Services.GetRequiredService<IFactsSink>().StoreAsync(
            [.. units.Select((unit, i) => new AnswerRecord(
                new PredictionId(1, endpoint, 1, 1, 1000 + i, (ulong)i), UnitHash.Of(unit), observation, [], []))],
            CancellationToken.None);
        await server.Services.GetRequiredService<Database>().OperateAsync(async db =>
        {
            db.Outcomes.AddRange(units.Select((unit, i) => new OutcomeRow
            {
                Endpoint = endpoint,
                Time = 1000 + i,
                Randomness = i,
                Name = "label",
                Label = unit,
            }));
            await db.SaveChangesAsync();
        }, CancellationToken.None);
    }

    private static async Task<List<string>> UnitsAsync(TestServer server)
    {
        var answer = await server.Client.QueryPredictionsAsync(new QueryPredictionsRequest
        {
            Sql = "select endpoint || ' ' || unit from predictions order by 1",
        });
        return [.. answer.Rows.EnumerateArray().Select(row => row[0].GetString()!)];
    }

    /// <summary>Tables whose disk refuses at a point.</summary>
    private sealed class FailingTables : IRecordTables
    {
        private IRecordTables _tables = null!;

        public string? FailAt { get; set; }

        public void Use(string folder) => _tables = new RecordTableFolder(folder);

        public IReadOnlyList<RecordTable> List(int? endpoint = null) => _tables.List(endpoint);

        public string Draft() => _tables.Draft();

        public void Publish(string draft, RecordTable table)
        {
            if (FailAt == "publish")
                throw new IOException("The disk is gone.");
            _tables.Publish(draft, table);
        }

        public string? Fetch(RecordTable table) => _tables.Fetch(table);

        public void Delete(RecordTable table)
        {
            if (FailAt == "delete")
                throw new IOException("The disk is gone.");
            _tables.Delete(table);
        }
    }
}
