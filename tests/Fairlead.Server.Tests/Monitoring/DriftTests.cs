using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Windows;
using Fairlead.Statistics.Sketches;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Monitoring;

/// <summary>What stored windows say about change: found where it is, and not where it is not.</summary>
public sealed class DriftTests
{
    private readonly Random _random = new(20_261_126);

    [Fact]
    public async Task Drift_IsFoundInTheColumnsThatChanged_AndInNoOther()
    {
        await using var server = await TestServer.StartAsync();
        var endpoint = await EndpointAsync(server);
        var now = ArmWindows.MinuteOf(DateTimeOffset.UtcNow);
        for (var i = 0; i < 20; i++)
            await StoreAsync(server, endpoint, now - 1500 + i, 100, shift: 0, job: "teacher", missing: 0);
        for (var i = 0; i < 10; i++)
            await StoreAsync(server, endpoint, now - 15 + i, 60, shift: 1, job: "astronaut", missing: 0.2);

        var info = await server.Client.GetDriftAsync("e");

        var arm = info.Arms.ShouldHaveSingleItem();
        (arm.Variant, arm.Version, arm.State).ShouldBe(("a", "m/1", "drift"));
        arm.Findings.Where(finding => finding.State == "drift").Select(finding => (finding.Column, finding.Aspect))
            .ShouldBe(
                [("income", "distribution"), ("age", "missing"), ("job", "new_categories")], ignoreOrder: true);
        var income = arm.Findings.Single(finding => finding is { Column: "income", Aspect: "distribution" });
        income.Effect!.Value.ShouldBe(1, 0.15);
        (income.CurrentRows, income.ReferenceRows).ShouldBe((600, 2000));
        income.Sentence.ShouldContain("drift");
        arm.Findings.ShouldContain(finding => finding.Column == "steady" && finding.State == "ok");
    }

    [Fact]
    public async Task NoChange_IsOk_AndTooFewRowsAreInsufficientData()
    {
        await using var server = await TestServer.StartAsync();
        var endpoint = await EndpointAsync(server);
        var now = ArmWindows.MinuteOf(DateTimeOffset.UtcNow);
        await StoreAsync(server, endpoint, now - 300, 1000, shift: 0, job: "teacher", missing: 0.1);
        await StoreAsync(server, endpoint, now - 20, 50, shift: 5, job: "teacher", missing: 0.1);

        var few = await server.Client.GetDriftAsync("e");
        few.Arms.ShouldHaveSingleItem().State.ShouldBe("insufficient_data");
        few.Arms[0].Findings.ShouldAllBe(finding => finding.State == "insufficient_data");

        await StoreAsync(server, endpoint, now - 10, 800, shift: 0, job: "teacher", missing: 0.1);
        var enough = await server.Client.GetDriftAsync(
            "e", new DriftQuestion(From: DateTimeOffset.FromUnixTimeSeconds((now - 11) * 60)));
        enough.Arms.ShouldHaveSingleItem().State.ShouldBe("ok", string.Join('\n',
            enough.Arms[0].Findings.Select(finding => finding.Sentence)));

        // A version without a past has nothing to be held against.
        var early = await server.Client.GetDriftAsync(
            "e", new DriftQuestion(ReferenceTo: DateTimeOffset.FromUnixTimeSeconds((now - 400) * 60)));
        early.Arms.ShouldHaveSingleItem().State.ShouldBe("insufficient_data");
    }

    [Fact]
    public async Task Questions_WithFaults_AreRefused()
    {
        await using var server = await TestServer.StartAsync();
        await EndpointAsync(server);
        var now = DateTimeOffset.UtcNow;
        await server.Client.GetDriftAsync("e", new DriftQuestion(Alpha: 0))
            .ShouldBeRefusedAsync("invalid_alpha", 400);
        await server.Client.GetDriftAsync("e", new DriftQuestion(now, now.AddHours(-1)))
            .ShouldBeRefusedAsync("invalid_stretch", 400);
        await server.Client.GetDriftAsync("e", new DriftQuestion(ReferenceTo: now))
            .ShouldBeRefusedAsync("invalid_stretch", 400);
        (await server.Client.GetDriftAsync("e")).Arms.ShouldBeEmpty();

        // Whole minutes make these two overlap; nobody asked for that.
        var middle = DateTimeOffset.FromUnixTimeSeconds((ArmWindows.MinuteOf(now) - 10) * 60 + 20);
        var info = await server.Client.GetDriftAsync("e", new DriftQuestion(middle, ReferenceTo: middle));
        info.ReferenceTo.ShouldBe(info.From);
    }

    private static async Task<EndpointInfo> EndpointAsync(TestServer server)
    {
        await server.RegisterAsync("m");
        return await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = "m", Version = 1 }],
        });
    }

    private Task StoreAsync(
        TestServer server, EndpointInfo endpoint, long minute, int rows, double shift, string job, double missing)
    {
        var window = new WindowSketch(
            [("income", false), ("age", false), ("job", false), ("steady", true)], (ulong)minute);
        window.Count("none", rows);
        for (var row = 0; row < rows; row++)
        {
            window.Columns[0].Sketch.Add(Normal() + shift);
            if (_random.NextDouble() < missing)
                window.Columns[1].Sketch.AddMissing();
            else
                window.Columns[1].Sketch.Add(40 + 10 * Normal());
            window.Columns[2].Sketch.AddText(_random.NextDouble() < 0.3 ? job : "doctor");
            window.Columns[3].Sketch.Add(Normal());
        }

        return server.Services.GetRequiredService<IWindowSink>().StoreAsync(
            new SealedWindow(
                EndpointName.Parse("e"), endpoint.Number, VariantName.Parse("a"), endpoint.Variants[0].Arm, "m", "1",
                minute, window), CancellationToken.None);
    }

    private double Normal() => Fairlead.Statistics.Numerics.Normal.Quantile(_random.NextDouble());
}
