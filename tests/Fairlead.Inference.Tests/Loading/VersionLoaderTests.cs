using System.Security.Cryptography;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tests.Runtimes.Onnx;
using Fairlead.TestModels;

namespace Fairlead.Inference.Tests.Loading;

public sealed class VersionLoaderTests : IDisposable
{
    private readonly ModelFolder _folder = new();
    private readonly StoreInMemory _store = new();

    private string Below => Path.Combine(_folder.Path, "loads");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Load_ModelWithExternalData_AnswersAndLeavesNoFiles()
    {
        var (manifest, probe) = await StoreAsync("external/model.onnx");
        var loader = Loader();

        await using var placed = await LoadAsync(loader, manifest, probe);

        await placed.Runtime.ShouldAnswerAsync(Catalogue.Get("external/model.onnx").Examples[0]);
        placed.AccountedBytes.ShouldBe(probe.ResidentBytes);
        placed.LoadTime.ShouldBeGreaterThan(TimeSpan.Zero);
        Directory.EnumerateFileSystemEntries(Below).ShouldBeEmpty();
    }

    [Fact]
    public async Task Load_CorruptFile_IsRefusedByItsName()
    {
        var (manifest, probe) = await StoreAsync("external/model.onnx");
        _store.Corrupt(manifest.Files.Single(file => file.Path == "weights.bin").Digest);

        var failure = await Should.ThrowAsync<ArtifactCorruptException>(() => LoadAsync(Loader(), manifest, probe));

        failure.FilePath.ShouldBe("weights.bin");
        Directory.EnumerateFileSystemEntries(Below).ShouldBeEmpty();
    }

    [Fact]
    public async Task Load_MissingFile_IsRefused()
    {
        var (manifest, probe) = await StoreAsync("batch_mlp.onnx");
        await _store.DeleteAsync(manifest.Files[0].Digest, DateTimeOffset.MaxValue, CancellationToken.None);

        await Should.ThrowAsync<ArtifactMissingException>(() => LoadAsync(Loader(), manifest, probe));
        Directory.EnumerateFileSystemEntries(Below).ShouldBeEmpty();
    }

    [Fact]
    public async Task Load_OtherSignatureThanProbed_IsRefused()
    {
        var (manifest, _) = await StoreAsync("batch_mlp.onnx");
        var other = await ModelProbe.ExamineAsync(Catalogue.PathOf("linear_regressor.onnx"));

        var failure = await Should.ThrowAsync<ModelLoadException>(() => LoadAsync(Loader(), manifest, other));

        failure.Message.ShouldBe("The version credit/3 has another signature than when it was registered.");
        Directory.EnumerateFileSystemEntries(Below).ShouldBeEmpty();
    }

    [Fact]
    public async Task Load_ManifestThatCannotBeServed_IsRefused()
    {
        var (manifest, probe) = await StoreAsync("batch_mlp.onnx");
        var component = manifest.Components[0];
        Manifest[] bad =
        [
            manifest with { Components = [component with { Runtime = "other" }] },
            manifest with { Components = [component, component] },
            manifest with { Components = [] },
            manifest with { Components = [component with { Entry = "../model.onnx" }] },
        ];
        foreach (var refused in bad)
            await Should.ThrowAsync<ModelLoadException>(() => LoadAsync(Loader(), refused, probe));
    }

    [Fact]
    public async Task Load_Cancelled_LeavesNoFiles()
    {
        var (manifest, probe) = await StoreAsync("batch_mlp.onnx");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(
            () => Loader().LoadAsync(Id, manifest, probe, 1, cancelled.Token));
        Directory.EnumerateFileSystemEntries(Below).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sweep_RemovesWhatWasLeftBehind()
    {
        var loader = Loader();
        loader.Sweep();
        Directory.CreateDirectory(Path.Combine(Below, "1"));
        await File.WriteAllTextAsync(Path.Combine(Below, "1", "model.onnx"), "left behind");

        loader.Sweep();

        Directory.Exists(Below).ShouldBeFalse();
    }

    private static VersionId Id => new(ModelName.Parse("credit"), 3);

    private static Task<PlacedVersion> LoadAsync(VersionLoader loader, Manifest manifest, ProbeReport probe) =>
        loader.LoadAsync(Id, manifest, probe, threadsPerRun: 1, CancellationToken.None);

    private VersionLoader Loader() => new(_store, Below, TimeProvider.System);

    private async Task<(Manifest Manifest, ProbeReport Probe)> StoreAsync(string file)
    {
        var probe = await ModelProbe.ExamineAsync(Catalogue.PathOf(file));
        var files = new List<ManifestFile>();
        foreach (var (path, content) in Catalogue.Get(file).Files())
        {
            var stored = await _store.PutAsync(new MemoryStream(content), long.MaxValue, CancellationToken.None);
            files.Add(new ManifestFile(Path.GetFileName(path), stored.Size, stored.Digest));
        }

        var component = new ManifestComponent("model", "onnx", Path.GetFileName(file));
        return (new Manifest([.. files], [component], probe.Signature), probe);
    }

    private sealed class StoreInMemory : IArtifactStore
    {
        private readonly Dictionary<Sha256Digest, byte[]> _artifacts = [];

        public void Corrupt(Sha256Digest digest) => _artifacts[digest] = [1, 2, 3];

        public async Task<StoredArtifact> PutAsync(Stream content, long maxBytes, CancellationToken cancellation)
        {
            using var copy = new MemoryStream();
            await content.CopyToAsync(copy, cancellation);
            var digest = Sha256Digest.FromBytes(SHA256.HashData(copy.ToArray()));
            _artifacts[digest] = copy.ToArray();
            return new StoredArtifact(digest, copy.Length);
        }

        public Task<bool> ExistsAsync(Sha256Digest digest, CancellationToken cancellation) =>
            Task.FromResult(_artifacts.ContainsKey(digest));

        public Task<Stream> OpenAsync(Sha256Digest digest, CancellationToken cancellation) =>
            Task.FromResult<Stream>(new MemoryStream(_artifacts[digest]));

        public async Task MaterializeAsync(
            IReadOnlyList<ManifestFile> files, string folder, CancellationToken cancellation)
        {
            Directory.CreateDirectory(folder);
            foreach (var file in files)
            {
                if (!_artifacts.TryGetValue(file.Digest, out var bytes))
                    throw new ArtifactMissingException(file.Digest);
                var found = Sha256Digest.FromBytes(SHA256.HashData(bytes));
                await File.WriteAllBytesAsync(Path.Combine(folder, file.Path), bytes, CancellationToken.None);
                if (found != file.Digest)
                    throw new ArtifactCorruptException(file.Path, file.Digest, found);
            }
        }

        public async IAsyncEnumerable<ArtifactEntry> ListAsync(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.Yield();
            foreach (var (digest, bytes) in _artifacts)
                yield return new ArtifactEntry(digest, bytes.Length, default);
        }

        public Task<bool> DeleteAsync(
            Sha256Digest digest, DateTimeOffset unlessPutAfter, CancellationToken cancellation) =>
            Task.FromResult(_artifacts.Remove(digest));
    }
}
