using System.Security.Cryptography;
using System.Text.Json;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;
using Fairlead.Server.Storage.S3;

namespace Fairlead.Server.Records.Shared;

/// <summary>
/// The tables of records of all replicas, in the bucket. The folder of this replica stays what counts here; what is in
/// the bucket follows it: first the tables, then the manifest that names them, then what it names no more goes. An end
/// at any point leaves the manifest before or the one after, and the next round goes on; what the end left without a
/// manifest is written down on this machine (<see cref="TouchedTables"/>).
/// </summary>
internal sealed class SharedRecords : IDisposable
{
    private const string Root = "records/sha256/";
    private const string Manifests = "records/replicas/";

    /// <summary>A manifest is put again after so long, as a sign that somebody sees to its tables.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(10);

    private readonly RecordStore _store;
    private readonly Bucket _bucket;
    private readonly BucketArtifactStore _copies;
    private readonly string _folder;
    private readonly Replica _replica;
    private readonly ControlPlaneOptions _options;
    private readonly TimeProvider _time;
    private readonly TouchedTables _touched;
    private readonly TouchedTables _touchedOfGone;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sent> _sent = [];
    private Dictionary<string, FoundManifest> _found = [];
    private RecordManifest? _put;
    private string? _putTag;
    private DateTimeOffset _putAt;

    public SharedRecords(
        RecordStore store, Bucket bucket, DataFolder folder, Replica replica, ControlPlaneOptions options,
        TimeProvider time)
    {
        (_store, _bucket, _replica, _options, _time) = (store, bucket, replica, options, time);
        _folder = folder.Below(Path.Combine("records", "shared"));
        Directory.CreateDirectory(Sending);
        _touched = new TouchedTables(Path.Combine(_folder, "touched"));
        _touchedOfGone = new TouchedTables(Path.Combine(_folder, "touched-gone"));
        foreach (var left in Directory.GetFiles(Sending))
            File.Delete(left);
        _copies = new BucketArtifactStore(
            bucket, Path.Combine(_folder, "copies"), bucket.CacheBytes / 4, time, meter: null, Root);
        Id = ReadId();
    }

    /// <summary>The name of this replica's records folder among all.</summary>
    public string Id { get; }

    /// <summary>Most bytes of copies of other replicas' tables, and how many there are.</summary>
    public ArtifactCache Copies => _copies.Cache;

    private string Sending => Path.Combine(_folder, "sending");

    /// <summary>Has the bucket follow the tables of this replica.</summary>
    /// <param name="inTurn">Done at the very moment that the tables are taken down.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<RecordManifest> SyncAsync(Action? inTurn, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var tables = await _store.InTurnAsync(() =>
            {
                inTurn?.Invoke();
                return TakeDown();
            }, cancellation);
            return await FollowAsync(tables, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// The manifests of all replicas, this one's too. Copies of tables that none of them names any more are removed:
    /// somebody in them may have been forgotten.
    /// </summary>
    public async Task<IReadOnlyList<FoundManifest>> ManifestsAsync(CancellationToken cancellation)
    {
        var found = new Dictionary<string, FoundManifest>();
        await foreach (var each in _bucket.ListAsync(Manifests, cancellation))
        {
            if (_found.TryGetValue(each.Key, out var known) && known.Object.Tag == each.Tag)
                found[each.Key] = known with { Object = each };
            else if (await _bucket.ReadWholeAsync(each, cancellation) is { } bytes)
                found[each.Key] = new FoundManifest(each, RecordManifest.Read(bytes));
        }

        Volatile.Write(ref _found, found);
        var named = found.Values.SelectMany(each => each.Manifest.Tables).Select(table => table.Digest).ToHashSet();
        foreach (var copy in _copies.Cache.All().Where(copy => !named.Contains(copy.ToString())))
            await _copies.Cache.RemoveAsync(copy);
        return [.. found.Values];
    }

    /// <summary>Lays a table out on this machine, checked; throws <see cref="ArtifactMissingException"/>.</summary>
    public Task LayOutAsync(SharedTable table, string folder, string name, CancellationToken cancellation) =>
        _copies.MaterializeAsync([new ManifestFile(name, table.Size, DigestOf(table))], folder, cancellation);

    /// <summary>Puts a file into the bucket as a table of a replica that is gone.</summary>
    public Task<SharedTable> PutTableOfGoneAsync(string name, string file, CancellationToken cancellation) =>
        PutTableAsync(name, file, [], _touchedOfGone, cancellation);

    /// <summary>Removes what a round over tables of replicas that are gone left without a manifest.</summary>
    public async Task TidyGoneAsync(CancellationToken cancellation)
    {
        if (_touchedOfGone.Read().Count == 0)
            return;
        var all = (await ManifestsAsync(cancellation)).SelectMany(each => each.Manifest.Tables);
        await TidyAsync(_touchedOfGone, all, cancellation);
    }

    /// <summary>Replaces the manifest of a replica that is gone, then removes what it names no more.</summary>
    public async Task ReplaceAsync(
        FoundManifest gone, IReadOnlyList<SharedTable> tables, CancellationToken cancellation)
    {
        _touchedOfGone.Add(gone.Manifest.Tables.Except(tables).Select(table => table.Digest));
        if (tables.Count == 0)
            await _bucket.DeleteAsync(gone.Object.Key, cancellation);
        else
            await PutManifestAsync(gone.Manifest with { Tables = tables }, cancellation);
        await TidyAsync(_touchedOfGone, tables, cancellation);
    }

    /// <summary>
    /// Removes tables that no manifest names, of rounds that ended before their manifest; younger ones may be waiting
    /// for it.
    /// </summary>
    public async Task SweepAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        var old = new List<BucketObject>();
        await foreach (var each in _bucket.ListAsync(Root, cancellation))
        {
            if (each.LastPut < before)
                old.Add(each);
        }

        var named = (await ManifestsAsync(cancellation)).SelectMany(each => each.Manifest.Tables)
            .Select(table => KeyOf(table.Digest)).ToHashSet();
        foreach (var each in old.Where(each => !named.Contains(each.Key)))
            await _bucket.DeleteAsync(each.Key, cancellation);
    }

    public void Dispose()
    {
        _copies.Dispose();
        _one.Dispose();
    }

    /// <summary>This replica's tables now; those that the bucket may lack are linked, to be sent in peace.</summary>
    private List<Table> TakeDown()
    {
        // While its file is there, what a roll left of it counts twice.
        var sources = _store.Log.AllFiles().Select(Path.GetFileNameWithoutExtension).ToHashSet();
        var tables = new List<Table>();
        foreach (var table in _store.Tables.List().Where(table => !sources.Contains(table.Source)))
        {
            if (_store.Tables.Fetch(table) is not { } path)
                continue;
            var (name, file) = (table.ToString(), new FileInfo(path));
            if (_sent.TryGetValue(name, out var sent) && sent.Is(file))
            {
                tables.Add(new Table(name, sent, null));
                continue;
            }

            var link = Path.Combine(Sending, tables.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
            File.Delete(link);
            if (!FileSystem.TryLink(path, link))
                File.Copy(path, link);
            tables.Add(new Table(name, new Sent("", file.Length, file.LastWriteTimeUtc), link));
        }

        return tables;
    }

    private async Task<RecordManifest> FollowAsync(List<Table> tables, CancellationToken cancellation)
    {
        var before = await KnownAsync(cancellation);
        var named = new List<SharedTable>();
        foreach (var table in tables)
        {
            if (table.Link is null)
            {
                named.Add(new SharedTable(table.Name, table.As.Digest, table.As.Size));
                continue;
            }

            var sent = await PutTableAsync(table.Name, table.Link, before?.Tables ?? [], _touched, cancellation);
            File.Delete(table.Link);
            _sent[table.Name] = table.As with { Digest = sent.Digest, Size = sent.Size };
            named.Add(sent);
        }

        var manifest = new RecordManifest
        {
            Id = Id,
            Replica = _replica.Name,
            Address = _options.AdvertisedAddress,
            Tables = named,
        };
        if (before is not null && before.Address == manifest.Address && before.Replica == manifest.Replica
            && before.Tables.SequenceEqual(named) && _time.GetUtcNow() - _putAt < Renewal)
        {
            return manifest;
        }

        _touched.Add((before?.Tables ?? []).Except(named).Select(table => table.Digest));
        await PutManifestAsync(manifest, cancellation);
        _putTag = (await _bucket.FindAsync(Manifests + Id, cancellation))?.Tag;
        (_put, _putAt) = (manifest, _time.GetUtcNow());
        await TidyAsync(_touched, named, cancellation);
        foreach (var gone in _sent.Keys.Except(named.Select(table => table.Name)).ToList())
            _sent.Remove(gone);
        return manifest;
    }

    /// <summary>
    /// What the bucket says of this folder. Where that is not what was put there last, every table is sent anew: while
    /// this replica was taken for gone, another one may have removed some.
    /// </summary>
    private async Task<RecordManifest?> KnownAsync(CancellationToken cancellation)
    {
        if (_put is not null && _time.GetUtcNow() - _putAt < Renewal)
            return _put;
        var found = await _bucket.FindAsync(Manifests + Id, cancellation);
        if (_put is not null && found?.Tag == _putTag)
            return _put;
        if (_put is not null)
        {
            // Told to the next round, which links what this one took for sent.
            _sent.Clear();
            _put = null;
        }

        if (found is null || await _bucket.ReadWholeAsync(found, cancellation) is not { } bytes)
            return null;
        try
        {
            return RecordManifest.Read(bytes);
        }
        catch (InvalidDataException)
        {
            // What cannot be read is written anew.
            return null;
        }
    }

    private async Task PutManifestAsync(RecordManifest manifest, CancellationToken cancellation)
    {
        var file = Path.Combine(_folder, $"manifest-{manifest.Id}.json");
        await File.WriteAllBytesAsync(
            file, JsonSerializer.SerializeToUtf8Bytes(manifest, StoredJson.Options), cancellation);
        await _bucket.PutAsync(Manifests + manifest.Id, file, new FileInfo(file).Length, cancellation);
        File.Delete(file);
    }

    /// <summary>Puts a table where it is not known to be already.</summary>
    private async Task<SharedTable> PutTableAsync(
        string name, string file, IReadOnlyList<SharedTable> there, TouchedTables touched,
        CancellationToken cancellation)
    {
        var (digest, size) = await HashAsync(file, cancellation);
        if (there.All(table => table.Digest != digest))
        {
            touched.Add([digest]);
            await _bucket.PutAsync(KeyOf(digest), file, size, cancellation);
        }

        return new SharedTable(name, digest, size);
    }

    /// <summary>Removes the tables that were touched and are named no more.</summary>
    private async Task TidyAsync(
        TouchedTables touched, IEnumerable<SharedTable> named, CancellationToken cancellation)
    {
        foreach (var digest in touched.Read().Except(named.Select(table => table.Digest)))
            await _bucket.DeleteAsync(KeyOf(digest), cancellation);
        touched.Clear();
    }

    private string ReadId()
    {
        var file = Path.Combine(_folder, "id");
        lock (_gate)
        {
            if (File.Exists(file) && File.ReadAllText(file) is { Length: 32 } kept)
                return kept;
            var made = RandomNumberGenerator.GetHexString(32, lowercase: true);
            File.WriteAllText(file, made);
            return made;
        }
    }

    private static async Task<(string Digest, long Size)> HashAsync(string file, CancellationToken cancellation)
    {
        await using var bytes = File.OpenRead(file);
        return (Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, cancellation)), bytes.Length);
    }

    private static Sha256Digest DigestOf(SharedTable table) => Sha256Digest.TryParse(table.Digest, out var digest)
        ? digest
        : throw new InvalidDataException($"The list of tables names '{table.Digest}', which is no digest.");

    private static string KeyOf(string digest) => $"{Root}{digest[..2]}/{digest}";

    /// <summary>A file as it was sent.</summary>
    private sealed record Sent(string Digest, long Size, DateTime ChangedAt)
    {
        public bool Is(FileInfo file) => file.Length == Size && file.LastWriteTimeUtc == ChangedAt;
    }

    private sealed record Table(string Name, Sent As, string? Link);
}
