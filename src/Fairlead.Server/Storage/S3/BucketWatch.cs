using Fairlead.Server.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Storage.S3;

/// <summary>
/// Asks the bucket now and then whether it answers, so that status, readiness and metrics know it also while nobody
/// reads or writes, and gives up what uploads of processes that died have left there.
/// </summary>
internal sealed class BucketWatch(Bucket bucket, TimeProvider time, ILogger<BucketWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(6);

    /// <summary>Uploads that were begun so long ago belong to no living process.</summary>
    private static readonly TimeSpan UploadLife = TimeSpan.FromDays(1);

    private DateTimeOffset _sweepAt;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _sweepAt = time.GetUtcNow();
        return Rounds.RunAsync(Interval, time, RoundAsync, failure =>
        {
            // The bucket has said so in the log; there is a next time.
            if (failure is not BucketException)
                log.RoundFailed(failure);
        }, stoppingToken, atOnce: true);
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        if (!await bucket.AnswersAsync(Limit, stopping) || time.GetUtcNow() < _sweepAt)
            return;
        _sweepAt = time.GetUtcNow() + SweepInterval;
        await bucket.SweepAsync(time.GetUtcNow() - UploadLife, stopping);
    }
}
