using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;

namespace Fairlead.Server.Storage.S3;

/// <summary>
/// Artifacts as objects of a bucket, under <c>sha256/ab/abcd…</c> as in the folder form, with copies of them on this
/// machine's disk.
/// <para>
/// An upload is written to this machine's disk first, not to a key of the bucket that is copied later: the key is known
/// only at the end, parts can be sent in parallel and again from a file, the bucket moves each byte once and copies
/// none, and the file is the very copy that the version is loaded from. A process that dies in the middle leaves
/// nothing that anybody sees: a file that the next start sweeps, and parts that the bucket shows to nobody.
/// </para>
/// </summary>
internal sealed class BucketArtifactStore : IArtifactStore, IDisposable
{
    /// <summary>Up to this size an artifact is copied to this machine when it is read; larger ones stream.</summary>
    private const long CopiedBytes = 16L << 20;

    /// <summary>How often a copy that is bad or gone is fetched anew for one reader.</summary>
    private const int Attempts = 3;

    private readonly Bucket _bucket;
    private readonly BucketMeter? _meter;
    private readonly string _root;
    private readonly BucketReads _reads = new();
    private readonly ConcurrentDictionary<Sha256Digest, Lazy<Task>> _fetches = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _loaded;

    /// <summary>Opens the store; the bucket need not answer.</summary>
    /// <param name="bucket">Where the artifacts are.</param>
    /// <param name="folder">A folder of this process alone, for the copies.</param>
    /// <param name="cacheBytes">Most bytes of copies.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meter">Counts; null: nothing is counted.</param>
    /// <param name="root">What the keys begin with.</param>
    public BucketArtifactStore(
        Bucket bucket, string folder, long cacheBytes, TimeProvider time, BucketMeter? meter,
        string root = "sha256/")
    {
        (_bucket, _meter, _root) = (bucket, meter, root);
        Cache = new ArtifactCache(new FolderArtifactStore(folder, time, TimeSpan.Zero), cacheBytes);
        meter?.Watch(bucket, Cache);
        _loaded = Cache.LoadAsync(CancellationToken.None);
    }

    public Bucket Bucket => _bucket;

    public ArtifactCache Cache { get; }

    public async Task<StoredArtifact> PutAsync(Stream content, long maxBytes, CancellationToken cancellation)
    {
        await _loaded;
        var stored = await Cache.Folder.PutAsync(content, maxBytes, cancellation);
        await Cache.AddAsync(stored);
        await using var used = Cache.Use(stored.Digest);

        // An artifact that is there already is sent too: the bucket's time of it is what the collector goes by, and
        // where its bytes were changed, this heals them.
        await using var file = (FileStream)await Cache.Folder.OpenAsync(stored.Digest, cancellation);
        await _bucket.PutAsync(KeyOf(stored.Digest), file.Name, stored.Size, cancellation);
        _meter?.Sent(stored.Size);
        return stored;
    }

    /// <summary>Asks the bucket: a copy says nothing of what others may rely on.</summary>
    public async Task<bool> ExistsAsync(Sha256Digest digest, CancellationToken cancellation) =>
        await _bucket.FindAsync(KeyOf(digest), cancellation) is not null;

    public async Task<Stream> OpenAsync(Sha256Digest digest, CancellationToken cancellation)
    {
        await _loaded;
        if (await OpenCopyAsync(digest, cancellation) is { } copy)
            return copy;
        var found = await _bucket.FindAsync(KeyOf(digest), cancellation) ?? throw new ArtifactMissingException(digest);
        if (found.Size > CopiedBytes)
        {
            _meter?.Missed();
            return new BucketStream(_bucket, found, digest, _reads);
        }

        await FetchAsync(digest, found, cancellation);
        return await OpenCopyAsync(digest, cancellation) ?? new BucketStream(_bucket, found, digest, _reads);
    }

    public async Task MaterializeAsync(
        IReadOnlyList<ManifestFile> files, string folder, CancellationToken cancellation)
    {
        await _loaded;
        foreach (var file in files)
        {
            for (var attempt = 1; ; attempt++)
            {
                if (!Cache.Has(file.Digest))
                    await FetchAsync(file.Digest, null, cancellation);
                else if (attempt == 1)
                    _meter?.Hit();
                await using var used = Cache.Use(file.Digest);
                try
                {
                    await Cache.Folder.MaterializeAsync([file], folder, cancellation);
                    break;
                }
                catch (Exception bad) when (
                    attempt < Attempts && bad is ArtifactCorruptException or ArtifactMissingException)
                {
                    // The copy is not what it was, or made room for others; the bucket has the true bytes.
                    await Cache.RemoveAsync(file.Digest);
                }
            }
        }
    }

    public async IAsyncEnumerable<ArtifactEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var found in _bucket.ListAsync(_root, cancellation))
        {
            if (Sha256Digest.TryParse(found.Key[(found.Key.LastIndexOf('/') + 1)..], out var digest))
                yield return new ArtifactEntry(digest, found.Size, found.LastPut);
        }
    }

    public async Task<bool> DeleteAsync(
        Sha256Digest digest, DateTimeOffset unlessPutAfter, CancellationToken cancellation)
    {
        await _loaded;
        if (await _bucket.FindAsync(KeyOf(digest), cancellation) is not { } found || found.LastPut > unlessPutAfter)
            return false;
        await _bucket.DeleteAsync(KeyOf(digest), cancellation);
        await Cache.RemoveAsync(digest);
        return true;
    }

    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    private async Task<Stream?> OpenCopyAsync(Sha256Digest digest, CancellationToken cancellation)
    {
        if (!Cache.Has(digest))
            return null;
        try
        {
            var copy = await Cache.Folder.OpenAsync(digest, cancellation);
            _meter?.Hit();
            return copy;
        }
        catch (ArtifactMissingException)
        {
            // It made room for another one in between.
            return null;
        }
    }

    /// <summary>
    /// Copies an artifact here, once for all who ask at the same time; who stops waiting does not stop it for the
    /// others.
    /// </summary>
    private async Task FetchAsync(Sha256Digest digest, BucketObject? found, CancellationToken cancellation)
    {
        var fetch = _fetches.GetOrAdd(digest, key => new Lazy<Task>(() => CopyAsync(key, found)));
        try
        {
            await fetch.Value.WaitAsync(cancellation);
        }
        finally
        {
            if (fetch.Value.IsCompleted)
                _fetches.TryRemove(new KeyValuePair<Sha256Digest, Lazy<Task>>(digest, fetch));
        }
    }

    private async Task CopyAsync(Sha256Digest digest, BucketObject? found)
    {
        _meter?.Missed();
        found ??= await _bucket.FindAsync(KeyOf(digest), _closed.Token)
            ?? throw new ArtifactMissingException(digest);
        await using var stream = new BucketStream(_bucket, found, digest, _reads);
        await Cache.AddAsync(await Cache.Folder.PutAsync(stream, found.Size, _closed.Token));
        _meter?.Fetched(found.Size);
    }

    private string KeyOf(Sha256Digest digest)
    {
        var name = digest.ToString();
        return name.Length == 64
            ? $"{_root}{name[..2]}/{name}"
            : throw new ArgumentException("The digest is empty.", nameof(digest));
    }
}
