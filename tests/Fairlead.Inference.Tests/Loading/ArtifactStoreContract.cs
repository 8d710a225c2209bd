using System.Security.Cryptography;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;

namespace Fairlead.Inference.Tests.Loading;

/// <summary>What every form of the artifact store promises; each form runs these tests over a real medium.</summary>
public abstract class ArtifactStoreContract
{
    protected abstract IArtifactStore Store { get; }

    protected static async Task<StoredArtifact> PutAsync(IArtifactStore store, byte[] bytes)
    {
        using var content = new MemoryStream(bytes);
        return await store.PutAsync(content, long.MaxValue, CancellationToken.None);
    }

    protected static async Task<byte[]> ReadAsync(IArtifactStore store, Sha256Digest digest, long from = 0)
    {
        await using var stream = await store.OpenAsync(digest, CancellationToken.None);
        stream.Seek(from, SeekOrigin.Begin);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>Bytes that no other test stores, the same for the same seed.</summary>
    protected byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed ^ GetType().Name.Length).NextBytes(bytes);
        return bytes;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task Put_GivesDigestAndLength_AndTheBytesAreThere(int count)
    {
        var bytes = Bytes(count, 1);

        var stored = await PutAsync(Store, bytes);

        stored.ShouldBe(new StoredArtifact(Sha256Digest.FromBytes(SHA256.HashData(bytes)), count));
        (await Store.ExistsAsync(stored.Digest, CancellationToken.None)).ShouldBeTrue();
        (await ReadAsync(Store, stored.Digest)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Put_OfTheSameBytesByManyAtOnce_StoresThemOnce()
    {
        var bytes = Bytes(100_000, 2);

        var stored = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PutAsync(Store, bytes))));

        stored.Distinct().Count().ShouldBe(1);
        var listed = await Store.ListAsync(CancellationToken.None).ToListAsync();
        listed.Count(each => each.Digest == stored[0].Digest).ShouldBe(1);
        (await ReadAsync(Store, stored[0].Digest)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Put_ThatIsTooLargeOrCancelled_LeavesNothing()
    {
        var bytes = Bytes(1000, 3);
        var digest = Sha256Digest.FromBytes(SHA256.HashData(bytes));

        using var content = new MemoryStream(bytes);
        await Should.ThrowAsync<ArtifactTooLargeException>(Store.PutAsync(content, 999, CancellationToken.None));
        using var again = new MemoryStream(bytes);
        await Should.ThrowAsync<OperationCanceledException>(Store.PutAsync(again, 1000, new CancellationToken(true)));

        (await Store.ExistsAsync(digest, CancellationToken.None)).ShouldBeFalse();
        await Should.ThrowAsync<ArtifactMissingException>(Store.OpenAsync(digest, CancellationToken.None));
    }

    [Fact]
    public async Task Open_ReadsFromTheMiddle()
    {
        var bytes = Bytes(400_000, 4);
        var stored = await PutAsync(Store, bytes);

        (await ReadAsync(Store, stored.Digest, from: 333_333)).ShouldBe(bytes[333_333..]);
        await using var stream = await Store.OpenAsync(stored.Digest, CancellationToken.None);
        stream.CanSeek.ShouldBeTrue();
        stream.Length.ShouldBe(bytes.Length);
        stream.Seek(-5, SeekOrigin.End);
        var end = new byte[5];
        await stream.ReadExactlyAsync(end);
        end.ShouldBe(bytes[^5..]);
        (await stream.ReadAsync(end)).ShouldBe(0);
    }

    [Fact]
    public async Task Materialize_LaysFilesOutBelowTheFolder()
    {
        var stored = await PutAsync(Store, [1, 2, 3]);
        var target = Directory.CreateTempSubdirectory("fairlead-laid-out-");
        try
        {
            await Store.MaterializeAsync(
                [new("model.onnx", 3, stored.Digest), new("a/b/data.bin", 3, stored.Digest)], target.FullName,
                CancellationToken.None);

            (await File.ReadAllBytesAsync(Path.Combine(target.FullName, "model.onnx"))).ShouldBe([1, 2, 3]);
            (await File.ReadAllBytesAsync(Path.Combine(target.FullName, "a", "b", "data.bin"))).ShouldBe([1, 2, 3]);
        }
        finally
        {
            target.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("/tmp/out")]
    [InlineData("a\\b")]
    public async Task Materialize_OfAPathThatLeadsElsewhere_IsRefused(string path)
    {
        var stored = await PutAsync(Store, [1]);

        await Should.ThrowAsync<ArgumentException>(Store.MaterializeAsync(
            [new(path, 1, stored.Digest)], Path.Combine(Path.GetTempPath(), "fairlead-never"), CancellationToken.None));
    }

    [Fact]
    public async Task Open_OfWhatIsNotThere_SaysSo()
    {
        var missing = Sha256Digest.FromBytes(new byte[32]);

        await Should.ThrowAsync<ArtifactMissingException>(Store.OpenAsync(missing, CancellationToken.None));
        await Should.ThrowAsync<ArtifactMissingException>(Store.MaterializeAsync(
            [new("a", 1, missing)], Path.Combine(Path.GetTempPath(), "fairlead-never"), CancellationToken.None));
        (await Store.ExistsAsync(missing, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Delete_OfWhatWasPutAgainSince_KeepsIt()
    {
        var listed = DateTimeOffset.UtcNow.AddMinutes(-1);
        var later = DateTimeOffset.UtcNow.AddMinutes(1);
        var stored = await PutAsync(Store, Bytes(10, 5));

        (await Store.DeleteAsync(stored.Digest, listed, CancellationToken.None)).ShouldBeFalse();
        (await ReadAsync(Store, stored.Digest)).Length.ShouldBe(10);
        (await Store.DeleteAsync(stored.Digest, later, CancellationToken.None)).ShouldBeTrue();
        (await Store.DeleteAsync(stored.Digest, DateTimeOffset.UtcNow, CancellationToken.None)).ShouldBeFalse();
        await Should.ThrowAsync<ArtifactMissingException>(Store.OpenAsync(stored.Digest, CancellationToken.None));
    }

    [Fact]
    public async Task List_GivesEveryArtifact_WithItsSizeAndTime()
    {
        var one = await PutAsync(Store, Bytes(1, 6));
        var two = await PutAsync(Store, Bytes(2, 7));

        var found = await Store.ListAsync(CancellationToken.None).ToListAsync();

        found.Where(each => each.Digest == one.Digest || each.Digest == two.Digest)
            .Select(each => (each.Digest, each.Size))
            .ShouldBe([(one.Digest, 1L), (two.Digest, 2L)], ignoreOrder: true);
        found.ShouldAllBe(each => each.LastPut > DateTimeOffset.UtcNow.AddMinutes(-10));
    }
}
