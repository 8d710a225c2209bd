namespace Fairlead.Server.Tracking.Storage;

/// <summary>
/// The way of runs, points, parameters and tags to the database. They are neither decided by revisions nor audited;
/// experiments and the registry are, and go through <see cref="ControlPlane"/>.
/// <para>
/// Contract: a write is kept whole or not at all, also when the process is killed in the middle; when the task ends
/// well, a killed process loses nothing of it. Any number of callers may write at once.
/// </para>
/// </summary>
internal interface ITrackingGate : IAsyncDisposable
{
    /// <summary>Writes that are waiting or being done.</summary>
    int Waiting { get; }

    /// <summary>Writes that were kept.</summary>
    long Kept { get; }

    /// <summary>Writes that were refused because too many waited.</summary>
    long Refused { get; }

    /// <summary>
    /// Does one write. What it throws undoes it and reaches the caller; it may run again where databases collide, so
    /// nothing that it does outside the transaction may depend on running once.
    /// </summary>
    Task<T> WriteAsync<T>(Func<TrackingTransaction, CancellationToken, Task<T>> work, CancellationToken cancellation);
}
