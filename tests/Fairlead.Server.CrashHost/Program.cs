using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Inference.Loading;
using Fairlead.Server;
using Fairlead.Server.Access;
using Fairlead.Server.CrashHost;
using Fairlead.Serving.Records.Tables;
using Fairlead.Serving.Scoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

if (args[0] == "records")
{
    await RecordWrites.RunAsync(args[1], new CrashOrder(args[2]));
    return 0;
}

if (args[0] == "forget")
{
    await SharedForgetting.RunAsync(args[1], args[2], new CrashOrder(args[3]));
    return 0;
}

if (args[0] == "mail")
{
    await MailAttempt.RunAsync(int.Parse(args[1], CultureInfo.InvariantCulture), args[2], args[3], args[4]);
    return 0;
}

if (args[0] == "answer-query")
    return Fairlead.Server.Records.Query.QueryChild.Run(Console.In, Console.Out, Console.Error);

// The real examination and scoring of models, for servers of tests that have the script of probes for everything else.
if (args[0] == "probe")
{
    var report = await ModelProbe.ExamineAsync(Path.Combine(args[1], args[3]));
    Console.Out.Write(JsonSerializer.Serialize(report, new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    }));
    return 0;
}

if (args[0] == "score")
    return await ScoreChild.RunAsync(args[1], Console.In, Console.Out, Console.Error, TimeProvider.System);

// CRASHHOST DATA-FOLDER PROBE-SCRIPT ORDER-FILE [POSTGRES]
// The control plane in a process that kills itself where the order file says, once the file is there. Beside
// that file it writes a log.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders().AddProvider(new EventIds(args[2] + ".log"))
    .AddFilter((category, level) => category?.StartsWith("Fairlead.", StringComparison.Ordinal) == true);
builder.WebHost.UseUrls("http://127.0.0.1:0");
var crash = new CrashOrder(args[2]);
using var watched = DiagnosticListener.AllListeners.Subscribe(new RolloutWrites(crash));
using var told = DiagnosticListener.AllListeners.Subscribe(new AlertWrites(crash));
var bucket = Environment.GetEnvironmentVariable("CRASHHOST_BUCKET");
if (bucket is null)
{
    builder.Services.AddSingleton<IArtifactStore>(new CrashingStore(
        new FolderArtifactStore(Path.Combine(args[0], "artifacts"), TimeProvider.System, TimeSpan.Zero), crash));
}

builder.Services.AddSingleton<IRecordTables>(new SteppedTables(
    new RecordTableFolder(Path.Combine(args[0], "records", "tables")), crash));
builder.Services.AddFairleadControlPlane(new ControlPlaneOptions
{
    DataFolder = args[0],
    ProbeProgram = ["/bin/sh", args[1]],
    ArtifactBucket = bucket,
    PostgresConnection = args.Length > 3 ? args[3] : null,
    ControllerLease = TimeSpan.FromSeconds(4),
    PollInterval = TimeSpan.FromMilliseconds(50),
});
builder.Services.AddHostedService<FollowingReplica>();
builder.Services.AddHostedService<QuickTelling>();

var app = builder.Build();
app.Use((context, next) =>
{
    context.Response.OnStarting(() =>
    {
        if (context.Request.Method == "POST")
            crash.At("answer");
        return Task.CompletedTask;
    });
    return next();
});
app.UseFairleadAccess();
app.MapFairleadControlPlane();
app.RefuseUnlistedRoutes();
await app.StartAsync();
Console.WriteLine(app.Urls.First());
await app.WaitForShutdownAsync();
return 0;
