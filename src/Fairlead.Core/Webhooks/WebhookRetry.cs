using Fairlead.Core.Alerts;

namespace Fairlead.Core.Webhooks;

/// <summary>When an event that a webhook did not take is tried again, and when it is given up. Pure.</summary>
public static class WebhookRetry
{
    /// <summary>Attempts after which an event is given up: about a day and a half.</summary>
    public const int MaxAttempts = 15;

    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(5), TimeSpan.FromHours(6));

    /// <summary>
    /// How long a webhook is left in peace after so many failures in a row: twice as long each time, so that one that
    /// is down is not asked about every event that waits for it.
    /// </summary>
    /// <param name="failures">Failures in a row, from 1.</param>
    /// <param name="retryAfter">What it asked to wait; null when it asked nothing.</param>
    public static TimeSpan Pause(int failures, TimeSpan? retryAfter)
    {
        var pause = Pauses.After(failures);
        return retryAfter > pause ? retryAfter.Value < Pauses.Most ? retryAfter.Value : Pauses.Most : pause;
    }
}
