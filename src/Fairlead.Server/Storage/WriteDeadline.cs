using Fairlead.Core.Refusals;

namespace Fairlead.Server.Storage;

/// <summary>How long a write may take: one that hangs must not hold up all others for ever.</summary>
internal static class WriteDeadline
{
    /// <summary>Longest run of a transaction.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>What the caller of a write is told that was ended by it.</summary>
    public static RefusalException Passed => new(new Refusal(RefusalKind.Unavailable, "write_timeout",
        $"The database did not store this within {Longest.TotalSeconds:0} s, and nothing of it was kept. Try it again "
        + "later."));
}
