using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Windows;
using Fairlead.Statistics.Sketches;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Monitoring;

/// <summary>Schemas of endpoints: inferred, declared, and held against windows.</summary>
public sealed class SchemaTests
{
    [Fact]
    public async Task ASchema_IsInferred_Declared_AndHeldAgainstWindows()
    {
        await using var server = await TestServer.StartAsync();
        await DatasetAsync(server);
        var artifact = await server.UploadAsync("a model");
        await server.Client.RegisterVersionAsync("m", new RegisterVersionRequest
        {
            Files = [new VersionFile("model.onnx", artifact.Digest, artifact.Size)],
            Datasets = ["d/1"],
        });
        var endpoint = await PutAsync(server, null);
        endpoint.Schema.ShouldBeNull();
        await server.Client.CheckSchemaAsync("e").ShouldBeRefusedAsync("no_schema", 400);

        var schema = await server.Client.InferSchemaAsync("e");
        schema.Columns.Select(column => (column.Name, column.Kind, column.Whole, column.Min))
            .ShouldBe([("age", "number", true, 12), ("income", "number", false, 0)]);
        (schema.Columns[0].Max, Math.Round(schema.Columns[1].Max!.Value, 3)).ShouldBe((83, 1.089));
        schema.Columns.ShouldAllBe(column => column.Required);
        (await server.Client.InferSchemaAsync("e", "dataset:d/1")).Columns.Count.ShouldBe(2);
        await server.Client.InferSchemaAsync("e", "rolling:1d").ShouldBeRefusedAsync("no_reference", 400);
        await server.Client.InferSchemaAsync("e", variant: "z").ShouldBeRefusedAsync("unknown_variant", 400);

        endpoint = await PutAsync(server, schema with { Mode = "warn" });
        endpoint.Schema!.Mode.ShouldBe("warn");
        endpoint.Schema.Columns.ShouldBe(schema.Columns);
        endpoint.AsRequest().Schema.ShouldNotBeNull();
        (await PutAsync(server, schema with { Mode = "warn" })).Generation.ShouldBe(endpoint.Generation);
        (await server.Client.CheckSchemaAsync("e")).Arms.ShouldBeEmpty();

        await StoreAsync(server, endpoint, 50, age: 30);
        (await server.Client.CheckSchemaAsync("e")).Arms.ShouldHaveSingleItem().State.ShouldBe("insufficient_data");
        await StoreAsync(server, endpoint, 150, age: 30);
        (await server.Client.CheckSchemaAsync("e")).Arms.ShouldHaveSingleItem().State.ShouldBe("ok");
        await StoreAsync(server, endpoint, 150, age: 90);
        var broken = (await server.Client.CheckSchemaAsync("e")).Arms.ShouldHaveSingleItem();
        (broken.State, broken.Rows).ShouldBe(("broken", 350L));
        var finding = broken.Findings.ShouldHaveSingleItem();
        (finding.Column, finding.Fault).ShouldBe(("age", "above_range"));

        // What is sure of it: the share less the error of the sketch.
        finding.Share.ShouldBeInRange(150.0 / 350 - 0.05, 150.0 / 350);

        // What was refused is told by column and reason, in windows too.
        await StoreAsync(server, endpoint, 100, age: 30, window =>
        {
            window.CountRefused(400);
            window.CountFault("income", "missing", 30);
        });
        var refused = (await server.Client.CheckSchemaAsync("e")).Arms.ShouldHaveSingleItem();
        (refused.Rows, refused.RefusedRows).ShouldBe((450L, 400L));
        refused.Refused.ShouldHaveSingleItem().ShouldBe(new RefusedFaultInfo("income", "missing", 30));
        refused.Findings.Single(each => each.Fault == "missing").Sentence
            .ShouldStartWith("3.53% of the rows were refused because values of 'income' are missing");
        (await server.Client.GetWindowsAsync("e")).Windows.ShouldHaveSingleItem().Refused.ShouldBe(refused.Refused);

        // A distance asks for a reference, which is what the version learnt from.
        await PutAsync(server, schema with
        {
            Columns = [schema.Columns[0] with { Max = 100, MaxJensenShannon = 0.1 }],
        });
        var far = (await server.Client.CheckSchemaAsync("e")).Arms.ShouldHaveSingleItem();
        far.HeldAgainst.ShouldBe("dataset d/1, 200 rows");
        far.Findings.ShouldHaveSingleItem().Fault.ShouldBe("too_far");
    }

    /// <summary>As the command line prints it.</summary>
    [Fact]
    public async Task ASchema_InADocument_IsApplied_AndStaysWhenWeightsMove()
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");

        await server.Client.ApplyAsync("""
            kind: Endpoint
            name: e
            variants: [{name: a, model: m, version: 1}]
            schema:
              mode: reject
              columns:
                - name: "age"
                  kind: number
                  whole: true
                  min: 12
                  max: 83.5
                  required: true
                  maxMissingShare: 0.01
                - name: "income"
                  kind: category
                  categories: ["1", "a \"b\""]
            """);

        var endpoint = await server.Client.GetEndpointAsync("e");
        var schema = endpoint.Schema.ShouldNotBeNull();
        (schema.Mode, schema.OtherColumns).ShouldBe(("reject", true));
        schema.Columns[0].ShouldBe(new SchemaColumnInfo
        {
            Name = "age",
            Kind = "number",
            Whole = true,
            Min = 12,
            Max = 83.5,
            Required = true,
            MaxMissingShare = 0.01,
        });
        schema.Columns[1].Categories.ShouldBe(["1", "a \"b\""]);
        var request = endpoint.AsRequest();
        request.Variants[0].Weight = 2;
        (await server.Client.PutEndpointAsync("e", request)).Schema!.Columns[0].ShouldBe(schema.Columns[0]);
    }

    [Theory]
    [InlineData("hat", "number", null, "unknown_column", "schema.columns[0].name")]
    [InlineData("age", "size", null, "schema_invalid", "schema.columns[0].kind")]
    [InlineData("age", "category", 3.0, "schema_invalid", "schema.columns[0].min")]
    public async Task ASchema_ThatMakesNoSense_IsRefusedWithItsPlace(
        string name, string kind, double? min, string code, string field)
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");

        var problem = await PutAsync(server, new SchemaInfo
        {
            Columns = [new SchemaColumnInfo { Name = name, Kind = kind, Min = min }],
        }).ShouldBeRefusedAsync(code, 400);

        problem.Errors[0].Field.ShouldBe(field);
        await PutAsync(server, new SchemaInfo { Columns = [] }).ShouldBeRefusedAsync("schema_invalid");
        await PutAsync(server, new SchemaInfo { Mode = "shout", Columns = [] }).ShouldBeRefusedAsync("schema_invalid");
        (await PutAsync(server, new SchemaInfo
        {
            Columns = [new SchemaColumnInfo { Name = "age", Kind = "number" }],
            OtherColumns = false,
        }).ShouldBeRefusedAsync("unknown_column", 400)).Detail!.ShouldContain("'income'");
    }

    private static Task<EndpointInfo> PutAsync(TestServer server, SchemaInfo? schema) =>
        server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = "m", Version = 1 }],
            Schema = schema,
        });

    private static async Task DatasetAsync(TestServer server)
    {
        var rows = Rows(200, i => 18 + i % 60);
        using var bytes = new MemoryStream(WindowFiles.Encode(rows));
        var profile = await server.Client.PutArtifactAsync(bytes);
        await server.Client.RegisterDatasetAsync("d", new RegisterDatasetRequest
        {
            Digest = $"sha256:{TestServer.Digest("rows")}",
            Source = "file",
            Rows = 200,
            Columns = [.. rows.Columns.Select(column => new DatasetColumnInfo(column.Name, "number"))],
            Profile = profile.Digest,
        });
    }

    private static Task StoreAsync(
        TestServer server, EndpointInfo endpoint, int rows, double age, Action<WindowSketch>? more = null)
    {
        var window = Rows(rows, _ => age, data: false);
        more?.Invoke(window);
        return server.Services.GetRequiredService<IWindowSink>().StoreAsync(
            new SealedWindow(
                EndpointName.Parse("e"), endpoint.Number, VariantName.Parse("a"), endpoint.Variants[0].Arm, "m", "1",
                ArmWindows.MinuteOf(DateTimeOffset.UtcNow) - rows / 10 - (long)age / 10,
                window),
            CancellationToken.None);
    }

    /// <summary>Ages, incomes of 0 to 0.99, and a column that no model has.</summary>
    private static WindowSketch Rows(int rows, Func<int, double> age, bool data = true)
    {
        List<(string, bool)> columns = [("age", false), ("income", false)];
        if (data)
            columns.Add(("spare", false));
        var window = new WindowSketch(columns, (ulong)rows);
        window.CountRows(rows);
        window.Count("none", rows);
        for (var row = 0; row < rows; row++)
        {
            window.Columns[0].Sketch.Add(age(row));
            window.Columns[1].Sketch.Add(row % 100 / 100.0);
            if (data)
                window.Columns[2].Sketch.Add(row);
        }

        return window;
    }
}
