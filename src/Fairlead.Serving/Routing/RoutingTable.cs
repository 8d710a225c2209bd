using System.Collections.Frozen;

namespace Fairlead.Serving.Routing;

/// <summary>The endpoints by name. Reading takes no lock; the placer, the only writer, swaps the table whole.</summary>
public sealed class RoutingTable : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private FrozenDictionary<string, EndpointState> _endpoints = FrozenDictionary<string, EndpointState>.Empty;
    private long _unknown;
    private string? _default;
    private bool _read;
    private bool _placed;
    private bool _stopping;

    /// <summary>Every endpoint that this replica knows.</summary>
    public IReadOnlyCollection<EndpointState> Endpoints => Volatile.Read(ref _endpoints).Values;

    /// <summary>Requests for endpoints that do not exist.</summary>
    public long UnknownEndpoints => Volatile.Read(ref _unknown);

    /// <summary>
    /// True once the first snapshot has been read and every endpoint in it was placed or has failed, until the process
    /// is told to stop.
    /// </summary>
    public bool Ready => Volatile.Read(ref _placed) && !Volatile.Read(ref _stopping);

    /// <summary>
    /// True once the first snapshot has been read. Before, no name is known to be wrong: a caller of a process that
    /// starts is told to come back, not that there is no such endpoint.
    /// </summary>
    public bool KnowsEndpoints => Volatile.Read(ref _read);

    /// <summary>The endpoint of routes that carry no name; null when none is configured.</summary>
    public string? DefaultEndpoint
    {
        get => Volatile.Read(ref _default);
        set => Volatile.Write(ref _default, value);
    }

    public EndpointState? Find(string name)
    {
        if (Volatile.Read(ref _endpoints).TryGetValue(name, out var endpoint))
            return endpoint;

        if (KnowsEndpoints)
            Interlocked.Increment(ref _unknown);
        return null;
    }

    /// <summary>
    /// Cancelled when the doors close: what was read is answered still, and calls that could go on for ever end.
    /// </summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Takes readiness away for good; requests that still come are answered.</summary>
    public void Stop() => Volatile.Write(ref _stopping, true);

    /// <summary>Tells calls of any length that the doors close.</summary>
    public void Close() => _closing.Cancel();

    public void Dispose() => _closing.Dispose();

    internal void Placed() => Volatile.Write(ref _placed, true);

    internal void Replace(IEnumerable<EndpointState> endpoints)
    {
        Volatile.Write(ref _endpoints,
            endpoints.ToFrozenDictionary(endpoint => endpoint.Name.ToString(), StringComparer.Ordinal));
        Volatile.Write(ref _read, true);
    }
}
