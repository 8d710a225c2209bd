using Microsoft.Extensions.Hosting;

namespace Fairlead.Server.Storage.S3;

/// <summary>
/// Asks the bucket now and then whether it answers, so that status, readiness and metrics know it also while nobody
/// reads or writes, and gives up what uploads of processes that died have left there.
/// </summary>
internal sealed class BucketWatch(Bucket bucket, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(6);

    /// <summary>Uploads that were begun so long ago belong to no living process.</summary>
    private static readonly TimeSpan UploadLife = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var sweepAt = time.GetUtcNow();
        try
        {
            do
            {
                if (await bucket.AnswersAsync(Limit, stoppingToken) && time.GetUtcNow() >= sweepAt)
                {
                    sweepAt = time.GetUtcNow() + SweepInterval;
                    await SweepAsync(stoppingToken);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        try
        {
            await bucket.SweepAsync(time.GetUtcNow() - UploadLife, cancellation);
        }
        catch (BucketException)
        {
            // The bucket has said so in the log; there is a next time.
        }
    }
}
