using System.Diagnostics;
using System.Globalization;
using Fairlead.ControllerPass;
using Fairlead.Server;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.Extensions.DependencyInjection;

// How long one pass of the rollout controller takes where many endpoints have rollouts and a part of them is due:
// dotnet run -c Release --project bench/Fairlead.ControllerPass -- [ENDPOINTS] [DUE] [PASSES] [POSTGRES-CONNECTION]
var endpoints = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
var due = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : endpoints / 100;
var passes = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 20;
var folder = Directory.CreateTempSubdirectory("fairlead-pass-");

var services = new ServiceCollection().AddLogging();
services.AddFairleadControlPlane(new ControlPlaneOptions
{
    DataFolder = Path.Combine(folder.FullName, "data"),
    PostgresConnection = args.Length > 3 ? args[3] : null,
});
await using (var provider = services.BuildServiceProvider())
{
    var database = provider.GetRequiredService<Database>();
    await database.MigrateAsync(CancellationToken.None);
    await ManyRollouts.AddAsync(database, endpoints);
    var token = await provider.GetRequiredService<Lease>().HoldAsync(CancellationToken.None)
        ?? throw new InvalidOperationException("Another process controls the rollouts of this database.");
    var controller = provider.GetRequiredService<RolloutController>();

    // The first passes pay for compiling.
    foreach (var (name, isDecision) in new[] { ("looks", false), ("decisions", true) })
    {
        var times = new List<double>();
        for (var pass = -3; pass < passes; pass++)
        {
            await ManyRollouts.MakeDueAsync(database, due, isDecision, pass + 3);
            var started = Stopwatch.GetTimestamp();
            await controller.PassAsync(token, TimeSpan.Zero, CancellationToken.None);
            await controller.FinishAsync();
            if (pass >= 0)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {due} of {endpoints} rollouts due, {passes} passes: median {times[times.Count / 2]:0} ms, "
            + $"longest {times[^1]:0} ms"));
    }
}

folder.Delete(recursive: true);
