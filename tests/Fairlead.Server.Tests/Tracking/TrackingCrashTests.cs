using System.Collections.Concurrent;
using System.Text.Json;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

/// <summary>A server that is killed among writers who log: each batch is there whole or not at all.</summary>
public sealed class TrackingCrashTests(PostgresServer postgres)
{
    private const int Writers = 8;
    private const int Points = 50;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Killed_AmongBatches_KeepsTheAcknowledgedAndNoneByHalf(Engine engine)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-crash-").FullName;
        var data = Path.Combine(folder, "data");
        var connection = engine == Engine.Postgres ? await postgres.CreateDatabaseAsync() : null;
        var acknowledged = new ConcurrentBag<string>();
        string run;
        using (var child = await CrashTests.StartAsync(
            data, ProbeScript.Write(folder)[1], Path.Combine(folder, "no"), connection))
        {
            using var http = new HttpClient();
            http.BaseAddress = new Uri((await child.StandardOutput.ReadLineAsync())!);
            var wire = new Wire(http);
            run = await wire.RunAsync("0");
            var work = Enumerable.Range(0, Writers)
                .Select(writer => LogAsync(wire, run, writer, acknowledged)).ToList();
            while (acknowledged.Count < 5 * Writers)
                await Task.Delay(2);
            child.Kill();
            await Task.WhenAll(work);
            await child.WaitForExitAsync();
        }

        await using (var server = await TestServer.StartAsync(options =>
            (options.DataFolder, options.PostgresConnection) = (data, connection)))
        {
            var wire = new Wire(server.HttpWith(null));
            var parameters = (await wire.GetAsync($"runs/get?run_id={run}"))["run.data.params"].EnumerateArray()
                .Select(each => each.GetProperty("key").GetString()!).ToHashSet();
            acknowledged.Where(batch => !parameters.Contains(batch)).ShouldBeEmpty();
            var history = await wire.GetAsync($"metrics/get-history?run_id={run}&metric_key=m");
            var points = history["metrics"].EnumerateArray()
                .GroupBy(each => $"b{each.GetProperty("step").GetInt64()}")
                .ToDictionary(group => group.Key, group => group.Count());
            points.Keys.ShouldBe(parameters, ignoreOrder: true);
            points.Values.ShouldAllBe(count => count == Points);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task LogAsync(Wire wire, string run, int writer, ConcurrentBag<string> acknowledged)
    {
        for (var i = 0; ; i++)
        {
            var batch = (writer * 100_000) + i;
            var body = JsonSerializer.Serialize(new
            {
                run_id = run,
                metrics = Enumerable.Range(0, Points)
                    .Select(k => new { key = "m", value = k, timestamp = k, step = batch }),
                @params = new[] { new { key = $"b{batch}", value = "1" } },
            });
            try
            {
                if ((await wire.TryPostAsync("runs/log-batch", body)).Status != System.Net.HttpStatusCode.OK)
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
            {
                return;
            }

            acknowledged.Add($"b{batch}");
        }
    }
}
