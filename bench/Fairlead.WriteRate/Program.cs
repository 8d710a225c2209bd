using System.Diagnostics;
using System.Globalization;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Server;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Microsoft.Extensions.DependencyInjection;

// WRITERS SECONDS [FOLDER]: how many changes of the control plane a second so many writers bring to the disk, each
// waiting for its own before the next, as callers of the API do. A change is a model's new description: one read,
// one row changed, one audit row. FOLDER decides which disk; it is removed afterwards.
if (args is not [var writersText, var secondsText, .. var more] || more.Length > 1)
{
    Console.Error.WriteLine("fairlead-write-rate WRITERS SECONDS [FOLDER]");
    return 2;
}

var writers = int.Parse(writersText, CultureInfo.InvariantCulture);
var seconds = double.Parse(secondsText, CultureInfo.InvariantCulture);
var folder = Path.Combine(more.FirstOrDefault() ?? Path.GetTempPath(), $"fairlead-write-rate-{Environment.ProcessId}");
await using (var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System)
    .AddSingleton(new ControlPlaneOptions { DataFolder = folder }).AddStorage().BuildServiceProvider())
{
    await services.GetRequiredService<Database>().MigrateAsync(CancellationToken.None);
    var control = services.GetRequiredService<ControlPlane>();
    for (var writer = 0; writer < writers; writer++)
        await WriteAsync(control, writer);

    var took = new List<double>[writers];
    var clock = Stopwatch.StartNew();
    await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
    {
        var own = took[writer] = [];
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            var began = clock.Elapsed;
            await WriteAsync(control, writer);
            own.Add((clock.Elapsed - began).TotalMilliseconds);
        }
    })));
    var elapsed = clock.Elapsed.TotalSeconds;
    var all = took.SelectMany(each => each).Order().ToList();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{writers} writers: {all.Count / elapsed:0} writes/s, "
        + $"p50 {all[all.Count / 2]:0.0} ms, p99 {all[(int)(all.Count * 0.99)]:0.0} ms"));
}

Directory.Delete(folder, recursive: true);
return 0;

static Task<bool> WriteAsync(ControlPlane control, int writer) =>
    control.WriteAsync(Principal.Local, null, async write =>
    {
        var row = await ModelWrites.EnsureAsync(write, ModelName.Parse($"model-{writer}"));
        var before = row.Description;
        row.Description = write.Now.ToString("O", CultureInfo.InvariantCulture);
        write.Record("model.describe", $"models/{row.Name}", new { Description = before }, new { row.Description });
        return true;
    }, CancellationToken.None);
