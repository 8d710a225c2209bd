using Fairlead.Client.Api;
using Fairlead.Server.Records.Query;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace Fairlead.Server.Tests.Records;

/// <summary>Questions to the prediction log, honest ones and others.</summary>
public sealed class QueryTests(PostgresServer postgres)
{
    [Fact]
    public async Task Query_ReadsTablesAndTheNewestRecords_OfThePermittedEndpointsOnly()
    {
        await using var server = await TestServer.StartAsync();
        var (mine, other) = (await server.LoggedAsync("mine"), await server.LoggedAsync("other"));
        await server.RecordAsync(mine.Number, "mine", "anna", "bo");
        await server.RollAsync();
        await server.RecordAsync(mine.Number, "mine", "christina");
        await server.RecordAsync(other.Number, "other", "someone");

        var answer = await AskAsync(server.Client, """
            select unit, input_income, time, failure from mine order by input_income
            """, "mine");
        answer.Columns.Select(column => column.Name).ShouldBe(["unit", "input_income", "time", "failure"]);
        answer.Rows.EnumerateArray().Select(row => row[0].GetString()).ShouldBe(["bo", "anna", "christina"]);
        answer.Rows[0][1].GetDouble().ShouldBe(2);
        answer.Rows[0][2].GetString()!.ShouldEndWith("Z");
        answer.Rows[0][3].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        // Without names: everything that the caller may ask; a key for one endpoint sees that one.
        (await AskAsync(server.Client, "select count(*) from predictions")).Rows[0][0].GetInt64().ShouldBe(4);
        await ExportsAsync(server, mine);
        var admin = await server.Client.CreateKeyAsync(new CreateKeyRequest { Name = "admin", Role = "admin" });
        var key = await server.ClientWith(admin.Secret).CreateKeyAsync(
            new CreateKeyRequest { Name = "k", Role = "operator", Endpoints = ["mine"] });
        var client = server.ClientWith(key.Secret);
        (await AskAsync(client, "select count(*) from predictions")).Rows[0][0].GetInt64().ShouldBe(3);
        await AskAsync(client, "select * from other").ShouldBeRefusedAsync("invalid_sql", 400);
        await AskAsync(client, "select 1", "other").ShouldBeRefusedAsync("forbidden", 403);
        Directory.EnumerateFileSystemEntries(
            Path.Combine(server.Options.DataFolder, "records", "queries")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Query_NamesTheReplicas_WhoseRecordsItDoesNotHave()
    {
        await using var server = await TestServer.StartAsync(Engine.Postgres, postgres);
        var mine = await server.LoggedAsync("mine");
        await server.RecordAsync(mine.Number, "mine", "anna");
        (await AskAsync(server.Client, "select unit from mine")).NotIncluded.ShouldBeEmpty();
        await server.Services.GetRequiredService<Database>().OperateAsync(async db =>
        {
            var now = DateTimeOffset.UtcNow;
            db.Replicas.Add(new ReplicaRow { Name = "beside", HeartbeatAt = now.ToMicroseconds() });
            db.Replicas.Add(new ReplicaRow { Name = "gone", HeartbeatAt = now.AddMinutes(-5).ToMicroseconds() });
            await db.SaveChangesAsync();
        }, CancellationToken.None);

        var answer = await AskAsync(server.Client, "select unit from mine");

        answer.NotIncluded.ShouldBe(["beside"]);
        answer.Rows[0][0].GetString().ShouldBe("anna");
    }

    [Fact]
    public async Task Query_ThatTakesTooMuch_IsStopped_AndAFaultIsTheCallers()
    {
        await using var server = await TestServer.StartAsync(options => options.QueryMemoryBytes = 400L << 20);
        await AskAsync(server.Client, "selec").ShouldBeRefusedAsync("invalid_sql", 400);
        await server.Client.QueryPredictionsAsync(new QueryPredictionsRequest
        {
            Sql = "with recursive r(i) as (select 1 union all select i + 1 from r) select count(*) from r",
            Timeout = TimeSpan.FromSeconds(1),
        }).ShouldBeRefusedAsync("query_timeout", 400);
        var hungry = await Should.ThrowAsync<Client.FairleadApiException>(AskAsync(
            server.Client, "select list(i) from (select unnest(range(1000000000)) as i)"));

        // The engine refuses by itself, or the process is stopped.
        hungry.Code.ShouldBeOneOf("invalid_sql", "query_too_large");
    }

    [Fact]
    public async Task Query_ThatIsHostile_IsRefusedInASentence_AndChangesNothing()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-question-").FullName;
        var outside = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(outside, "secret\n1\n");
        var written = outside + ".written";
        foreach (var (sql, words) in ((string Sql, string Words)[])[
            ("selec", "syntax error"),
            ("", "no statement"),
            ("select 1; select 2", "2 statements"),
            ("select 1; drop view mine", "2 statements"),
            ("select * from nothing", "does not exist"),
            ($"copy (select 1) to '{written}'", "Cannot access file"),
            ($"copy (select 1) to '{folder}/mine.parquet'", "Only a SELECT"),
            ("copy mine to 'x.csv'", "Cannot access file"),
            ($"attach '{written}' as w", "Only a SELECT"),
            ($"attach '{folder}/w' as w", "Only a SELECT"),
            ("create table t as select 1", "Only a SELECT"),
            ("create macro f() as 1", "Only a SELECT"),
            ("drop view mine", "Only a SELECT"),
            ("insert into mine values (1)", ""),
            ("install httpfs", "Only a SELECT"),
            ("load httpfs", "Only a SELECT"),
            ("set enable_external_access = true", "Only a SELECT"),
            ("set threads = 64", "Only a SELECT"),
            ("export database 'x'", ""),
            ("explain select 1", "Only a SELECT"),
            ("call pragma_version()", ""),
            ($"select * from read_csv('{outside}')", "Cannot access file"),
            ($"select * from read_text('{outside}')", "Cannot access file"),
            ($"select * from read_csv('{folder}/../{Path.GetFileName(outside)}')", "Cannot access file"),
            ($"select * from '{outside}'", ""),
            ("select * from glob('/etc/*')", "Cannot access"),
            ("select * from read_csv('http://127.0.0.1:1/x')", ""),
            ("select getenv('PATH')", "getenv")])
        {
            var (code, output, errors) = Ask(folder, sql);
            code.ShouldBe(QueryChild.Refused, $"{sql} answered {output}");
            output.ShouldBeEmpty();
            errors.ShouldContain(words, Case.Insensitive, sql);
            errors.ShouldNotContain("secret");
        }

        Ask(folder, "select 42 as x").Output.ShouldContain("[42]");
        Ask(folder, "select prediction_id, row from mine where unit = 'nobody'").ShouldBe((0,
            """{"columns":[{"name":"prediction_id","type":"Varchar"},{"name":"row","type":"Integer"}],"""
                + "\"rows\":[],\"truncated\":false}", ""));
        File.Exists(written).ShouldBeFalse();
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
        File.Delete(outside);
        Directory.Delete(folder);
    }

    /// <summary>A model without a value for missing ones is sent NaN, and every line is JSON all the same.</summary>
    [Fact]
    public async Task Export_OfNumbersThatAreNone_IsJson()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-question-").FullName;
        using (var connection = new DuckDB.NET.Data.DuckDBConnection("DataSource=:memory:"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "COPY (SELECT 'a' AS prediction_id, now()::TIMESTAMP AS time, 0 AS row, "
                + "'s' AS subject, 'nan'::FLOAT AS \"input_x y\", ['inf'::DOUBLE, 2.5] AS output_p) "
                + $"TO '{folder}/t.parquet' (FORMAT parquet)";
            command.ExecuteNonQuery();
        }

        using var errors = new StringWriter();
        QueryChild.Run(new StringReader(StoredJson.Write(Question(folder, null) with
        {
            Endpoints = [new AskedEndpoint(1, "mine", ["t.parquet"])],
            Export = new AskedExport("jsonl", "out", null, null),
        })), TextWriter.Null, errors).ShouldBe(0, errors.ToString());

        var line = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "out")));
        line.RootElement.GetProperty("input_x y").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        line.RootElement.GetProperty("output_p").GetRawText().ShouldBe("[null,2.5]");
        Directory.Delete(folder, recursive: true);
    }

    private static Question Question(string folder, string? sql) => new()
    {
        Folder = folder,
        EngineBytes = 100 << 20,
        Threads = 1,
        Endpoints = [new AskedEndpoint(1, "mine", [])],
        Fresh = [],
        Forgotten = [],
        Sql = sql,
        MaxRows = 10,
        MaxBytes = 1000,
    };

    private static (int Code, string Output, string Errors) Ask(string folder, string sql)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = QueryChild.Run(new StringReader(StoredJson.Write(Question(folder, sql))), output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    [Fact]
    public async Task Query_OfTooMuch_IsCutOff_AndSaysSo()
    {
        await using var server = await TestServer.StartAsync();

        var rows = await server.Client.QueryPredictionsAsync(
            new QueryPredictionsRequest { Sql = "select * from range(1000)", MaxRows = 10 });
        rows.Rows.GetArrayLength().ShouldBe(10);
        rows.Truncated.ShouldBeTrue();
        var columns = string.Join(", ", Enumerable.Range(0, 2000).Select(i => $"{i} as c{i}"));
        var wide = await server.Client.QueryPredictionsAsync(new QueryPredictionsRequest
        {
            Sql = $"select repeat('x', 100000) as x, {columns} from range(300)",
        });
        wide.Columns.Count.ShouldBe(2001);
        wide.Truncated.ShouldBeTrue();
        wide.Rows.GetArrayLength().ShouldBeInRange(1, 170);
    }

    private static async Task ExportsAsync(TestServer server, EndpointInfo endpoint)
    {
        using var csv = new MemoryStream();
        await server.Client.ExportPredictionsAsync("mine", "csv", csv);
        Encoding.UTF8.GetString(csv.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(4);
        using var lines = new MemoryStream();
        await server.Client.ExportPredictionsAsync("mine", "jsonl", lines, to: endpoint.CreatedAt);
        lines.Length.ShouldBe(0);
        using var parquet = new MemoryStream();
        await server.Client.ExportPredictionsAsync("mine", "parquet", parquet, from: endpoint.CreatedAt);
        parquet.Position = 0;
        using var reader = new ParquetFileReader(new ParquetSharp.IO.ManagedRandomAccessFile(parquet));
        reader.FileMetaData.NumRows.ShouldBe(3);
        await server.Client.ExportPredictionsAsync("mine", "xls", csv).ShouldBeRefusedAsync("invalid_parameter", 400);
        await server.Client.ExportPredictionsAsync("none", "csv", csv).ShouldBeRefusedAsync("endpoint_not_found", 404);
    }

    private static Task<QueriedPredictions> AskAsync(
        Client.FairleadClient client, string sql, params string[] endpoints) =>
        client.QueryPredictionsAsync(new QueryPredictionsRequest
        {
            Sql = sql,
            Endpoints = endpoints.Length == 0 ? null : endpoints,
        });
}
