using System.Net.Sockets;
using System.Text;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Server.Tests.Rollouts;

namespace Fairlead.Server.Tests.Records;

/// <summary>
/// A process that forgets a person is killed at one step after the other, each life going on where the one before
/// ended. At the end nothing of the person is left, and everything of everybody else.
/// </summary>
public sealed class ForgetCrashTests
{
    private static readonly ForgetPredictionsRequest Anna =
        new() { Subject = "anna-of-many", Reason = "asked for it" };

    [Fact]
    public async Task Killed_AtEachStep_ThePersonIsForgotten_AndNobodyElse()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-forget-crash-").FullName;
        await PrepareAsync(folder);

        // Told and nothing rolled; rolled and the file still there; the first table written and not published; the
        // second one about to go.
        foreach (var order in (string[])["table-1", "table-3", "table-7", "table-5"])
        {
            await using var process = await RolloutProcess.StartAsync(folder, null, order);
            await ForgetAsync(process);
            process.HasEnded.ShouldBeTrue(order);
        }

        await using (var last = await RolloutProcess.StartAsync(folder, null))
        {
            await ForgetAsync(last);
            last.HasEnded.ShouldBeFalse();
            (await last.Client.ListAuditAsync(new AuditFilter { What = "predictions.forget" })).Items
                .Count(entry => entry.Reason == Anna.Reason).ShouldBeGreaterThan(0);
        }

        var records = Path.Combine(folder, "data", "records");
        var files = Directory.EnumerateFiles(records, "*.*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(".json", StringComparison.Ordinal)).ToList();
        files.ShouldAllBe(path => path.EndsWith(".parquet", StringComparison.Ordinal));
        var text = string.Concat(await Task.WhenAll(files.Select(async path =>
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path)))));
        text.ShouldNotContain("anna-of-many");
        text.ShouldContain("bo");
        text.ShouldContain("christina");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Two tables, one of which holds nobody else, and a file that is not rolled yet.</summary>
    private static async Task PrepareAsync(string folder)
    {
        await using var server = await TestServer.StartAsync(options =>
            options.DataFolder = Path.Combine(folder, "data"));
        var endpoint = await server.LoggedAsync("mine");
        await server.RecordAsync(endpoint.Number, "mine", "anna-of-many", "bo");
        await server.RollAsync();
        await server.RecordAsync(endpoint.Number, "mine", "anna-of-many");
        await server.RollAsync();
        await server.RecordAsync(endpoint.Number, "mine", "anna-of-many", "christina");
    }

    private static async Task ForgetAsync(RolloutProcess process)
    {
        try
        {
            await process.Client.ForgetPredictionsAsync("mine", Anna);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            // It was killed while it was at it.
            for (var left = 200; left > 0 && !process.HasEnded; left--)
                await Task.Delay(20);
        }
    }
}
