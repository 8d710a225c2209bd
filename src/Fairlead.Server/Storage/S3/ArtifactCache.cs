using Fairlead.Core.Models;
using Fairlead.Inference.Loading;

namespace Fairlead.Server.Storage.S3;

/// <summary>
/// Copies of a bucket's artifacts on this machine's disk, for runtimes that open files and for the time in which the
/// bucket is away. Bounded: the copies that were used longest ago go first, never one that is in use, so that a single
/// artifact above the bound is there while it is used and no longer.
/// </summary>
internal sealed class ArtifactCache(FolderArtifactStore folder, long bound)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Sha256Digest, Copy> _copies = [];
    private readonly LinkedList<Sha256Digest> _byUse = new();
    private long _bytes;
    private long _evicted;

    /// <summary>Where the copies lie.</summary>
    public FolderArtifactStore Folder => folder;

    public long Bound => bound;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Copies that were removed to make room.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    /// <summary>Learns what an earlier process left, the oldest as what was used longest ago.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        var left = new List<ArtifactEntry>();
        await foreach (var entry in folder.ListAsync(cancellation))
            left.Add(entry);
        foreach (var entry in left.OrderBy(entry => entry.LastPut))
            await AddAsync(new StoredArtifact(entry.Digest, entry.Size));
    }

    /// <summary>Counts a copy that lies in the folder, and makes room for it.</summary>
    public async Task AddAsync(StoredArtifact stored)
    {
        lock (_gate)
        {
            if (!Touch(stored.Digest))
            {
                _copies[stored.Digest] = new Copy(stored.Size, _byUse.AddLast(stored.Digest));
                _bytes += stored.Size;
            }
        }

        await MakeRoomAsync(stored.Digest);
    }

    /// <summary>All that there is a copy of.</summary>
    public IReadOnlyList<Sha256Digest> All()
    {
        lock (_gate)
            return [.. _copies.Keys];
    }

    /// <summary>Whether there is a copy.</summary>
    public bool Has(Sha256Digest digest)
    {
        lock (_gate)
            return Touch(digest);
    }

    /// <summary>Keeps a copy, if there is one, until what this gives is disposed.</summary>
    public IAsyncDisposable Use(Sha256Digest digest)
    {
        lock (_gate)
        {
            if (!_copies.TryGetValue(digest, out var copy))
                return new Using(this, null);
            copy.Users++;
            return new Using(this, copy);
        }
    }

    /// <summary>Removes a copy. Who has it open reads on.</summary>
    public async Task RemoveAsync(Sha256Digest digest)
    {
        lock (_gate)
        {
            if (_copies.ContainsKey(digest))
                Forget(digest);
        }

        await folder.DeleteAsync(digest, DateTimeOffset.MaxValue, CancellationToken.None);
    }

    /// <summary>Removes what was used longest ago and is not in use, until the rest is within the bound.</summary>
    private async Task MakeRoomAsync(Sha256Digest? except)
    {
        List<Sha256Digest> evicted = [];
        lock (_gate)
        {
            for (var node = _byUse.First; node is not null && _bytes > bound;)
            {
                var next = node.Next;
                if (_copies[node.Value].Users == 0 && node.Value != except)
                {
                    evicted.Add(node.Value);
                    Forget(node.Value);
                }

                node = next;
            }
        }

        Interlocked.Add(ref _evicted, evicted.Count);
        foreach (var digest in evicted)
            await folder.DeleteAsync(digest, DateTimeOffset.MaxValue, CancellationToken.None);
    }

    private bool Touch(Sha256Digest digest)
    {
        if (!_copies.TryGetValue(digest, out var copy))
            return false;
        _byUse.Remove(copy.Node);
        _byUse.AddLast(copy.Node);
        return true;
    }

    private void Forget(Sha256Digest digest)
    {
        var copy = _copies[digest];
        _copies.Remove(digest);
        _byUse.Remove(copy.Node);
        _bytes -= copy.Size;
    }

    private sealed class Copy(long size, LinkedListNode<Sha256Digest> node)
    {
        public long Size => size;

        public LinkedListNode<Sha256Digest> Node => node;

        public int Users { get; set; }
    }

    private sealed class Using(ArtifactCache cache, Copy? copy) : IAsyncDisposable
    {
        private Copy? _copy = copy;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _copy, null) is not { } used)
                return;
            lock (cache._gate)
                used.Users--;

            // What is larger than the bound by itself was there for this use only.
            await cache.MakeRoomAsync(null);
        }
    }
}
