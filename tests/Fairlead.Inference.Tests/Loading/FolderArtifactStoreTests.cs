using System.Security.Cryptography;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;

namespace Fairlead.Inference.Tests.Loading;

public sealed class FolderArtifactStoreTests : ArtifactStoreContract, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-store-");
    private FolderArtifactStore? _store;

    protected override IArtifactStore Store => _store ??= Open();

    public void Dispose() => _folder.Delete(recursive: true);

    private FolderArtifactStore Open() => new(_folder.FullName, TimeProvider.System, TimeSpan.Zero);

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
    public async Task Put_ThatIsTooLargeOrCancelled_LeavesNoFile()
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
}
