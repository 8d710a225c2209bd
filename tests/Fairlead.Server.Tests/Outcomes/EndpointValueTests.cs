using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Predictions;
using Fairlead.Server.Outcomes;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Statistics.Assignment;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Outcomes;

/// <summary>What an endpoint is worth, from answers and outcomes in a real database.</summary>
public sealed class EndpointValueTests(PostgresServer postgres)
{
    private static readonly Observation Observed = new() { Outcomes = true };
    private int _random;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Value_IsTheDifferenceToTheHoldout_PerUnitAndInTotal(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var endpoint = await EndpointAsync(server, new ValueInfo { Metric = "outcome:revenue", Unit = "EUR" });
        var (stable, held) = (endpoint.Variants[0].Arm, endpoint.Holdout!.Arm);

        // Of 400 units beside the model half buy for 30; of 200 without it a quarter.
        await AnswersAsync(server, stable, 400, unit => unit % 2 == 0 ? 30 : 0);
        await AnswersAsync(server, held, 200, unit => unit % 4 == 0 ? 30 : 0);

        var value = await server.Client.GetEndpointValueAsync("e");

        (value.Metric, value.Unit, value.Against).ShouldBe(("outcome:revenue", "EUR", "holdout"));
        (value.Treated.Units, value.Treated.Sum, value.Treated.Value).ShouldBe((400, 6000, 15));
        (value.Control.Units, value.Control.Sum, value.Control.Value).ShouldBe((200, 1500, 7.5));
        value.PerUnit!.Value.ShouldBe(7.5, 1e-9);
        value.PerUnit.Low.ShouldBeInRange(0, 7.5);
        value.Total!.Value.ShouldBe(3000, 1e-6);
        value.NotEnough.ShouldBeNull();
        value.Since.ShouldNotBeNull();
        value.Since!.Value.ShouldBeGreaterThan(DateTimeOffset.UtcNow - TimeSpan.FromHours(3));

        (await server.Client.GetEndpointValueAsync("e", unit: "points")).Unit.ShouldBe("points");
        (await server.Client.GetEndpointValueAsync("e", metric: "outcome:other")).NotEnough!
            .ShouldContain("no outcome has a value yet");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Value_OfASample_CountsOnlyItsUnits_AndTheTotalIsOfAll(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var endpoint = await EndpointAsync(server, new ValueInfo { Metric = "outcome:revenue", Sample = 0.25 });
        endpoint.Value!.Sample.ShouldBe(0.25);
        var (stable, held) = (endpoint.Variants[0].Arm, endpoint.Holdout!.Arm);

        // A rollout kept records of everybody; those of others than the sample must not enter, whatever they earned.
        await AnswersAsync(server, stable, 400, unit => unit % 2 == 0 ? 30 : 0);
        await AnswersAsync(server, held, 200, unit => unit % 4 == 0 ? 30 : 0);
        await AnswersAsync(server, stable, 500, _ => 1000, sampled: false);

        var value = await server.Client.GetEndpointValueAsync("e");

        (value.Sample, value.Treated.Units, value.Treated.Sum, value.Control.Units).ShouldBe((0.25, 400, 6000, 200));
        value.PerUnit!.Value.ShouldBe(7.5, 1e-9);
        value.Total!.Value.ShouldBe(4 * 3000, 1e-6);

        // Another share takes other units in: what was kept before is told of by itself.
        await server.Client.PutEndpointAsync("e", Put(new ValueInfo { Metric = "outcome:revenue", Sample = 0.5 }));
        (await server.Client.GetEndpointValueAsync("e")).Total!.Value.ShouldBe(12_000, 1e-6);
        await server.Client.PutEndpointAsync("e", Put(new ValueInfo { Metric = "outcome:revenue", Sample = 0 }))
            .ShouldBeRefusedAsync("invalid_share", 400);
    }

    /// <summary>
    /// Ten million answers are counted in the order of one index: no row is read, nothing is sorted, and what comes
    /// back is one number a bucket.
    /// </summary>
    [Fact]
    public async Task Units_AreCountedByTheDatabase_FromOneIndexAndWithoutSorting()
    {
        await using var server = await TestServer.StartAsync();
        var plan = await server.Services.GetRequiredService<Database>().ReadAsync(async db =>
        {
            var counts = EndpointValues.UnitCounts(db, 1, [1, 2], [1], 9);
            await using var command = counts.CreateDbCommand();
            var query = command.CommandText.IndexOf("SELECT", StringComparison.Ordinal);
            command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText[query..];
            await using var reader = await command.ExecuteReaderAsync();
            var steps = new List<string>();
            while (await reader.ReadAsync())
                steps.Add(reader.GetString(3));
            return steps;
        }, CancellationToken.None);

        plan.ShouldNotContain(step => step.Contains("TEMP B-TREE") || step.StartsWith("SCAN"));
        plan.ShouldContain(step => step.Contains("USING COVERING INDEX IX_answers_endpoint_bucket_unit"));
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Records_PastTheirLife_AreRemovedInPartsAndCounted(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var endpoint = await EndpointAsync(server, null);
        var arm = endpoint.Variants[0].Arm;
        const int Old = (2 * OutcomeKeeping.SweepRows) + 10;
        await AnswersAsync(server, arm, Old, _ => 0, age: TimeSpan.FromDays(100));
        await AnswersAsync(server, arm, 120, unit => unit, age: TimeSpan.FromDays(100));
        await AnswersAsync(server, arm, 120, unit => unit + 1);

        await server.Services.GetRequiredService<OutcomeKeeping>().SweepAsync(CancellationToken.None);

        var removed = server.Services.GetRequiredService<OutcomeMeter>().Removed;
        (removed.Count("answers"), removed.Count("outcomes")).ShouldBe((Old + 120, 119));
        var left = await server.Services.GetRequiredService<Database>().ReadAsync(
            async db => (await db.Answers.CountAsync(), await db.Outcomes.CountAsync()), CancellationToken.None);
        left.ShouldBe((120, 120));
    }

    [Fact]
    public async Task Value_LooksOnlyAtPredictionsThatHadTimeToTurnOut_InBothGroups()
    {
        await using var server = await TestServer.StartAsync();
        var endpoint = await EndpointAsync(server, null);
        await AnswersAsync(server, endpoint.Variants[0].Arm, 150, _ => 1);
        await AnswersAsync(server, endpoint.Holdout!.Arm, 150, _ => 1);

        var young = await server.Client.GetEndpointValueAsync(
            "e", "outcome:revenue", labelDelay: TimeSpan.FromHours(3));

        (young.Treated.Units, young.Control.Units, young.PerUnit, young.Since).ShouldBe((0, 0, null, null));
        young.NotEnough!.ShouldContain("0 units in the control group and 0 beside it");
        (await server.Client.GetEndpointValueAsync("e", "outcome:revenue", labelDelay: TimeSpan.FromHours(1)))
            .Treated.Units.ShouldBe(150);
    }

    [Fact]
    public async Task Value_OfARatio_AndAUnitWithManyAnswersCountsOnce()
    {
        await using var server = await TestServer.StartAsync();
        var endpoint = await EndpointAsync(server, null);
        foreach (var (arm, worth) in ((int, double)[])[(endpoint.Variants[0].Arm, 3), (endpoint.Holdout!.Arm, 2)])
        {
            for (var round = 0; round < 2; round++)
                await AnswersAsync(server, arm, 120, unit => worth + (unit % 3), orders: 2);
        }

        var value = await server.Client.GetEndpointValueAsync("e", "outcome:revenue/orders");

        (value.Treated.Units, value.Treated.Value, value.Control.Value).ShouldBe((120, 2, 1.5));
        value.PerUnit!.Value.ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public async Task Value_WithoutAControlGroupOrAMetric_SaysWhatToDo()
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");
        await server.Client.PutEndpointAsync("e", Put(null) with { Holdout = null });

        await server.Client.GetEndpointValueAsync("e").ShouldBeRefusedAsync("metric_needed", 400);
        await server.Client.GetEndpointValueAsync("e", "latency").ShouldBeRefusedAsync("invalid_metric", 400);
        (await server.Client.GetEndpointValueAsync("e", "outcome:x").ShouldBeRefusedAsync("no_control_group", 409))
            .Detail!.ShouldContain("holdout");
        await server.Client.GetEndpointValueAsync("gone", "outcome:x").ShouldBeRefusedAsync("endpoint_not_found", 404);

        // A share that changes begins another period; the one before stays.
        await server.Client.PutEndpointAsync("e", Put(null));
        var endpoint = await server.Client.PutEndpointAsync(
            "e", Put(null) with { Holdout = Put(null).Holdout! with { Share = 0.4 } });
        await server.Client.GetEndpointValueAsync("e", "outcome:x", against: "nobody")
            .ShouldBeRefusedAsync("no_control_group", 409);
        (await server.Client.GetEndpointValueAsync("e", "outcome:x")).NotEnough.ShouldNotBeNull();
        endpoint.Generation.ShouldBe(3);
    }

    private static PutEndpointRequest Put(ValueInfo? value) => new()
    {
        Unit = "field:user",
        Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 }],
        Holdout = new HoldoutRequest { Share = 0.3, Answer = "none" },
        Value = value,
    };

    private static async Task<EndpointInfo> EndpointAsync(TestServer server, ValueInfo? value)
    {
        await server.RegisterAsync("m");
        return await server.Client.PutEndpointAsync("e", Put(value));
    }

    /// <summary>Answers of two hours ago, one a unit, with what came of them, if anything did.</summary>
    private async Task AnswersAsync(
        TestServer server, int arm, int units, Func<int, double> revenue, double orders = 0, bool sampled = true,
        TimeSpan? age = null)
    {
        var keys = server.Services.GetRequiredService<IPredictionKeys>().Current;
        var at = TimeProvider.System.GetUtcNow().Add(-(age ?? TimeSpan.FromHours(2)))
            .ToUnixTimeMilliseconds();
        var records = new List<AnswerRecord>();
        var outcomes = new List<OutcomeItem>();
        for (var unit = 0; unit < units; unit++)
        {
            // The old ones spread over milliseconds, as in life.
            var id = new PredictionId(keys.Id, 1, 1, arm, age is null ? at : at - unit, (ulong)++_random);
            records.Add(new AnswerRecord(id, UnitHash.Of($"{arm}-{unit}-{sampled}"), Observed, [], [])
            {
                Sampled = sampled,
            });
            var text = new byte[PredictionId.TextLength];
            id.Write(keys.Secret.Span, text);
            var written = Encoding.ASCII.GetString(text);
            if (revenue(unit) is > 0 and var value)
                outcomes.Add(new OutcomeItem { PredictionId = written, Name = "revenue", Value = value });
            if (orders > 0)
                outcomes.Add(new OutcomeItem { PredictionId = written, Name = "orders", Value = orders });
        }

        await server.Services.GetRequiredService<IFactsSink>().StoreAsync(records, CancellationToken.None);
        foreach (var part in outcomes.Chunk(1000))
        {
            (await server.Client.ReportOutcomesAsync(new OutcomesRequest { Outcomes = [.. part] })).Refused
                .ShouldBeEmpty();
        }
    }
}
