namespace Fairlead.Core.Alerts;

/// <summary>When a message that could not be delivered is tried again.</summary>
public static class DeliveryRetry
{
    /// <summary>How long a message is tried, from its making on. After that the group is looked at again.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);

    private static readonly Backoff Waits = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2));

    /// <summary>The next attempt; null when it would be past the deadline.</summary>
    /// <param name="attempts">Attempts so far, from 1.</param>
    /// <param name="createdAt">When the message was made.</param>
    /// <param name="retryAfter">What the receiver asked to wait; null when it asked nothing.</param>
    /// <param name="now">The moment.</param>
    public static DateTimeOffset? Next(int attempts, DateTimeOffset createdAt, TimeSpan? retryAfter, DateTimeOffset now)
    {
        var wait = Waits.After(attempts);
        wait = retryAfter > wait ? retryAfter.Value : wait;
        return now + wait <= createdAt + Deadline ? now + wait : null;
    }
}
