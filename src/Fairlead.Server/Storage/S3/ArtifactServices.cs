using Fairlead.Inference.Loading;
using Fairlead.Serving.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Storage.S3;

/// <summary>The store of artifacts that the options name: a folder, or a bucket with copies here.</summary>
internal static class ArtifactServices
{
    public static void AddArtifactStore(this IServiceCollection services)
    {
        services.AddSingleton<BucketMeter>();
        services.AddSingleton<IMetricsSource>(provider => provider.GetRequiredService<BucketMeter>());
        services.AddSingleton(provider => new Bucket(
            AddressOf(provider.GetRequiredService<ControlPlaneOptions>()), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Bucket>>()));
        services.TryAddSingleton<IArtifactStore>(provider =>
            provider.GetRequiredService<ControlPlaneOptions>().ArtifactBucket is null
                ? OpenFolder(provider)
                : OpenBucket(provider));
    }

    private static FolderArtifactStore OpenFolder(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<ControlPlaneOptions>();
        return new FolderArtifactStore(
            options.ArtifactFolder ?? provider.GetRequiredService<DataFolder>().Below("artifacts"),
            provider.GetRequiredService<TimeProvider>(),

            // In a folder of our own every unfinished upload is a dead one; in a shared one it may be a neighbour's.
            options.ArtifactFolder is null ? TimeSpan.Zero : TimeSpan.FromDays(1));
    }

    private static BucketArtifactStore OpenBucket(IServiceProvider provider) => new(
        provider.GetRequiredService<Bucket>(),
        provider.GetRequiredService<DataFolder>().Below("artifact-cache"),
        AddressOf(provider.GetRequiredService<ControlPlaneOptions>()).CacheBytes,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<BucketMeter>());

    private static BucketAddress AddressOf(ControlPlaneOptions options) =>
        BucketAddress.TryParse(options.ArtifactBucket ?? "", out var address, out var fault)
            ? address
            : throw new InvalidOperationException($"The address of the bucket cannot be read: {fault}");
}
