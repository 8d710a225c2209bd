using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Windows;
using Fairlead.Statistics.Sketches;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Monitoring;

/// <summary>Windows in real storage: kept once, merged upward, told by the API, let go in time.</summary>
public sealed class WindowTests(PostgresServer postgres)
{
    private static long Now => ArmWindows.MinuteOf(DateTimeOffset.UtcNow);

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Windows_OfMinutes_AreToldAsOneStretchAndInParts(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var endpoint = await EndpointAsync(server);
        var first = Now - 10;
        for (var i = 0; i < 5; i++)
            await StoreAsync(server, endpoint, first + i, [i, i]);

        // The same minute again, because its storing was told to have failed.
        await StoreAsync(server, endpoint, first, [0, 0]);

        var info = await server.Client.GetWindowsAsync("e");
        var window = info.Windows.ShouldHaveSingleItem();
        (window.Variant, window.Version, window.Requests, window.Rows).ShouldBe(("a", "m/1", 10, 10));
        var column = window.Columns.ShouldHaveSingleItem();
        (column.Name, column.Rows, column.Numbers!.Min, column.Numbers.Max).ShouldBe(("x", 10, 0, 4));
        column.Numbers.Mean.ShouldBe(2);
        (column.Role, column.Kind).ShouldBe(("input", "number"));
        window.Latency!.P50.ShouldBe(0.002, 0.002 * window.Latency.RelativeError);

        // The first of the ten requests was ten minutes ago, or eleven if the clock has gone on.
        var present = await server.Services.GetRequiredService<TrafficRead>().PresentAsync("e", default);
        (present.Requests, present.Failed).ShouldBe((10, 0));
        present.PerSecond.ShouldBeOneOf(10 / 600.0, 10 / 660.0);
        (await server.Client.GetTrafficAsync()).Endpoints.ShouldHaveSingleItem().Requests.Sum().ShouldBe(10);

        var parts = await server.Client.GetWindowsAsync("e", by: "minute");
        parts.Windows.Select(each => each.Requests).ShouldBe([2, 2, 2, 2, 2]);
        (await server.Client.GetWindowsAsync("e", variant: "b")).Windows.ShouldBeEmpty();
        var early = DateTimeOffset.FromUnixTimeSeconds((first + 2) * 60);
        (await server.Client.GetWindowsAsync("e", to: early)).Windows.ShouldHaveSingleItem().Requests.ShouldBe(4);
    }

    [Fact]
    public async Task Minute_InWhichTheProcessWasStartedAgain_HasBothHalves()
    {
        var minute = Now - 2;
        var folder = Directory.CreateTempSubdirectory().FullName;
        await using (var before = await TestServer.StartAsync(options => options.DataFolder = folder))
            await StoreAsync(before, await EndpointAsync(before), minute, [1]);

        await using (var after = await TestServer.StartAsync(options => options.DataFolder = folder))
        {
            await StoreAsync(after, await after.Client.GetEndpointAsync("e"), minute, [2, 3]);
            (await after.Client.GetWindowsAsync("e")).Windows.ShouldHaveSingleItem().Requests.ShouldBe(3);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Windows_AreMergedUpward_AndALatePartIsInTheWhole(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var endpoint = await EndpointAsync(server);
        var day = WindowLevel.Day.StartOf(Now) - 3 * WindowLevel.Day.Minutes;
        for (var hour = 0; hour < 24; hour++)
            await StoreAsync(server, endpoint, day + hour * 60 + 7, [hour]);

        await KeepAsync(server);

        // The minutes are past their life; hours and the day hold the same.
        (await LevelsAsync(server)).ShouldBe([(1, 24), (2, 1)]);
        var files = await FilesAsync(server);
        var from = DateTimeOffset.FromUnixTimeSeconds(day * 60);
        var whole = (await server.Client.GetWindowsAsync("e", from, from.AddDays(1))).Windows.ShouldHaveSingleItem();
        (whole.Requests, whole.Columns[0].Numbers!.Min, whole.Columns[0].Numbers!.Max).ShouldBe((24, 0, 23));
        var hours = await server.Client.GetWindowsAsync("e", from, from.AddDays(1), by: "hour");
        hours.Windows.Select(each => each.Columns[0].Numbers!.Max)
            .ShouldBe(Enumerable.Range(0, 24).Select(i => (double)i));

        // Part of an hour that is merged already comes late, from a replica that had lost its database.
        await StoreAsync(server, endpoint, day + 5 * 60 + 9, [500]);
        await KeepAsync(server);

        (await LevelsAsync(server)).ShouldBe([(1, 24), (2, 1)]);
        whole = (await server.Client.GetWindowsAsync("e", from, from.AddDays(1))).Windows.ShouldHaveSingleItem();
        (whole.Requests, whole.Columns[0].Numbers!.Max).ShouldBe((25, 500));
        (await FilesAsync(server)).ShouldBe(files);
    }

    [Fact]
    public async Task LateMinute_OfAnHourWhoseMinutesAreKept_MakesItAnew()
    {
        await using var server = await TestServer.StartAsync();
        var endpoint = await EndpointAsync(server);
        var hour = WindowLevel.Hour.StartOf(Now) - 5 * WindowLevel.Hour.Minutes;
        await StoreAsync(server, endpoint, hour + 1, [1]);
        await StoreAsync(server, endpoint, hour + 2, [2]);
        await KeepAsync(server);
        (await LevelsAsync(server)).Take(2).ShouldBe([(0, 2), (1, 1)]);

        // Whether there is a day yet depends on the time of day.
        await StoreAsync(server, endpoint, hour + 3, [3]);
        (await LevelsAsync(server)).ShouldBe([(0, 3)]);
        await KeepAsync(server);

        (await LevelsAsync(server)).Take(2).ShouldBe([(0, 3), (1, 1)]);
        var from = DateTimeOffset.FromUnixTimeSeconds(hour * 60);
        (await server.Client.GetWindowsAsync("e", from, from.AddHours(1))).Windows.Single().Requests.ShouldBe(3);
    }

    [Fact]
    public async Task Minute_ThatComesAfterItsLife_StaysUntilItIsInAnHour()
    {
        await using var server = await TestServer.StartAsync();
        var endpoint = await EndpointAsync(server);
        var minute = WindowLevel.Day.StartOf(Now) - 3 * WindowLevel.Day.Minutes;
        await StoreAsync(server, endpoint, minute, [1]);

        await server.Services.GetRequiredService<WindowKeeping>().KeepAsync(whole: false, CancellationToken.None);
        (await LevelsAsync(server)).Sum(level => level.Count).ShouldBeGreaterThan(0);
        await KeepAsync(server);

        (await LevelsAsync(server)).ShouldBe([(1, 1), (2, 1)]);
    }

    [Fact]
    public async Task Windows_AreNoGarbage()
    {
        await using var server = await TestServer.StartAsync(options => options.GarbageGrace = TimeSpan.Zero);
        var endpoint = await EndpointAsync(server);
        await StoreAsync(server, endpoint, Now - 3, [1]);

        (await server.Client.CollectGarbageAsync(dryRun: false)).Artifacts.ShouldBe(0);

        (await server.Client.GetWindowsAsync("e")).Windows.ShouldHaveSingleItem().Requests.ShouldBe(1);
    }

    [Fact]
    public async Task Questions_WithFaults_AreRefused()
    {
        await using var server = await TestServer.StartAsync();
        await server.Client.GetWindowsAsync("nobody").ShouldBeRefusedAsync("endpoint_not_found", 404);
        await EndpointAsync(server);
        var now = DateTimeOffset.UtcNow;
        await server.Client.GetWindowsAsync("e", now, now.AddHours(-1)).ShouldBeRefusedAsync("invalid_stretch", 400);
        await server.Client.GetWindowsAsync("e", by: "week").ShouldBeRefusedAsync("invalid_stretch", 400);
        await server.Client.GetWindowsAsync("e", now.AddDays(-1), by: "minute")
            .ShouldBeRefusedAsync("invalid_stretch", 400);
        (await server.Client.GetWindowsAsync("e")).Windows.ShouldBeEmpty();
    }

    [Fact]
    public void Stretch_IsRoundedOutwardToWhatIsKept()
    {
        long day = WindowLevel.Day.Minutes, now = 1000 * day;
        WindowLevel.Kept(now - 61, now, now).ShouldBe((now - 61, now));
        WindowLevel.Kept(now - 3 * day + 61, now, now).ShouldBe((now - 3 * day + 60, now));
        WindowLevel.Kept(now - 40 * day + 5, now - 3 * day + 5, now).ShouldBe((now - 40 * day, now - 3 * day + 60));
    }

    [Fact]
    public void Files_ThatAreDamaged_AreRefused()
    {
        var bytes = WindowFiles.Encode(Window([1, 2, 3]));
        WindowFiles.Decode(bytes).Requests.ShouldBe(3);
        for (var length = 0; length < bytes.Length; length += 7)
            Should.Throw<InvalidDataException>(() => WindowFiles.Decode(bytes[..length]));
    }

    private static async Task<EndpointInfo> EndpointAsync(TestServer server)
    {
        await server.RegisterAsync("m");
        return await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = "m", Version = 1 }],
        });
    }

    private static Task StoreAsync(TestServer server, EndpointInfo endpoint, long minute, double[] values) =>
        server.Services.GetRequiredService<IWindowSink>().StoreAsync(
            new SealedWindow(
                EndpointName.Parse("e"), endpoint.Number, VariantName.Parse("a"), endpoint.Variants[0].Arm, "m", "1",
                minute, Window(values)), CancellationToken.None);

    private static WindowSketch Window(double[] values)
    {
        var window = new WindowSketch([("x", false)], 1);
        window.Count("none", values.Length);
        window.CountRows(values.Length);
        foreach (var value in values)
        {
            window.Columns[0].Sketch.Add(value);
            window.Latency.Add(0.002);
        }

        return window;
    }

    private static Task KeepAsync(TestServer server) =>
        server.Services.GetRequiredService<WindowKeeping>().KeepAsync(whole: true, CancellationToken.None);

    private static Task<List<(int Level, int Count)>> LevelsAsync(TestServer server) =>
        server.Services.GetRequiredService<Database>().ReadAsync(async db =>
        {
            var rows = await db.Windows.GroupBy(row => row.Level)
                .Select(group => new { group.Key, Count = group.Count() }).OrderBy(group => group.Key).ToListAsync();
            return rows.ConvertAll(row => (row.Key, row.Count));
        }, CancellationToken.None);

    private static async Task<int> FilesAsync(TestServer server)
    {
        var count = 0;
        await foreach (var _ in server.Services.GetRequiredService<Fairlead.Inference.Loading.IArtifactStore>()
            .ListAsync(CancellationToken.None))
        {
            count++;
        }

        return count;
    }
}
