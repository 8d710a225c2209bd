using System.Security.Cryptography;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;

namespace Fairlead.Inference.Tests.Loading;

public sealed class FolderArtifactStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-store-");

    public void Dispose() => _folder.Delete(recursive: true);

    private FolderArtifactStore Open() => new(_folder.FullName, TimeProvider.System, TimeSpan.Zero);

    private static async Task<StoredArtifact> PutAsync(FolderArtifactStore store, byte[] bytes)
    {
        using var content = new MemoryStream(bytes);
        return await store.PutAsync(content, long.MaxValue, CancellationToken.None);
    }

    private string PathOf(Sha256Digest digest) =>
        Path.Combine(_folder.FullName, "sha256", digest.ToString()[..2], digest.ToString());

    private FileInfo[] Uploads() => new DirectoryInfo(Path.Combine(_folder.FullName, "uploads")).GetFiles();

    [Fact]
    public async Task Put_StoresTheBytesUnderTheirDigest_Once()
    {
        var store = Open();
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        var stored = await PutAsync(store, bytes);
        (await PutAsync(store, bytes)).ShouldBe(stored);

        stored.ShouldBe(new StoredArtifact(Sha256Digest.FromBytes(SHA256.HashData(bytes)), bytes.Length));
        (await File.ReadAllBytesAsync(PathOf(stored.Digest))).ShouldBe(bytes);
        _folder.GetFiles("*", SearchOption.AllDirectories).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Put_OfTheSameBytesByManyAtOnce_StoresThemOnce()
    {
        var store = Open();
        var bytes = RandomNumberGenerator.GetBytes(100_000);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => PutAsync(store, bytes))));

        _folder.GetFiles("*", SearchOption.AllDirectories).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Put_ThatIsTooLargeOrCancelled_LeavesNothing()
    {
        var store = Open();
        using var content = new MemoryStream(new byte[1000]);
        await Should.ThrowAsync<ArtifactTooLargeException>(store.PutAsync(content, 999, CancellationToken.None));
        using var again = new MemoryStream(new byte[1000]);
        await Should.ThrowAsync<OperationCanceledException>(store.PutAsync(again, 1000, new CancellationToken(true)));

        _folder.GetFiles("*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_AfterACrash_SweepsWhatUploadsLeft()
    {
        Open();
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "uploads", "left"), "half");
        _ = new FolderArtifactStore(_folder.FullName, TimeProvider.System, TimeSpan.FromHours(1));
        Uploads().Length.ShouldBe(1);

        Open();

        Uploads().ShouldBeEmpty();
    }

    [Fact]
    public async Task Materialize_LaysFilesOutBelowTheFolder()
    {
        var store = Open();
        var stored = await PutAsync(store, [1, 2, 3]);
        var target = Path.Combine(_folder.FullName, "out");

        await store.MaterializeAsync(
            [new("model.onnx", 3, stored.Digest), new("a/b/data.bin", 3, stored.Digest)], target,
            CancellationToken.None);

        (await File.ReadAllBytesAsync(Path.Combine(target, "model.onnx"))).ShouldBe([1, 2, 3]);
        (await File.ReadAllBytesAsync(Path.Combine(target, "a", "b", "data.bin"))).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Materialize_OfChangedBytes_NamesTheFileAndLeavesItNotThere()
    {
        var store = Open();
        var stored = await PutAsync(store, [1, 2, 3]);
        await File.WriteAllBytesAsync(PathOf(stored.Digest), [1, 2, 4]);
        var target = Path.Combine(_folder.FullName, "out");

        var failure = await Should.ThrowAsync<ArtifactCorruptException>(store.MaterializeAsync(
            [new("sub/model.onnx", 3, stored.Digest)], target, CancellationToken.None));

        failure.FilePath.ShouldBe("sub/model.onnx");
        File.Exists(Path.Combine(target, "sub", "model.onnx")).ShouldBeFalse();
        await PutAsync(store, [1, 2, 3]);
        await store.MaterializeAsync([new("sub/model.onnx", 3, stored.Digest)], target, CancellationToken.None);
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("/tmp/out")]
    [InlineData("a\\b")]
    public async Task Materialize_OfAPathThatLeadsElsewhere_IsRefused(string path)
    {
        var store = Open();
        var stored = await PutAsync(store, [1]);

        await Should.ThrowAsync<ArgumentException>(store.MaterializeAsync(
            [new(path, 1, stored.Digest)], Path.Combine(_folder.FullName, "in"), CancellationToken.None));
    }

    [Fact]
    public async Task Open_OfWhatIsNotThere_SaysSo()
    {
        var missing = Sha256Digest.FromBytes(new byte[32]);

        await Should.ThrowAsync<ArtifactMissingException>(Open().OpenAsync(missing, CancellationToken.None));
        (await Open().ExistsAsync(missing, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Delete_OfWhatWasPutAgainSince_KeepsIt()
    {
        var store = Open();
        var listed = DateTimeOffset.UtcNow.AddMinutes(-1);
        var later = DateTimeOffset.UtcNow.AddMinutes(1);
        var stored = await PutAsync(store, [1]);

        (await store.DeleteAsync(stored.Digest, listed, CancellationToken.None)).ShouldBeFalse();
        (await store.DeleteAsync(stored.Digest, later, CancellationToken.None)).ShouldBeTrue();
        (await store.DeleteAsync(stored.Digest, DateTimeOffset.UtcNow, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task List_GivesEveryArtifact()
    {
        var store = Open();
        var one = await PutAsync(store, [1]);
        var two = await PutAsync(store, [2, 2]);

        var found = await store.ListAsync(CancellationToken.None).ToListAsync();

        found.Select(each => (each.Digest, each.Size))
            .ShouldBe([(one.Digest, 1L), (two.Digest, 2L)], ignoreOrder: true);
    }
}
