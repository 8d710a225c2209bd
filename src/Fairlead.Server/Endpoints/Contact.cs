using Fairlead.Core.Rollouts;

namespace Fairlead.Server.Endpoints;

/// <summary>
/// When this replica last heard of its database, by a heartbeat or by a look at the routing. Before the first time it
/// counts from the start of the process.
/// </summary>
internal sealed class Contact(ControlPlaneOptions options, TimeProvider time)
{
    private long _last = time.GetTimestamp();

    /// <summary>The database answered.</summary>
    public void Heard() => Volatile.Write(ref _last, time.GetTimestamp());

    /// <summary>How long it has been silent.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _last));

    /// <summary>It has been silent for longer than the grace.</summary>
    public bool IsLost => LostContact.IsLost(Silence, options.ContactGrace);
}
