using System.Diagnostics;
using Fairlead.Server.Records;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.CrashHost;

/// <summary>
/// CRASHHOST forget DATA-FOLDER BUCKET POINT: one round of forgetting whoever is to be forgotten, in the tables and in
/// the bucket that follows them, without the rest of a server; kills itself at a write to the bucket.
/// </summary>
internal static class SharedForgetting
{
    public static async Task RunAsync(string folder, string bucket, CrashOrder crash)
    {
        using var put = DiagnosticListener.AllListeners.Subscribe(
            new BucketWrites(crash, BucketWrites.ServerOf(bucket)));
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.ClearProviders());
        services.AddFairleadControlPlane(new ControlPlaneOptions { DataFolder = folder, ArtifactBucket = bucket });
        await using var built = services.BuildServiceProvider();
        await built.GetRequiredService<RecordForgetting>().ApplyAsync(CancellationToken.None);
    }
}
