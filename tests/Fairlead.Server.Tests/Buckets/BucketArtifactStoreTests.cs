using Fairlead.Core.Models;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Tests.Loading;
using Fairlead.Server.Storage.S3;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Buckets;

/// <summary>The bucket form of the artifact store over a real wire.</summary>
public sealed class BucketArtifactStoreTests(BucketServer server) : ArtifactStoreContract, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-copies-").FullName;
    private string _address = "";
    private BucketArtifactStore _store = null!;

    protected override IArtifactStore Store => _store;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _address = await server.AddressAsync();
        _store = BucketServer.Open(_address, Path.Combine(_folder, "one"));
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        _store.Bucket.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Large_GoesInParts_AndIsReadByAnotherMachineInPartsAhead()
    {
        var bytes = Bytes(2 * Bucket.PartBytes + (Bucket.PartBytes / 2) + 7, 20);
        var stored = await PutAsync(_store, bytes);
        using var other = BucketServer.Open(_address, Path.Combine(_folder, "two"));

        (await ReadAsync(other, stored.Digest)).ShouldBe(bytes);
        (await ReadAsync(other, stored.Digest, Bucket.PartBytes - 3)).ShouldBe(bytes[(Bucket.PartBytes - 3)..]);
        other.Cache.Bytes.ShouldBe(0, "what is large streams");

        await other.MaterializeAsync([new("m", stored.Size, stored.Digest)], Path.Combine(_folder, "out"), Cancel);
        (await File.ReadAllBytesAsync(Path.Combine(_folder, "out", "m"), Cancel)).ShouldBe(bytes);
        other.Cache.Bytes.ShouldBe(bytes.Length);
    }

    [Fact]
    public async Task Changed_BytesInTheBucket_AreNeverGivenToTheEnd()
    {
        var small = await PutAsync(_store, Bytes(1000, 21));
        var large = await PutAsync(_store, Bytes(17 << 20, 22));
        var wrong = Path.Combine(_folder, "wrong");
        foreach (var stored in (StoredArtifact[])[small, large])
        {
            await File.WriteAllBytesAsync(wrong, new byte[stored.Size], Cancel);
            var name = stored.Digest.ToString();
            await _store.Bucket.PutAsync($"sha256/{name[..2]}/{name}", wrong, stored.Size, Cancel);
        }

        using var other = BucketServer.Open(_address, Path.Combine(_folder, "two"));
        await Should.ThrowAsync<ArtifactCorruptException>(other.OpenAsync(small.Digest, Cancel));
        await Should.ThrowAsync<ArtifactCorruptException>(ReadAsync(other, large.Digest));
        await Should.ThrowAsync<ArtifactCorruptException>(other.MaterializeAsync(
            [new("m", large.Size, large.Digest)], Path.Combine(_folder, "out"), Cancel));
        other.Cache.Bytes.ShouldBe(0);

        // The same bytes once more heal it.
        await PutAsync(_store, Bytes(1000, 21));
        (await ReadAsync(other, small.Digest)).ShouldBe(Bytes(1000, 21));
    }

    [Fact]
    public async Task Copies_AreHealedBoundedAndKnownAfterARestart()
    {
        var stored = await PutAsync(_store, Bytes(1000, 23));
        var name = stored.Digest.ToString();
        var copy = Path.Combine(_folder, "one", "sha256", name[..2], name);
        await File.WriteAllBytesAsync(copy, new byte[1000], Cancel);
        await _store.MaterializeAsync([new("m", 1000, stored.Digest)], Path.Combine(_folder, "out"), Cancel);
        (await File.ReadAllBytesAsync(Path.Combine(_folder, "out", "m"), Cancel)).ShouldBe(Bytes(1000, 23));

        var again = await PutAsync(_store, Bytes(2000, 24));
        var cache = new ArtifactCache(
            new FolderArtifactStore(Path.Combine(_folder, "one"), TimeProvider.System, TimeSpan.Zero), 2500);
        await cache.LoadAsync(Cancel);
        cache.Bytes.ShouldBe(2000, "the older copy made room");
        cache.Evicted.ShouldBe(1);
        cache.Has(again.Digest).ShouldBeTrue();

        // What is in use stays, also above the bound.
        await using (cache.Use(again.Digest))
        {
            await cache.AddAsync(await PutAsync(cache.Folder, Bytes(900, 25)));
            cache.Bytes.ShouldBe(2900);
        }

        cache.Bytes.ShouldBe(900);
        await cache.AddAsync(await PutAsync(cache.Folder, Bytes(10, 26)));
        cache.Bytes.ShouldBe(910);
        (await cache.Folder.ListAsync(Cancel).ToListAsync(Cancel)).Sum(each => each.Size).ShouldBe(910);
    }

    [Fact]
    public async Task Reading_AtTheSameTime_FetchesOnce()
    {
        var stored = await PutAsync(_store, Bytes(200_000, 27));
        using var other = BucketServer.Open(_address, Path.Combine(_folder, "two"));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            (await ReadAsync(other, stored.Digest)).Length.ShouldBe(200_000)));

        other.Cache.Bytes.ShouldBe(200_000);
        Directory.GetFiles(Path.Combine(_folder, "two"), "*", SearchOption.AllDirectories).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Killed_WhileItSendsParts_LeavesNothingThatAnybodySees()
    {
        // The kill comes when the first parts lie in the bucket; should the whole be faster, other bytes try again.
        for (var attempt = 0; ; attempt++)
        {
            attempt.ShouldBeLessThan(5);
            var bytes = Bytes(20 << 20, 30 + attempt);
            var digest = Sha256Digest.FromBytes(System.Security.Cryptography.SHA256.HashData(bytes));
            var data = Path.Combine(_folder, $"data{attempt}");
            var probe = ProbeScript.Write(_folder)[1];
            var order = Path.Combine(_folder, "no");
            using (var child = await CrashTests.StartAsync(data, probe, order, null, _address))
            {
                var address = new Uri((await child.StandardOutput.ReadLineAsync(Cancel))!);
                var client = Client.FairleadClient.Connect(address);
                using var content = new MemoryStream(bytes);
                var sending = client.PutArtifactAsync(content, cancellation: Cancel);
                while (!sending.IsCompleted && !HasParts())
                    await Task.Delay(1, Cancel);
                child.Kill();
                await Should.ThrowAsync<Exception>(sending);
                await child.WaitForExitAsync(Cancel);
            }

            if (await _store.ExistsAsync(digest, Cancel))
                continue;
            await Should.ThrowAsync<ArtifactMissingException>(_store.OpenAsync(digest, Cancel));
            (await _store.ListAsync(Cancel).ToListAsync(Cancel)).ShouldNotContain(each => each.Digest == digest);

            await using var again = await TestServer.StartAsync(options =>
                (options.DataFolder, options.ArtifactBucket) = (data, _address));
            Directory.GetFiles(Path.Combine(data, "artifact-cache", "uploads")).ShouldBeEmpty();
            (await again.Client.HasArtifactAsync(digest.ToString())).ShouldBeFalse();
            return;
        }
    }

    private bool HasParts() => Directory.Exists(server.Folder)
        && Directory.EnumerateFiles(server.Folder, "*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.None,
            IgnoreInaccessible = true,
        }).Any(file => file.Contains("uploads", StringComparison.Ordinal));
}
