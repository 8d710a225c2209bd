using System.Runtime.InteropServices;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;

namespace Fairlead.Serving.Routing;

/// <summary>
/// The versions loaded in this process, each once however many variants use it. A version is loaded when its first user
/// asks for it and unloaded, memory given back, when its last user lets go.
/// </summary>
public sealed class PlacedVersions(VersionLoader loader, LoadJournal journal, IVersionCheck check)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Key, Entry> _entries = [];

    /// <summary>What is loaded now, with the threads of each of its runs.</summary>
    public IReadOnlyList<(PlacedVersion Version, int ThreadsPerRun)> Loaded
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries.Where(pair => pair.Value.Placed is not null)
                    .Select(pair => (pair.Value.Placed!, pair.Key.Threads))];
            }
        }
    }

    /// <summary>
    /// Takes a version, loading it when it is not there yet. Give it back with <see cref="ReleaseAsync"/>.
    /// </summary>
    /// <exception cref="ModelLoadFailedException">It cannot be loaded here; the message says why.</exception>
    public async Task<PlacedVersion> TakeAsync(RoutedVersion version, int threadsPerRun, CancellationToken cancellation)
    {
        var key = new Key(version.Id, Math.Max(1, threadsPerRun));
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out entry))
            {
                entry = new Entry(Task.Run(() =>
                    LoadAsync(version, key.Threads, cancellation), CancellationToken.None));
                _entries.Add(key, entry);
            }

            entry.Users++;
        }

        try
        {
            return await entry.Loading.ConfigureAwait(false);
        }
        catch
        {
            lock (_lock)
            {
                if (_entries.TryGetValue(key, out var failed) && ReferenceEquals(failed, entry))
                    _entries.Remove(key);
            }

            throw;
        }
    }

    /// <summary>Gives a version back; the last user's release waits for runs under way and unloads it.</summary>
    public async Task ReleaseAsync(PlacedVersion placed)
    {
        lock (_lock)
        {
            var (key, entry) = _entries.Single(pair => pair.Value.Placed == placed);
            if (--entry.Users > 0)
                return;
            _entries.Remove(key);
        }

        await placed.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<PlacedVersion> LoadAsync(RoutedVersion version, int threads, CancellationToken cancellation)
    {
        await CheckQuarantineAsync(version, cancellation).ConfigureAwait(false);
        journal.Loading(version.Id);
        try
        {
            return await loader.LoadAsync(version.Id, version.Manifest, version.Probe, threads, cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (
            e is IOException or Inference.Runtimes.ModelLoadException or UnauthorizedAccessException)
        {
            throw new ModelLoadFailedException($"The version {version.Id} cannot be loaded: {e.Message}", e);
        }
    }

    private async Task CheckQuarantineAsync(RoutedVersion version, CancellationToken cancellation)
    {
        switch (journal.StateOf(version.Id))
        {
            case QuarantineState.Locked:
                throw new ModelLoadFailedException(
                    $"The version {version.Id} is quarantined: twice the server ended uncleanly within a minute of "
                        + $"loading it. "
                    + $"When you know why, release it with 'fairlead models release {version.Id}'.");
            case QuarantineState.Suspected:
                if (await check.WhyNotAsync(version, cancellation).ConfigureAwait(false) is { } why)
                {
                    throw new ModelLoadFailedException(
                        $"The version {version.Id} is quarantined: the server ended uncleanly within a minute of "
                            + $"loading it, "
                        + $"and a fresh probe says: {why}");
                }

                journal.Cleared(version.Id);
                break;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(VersionId Version, int Threads);

    private sealed class Entry(Task<PlacedVersion> loading)
    {
        public Task<PlacedVersion> Loading { get; } = loading;

        /// <summary>The loaded version; null while loading and after a failure.</summary>
        public PlacedVersion? Placed => Loading.IsCompletedSuccessfully ? Loading.GetAwaiter().GetResult() : null;

        public int Users { get; set; }
    }
}

/// <summary>A version cannot be loaded on this replica.</summary>
public sealed class ModelLoadFailedException(string message, Exception? inner = null) : Exception(message, inner);
