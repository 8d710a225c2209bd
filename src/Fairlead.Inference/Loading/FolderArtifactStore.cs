using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Fairlead.Core.Models;

namespace Fairlead.Inference.Loading;

/// <summary>
/// Artifacts as files: <c>sha256/ab/abcd…</c> below one folder. An upload goes to a temporary file of the same file
/// system, is flushed to the medium and renamed, so that a name is there only with all its bytes.
/// </summary>
public sealed class FolderArtifactStore : IArtifactStore
{
    private const int CopyBytes = 128 * 1024;

    private readonly string _artifacts;
    private readonly string _uploads;
    private readonly TimeProvider _time;

    // Renewing the time of an artifact and removing it for its age must not cross.
    private readonly Lock _names = new();
    private long _uploadNumber;

    /// <summary>Opens a store, making its folders and removing what interrupted uploads left behind.</summary>
    /// <param name="folder">Where the store lives.</param>
    /// <param name="time">The clock, for the times of uploads.</param>
    /// <param name="sweepOlderThan">
    /// Age from which an unfinished upload counts as interrupted. Zero, where no other process uses the folder.
    /// </param>
    public FolderArtifactStore(string folder, TimeProvider time, TimeSpan sweepOlderThan)
    {
        _time = time;
        var root = Path.GetFullPath(folder);
        _artifacts = Path.Combine(root, "sha256");
        _uploads = Path.Combine(root, "uploads");
        Directory.CreateDirectory(_artifacts);
        Directory.CreateDirectory(_uploads);
        Sweep(sweepOlderThan);
    }

    public async Task<StoredArtifact> PutAsync(Stream content, long maxBytes, CancellationToken cancellation)
    {
        var upload = Path.Combine(_uploads, string.Create(CultureInfo.InvariantCulture,
            $"{Environment.ProcessId}-{Interlocked.Increment(ref _uploadNumber)}-{_time.GetTimestamp()}"));
        try
        {
            var stored = await WriteAsync(content, upload, maxBytes, cancellation);
            Publish(upload, stored);
            return stored;
        }
        finally
        {
            Remove(upload);
        }
    }

    public Task<bool> ExistsAsync(Sha256Digest digest, CancellationToken cancellation) =>
        Task.FromResult(File.Exists(PathOf(digest)));

    public async Task<Stream> OpenAsync(Sha256Digest digest, CancellationToken cancellation) =>
        await Task.FromResult(Open(digest));

    public async Task MaterializeAsync(
        IReadOnlyList<ManifestFile> files, string folder, CancellationToken cancellation)
    {
        if (ManifestRules.Check(files) is { Count: > 0 } faults)
            throw new ArgumentException(faults[0].Message, nameof(files));

        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var target = Path.Combine(folder, file.Path.Replace('/', Path.DirectorySeparatorChar));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await MaterializeAsync(file, target, cancellation);
        }
    }

    public async IAsyncEnumerable<ArtifactEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var file in new DirectoryInfo(_artifacts).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Sha256Digest.TryParse(file.Name, out var digest) || !file.Exists)
                continue;
            var lastPut = new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero);
            yield return new ArtifactEntry(digest, file.Length, lastPut);
        }
    }

    public Task<bool> DeleteAsync(Sha256Digest digest, DateTimeOffset unlessPutAfter, CancellationToken cancellation)
    {
        var file = new FileInfo(PathOf(digest));
        lock (_names)
        {
            if (!file.Exists || file.LastWriteTimeUtc > unlessPutAfter.UtcDateTime)
                return Task.FromResult(false);

            file.Delete();
            return Task.FromResult(true);
        }
    }

    private static async Task<StoredArtifact> WriteAsync(
        Stream content, string path, long maxBytes, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        var size = await HashAsync(content, hash, file, maxBytes, cancellation);
        file.Flush(flushToDisk: true);
        return new StoredArtifact(Sha256Digest.FromBytes(hash.GetHashAndReset()), size);
    }

    private void Publish(string upload, StoredArtifact stored)
    {
        var target = new FileInfo(PathOf(stored.Digest));
        lock (_names)
        {
            // An artifact that is there already is replaced too: the same bytes, a new time, and where a failing medium
            // has changed the old ones, uploading them again heals it.
            var isNew = !target.Directory!.Exists;
            target.Directory.Create();
            File.SetLastWriteTimeUtc(upload, _time.GetUtcNow().UtcDateTime);
            File.Move(upload, target.FullName, overwrite: true);
            FileSystem.FlushFolder(target.DirectoryName!);
            if (isNew)
                FileSystem.FlushFolder(_artifacts);
        }
    }

    private async Task MaterializeAsync(ManifestFile file, string target, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var source = Open(file.Digest))
        {
            File.Delete(target);
            if (FileSystem.TryLink(source.Name, target))
            {
                await HashAsync(source, hash, null, long.MaxValue, cancellation);
            }
            else
            {
                await using var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
                await HashAsync(source, hash, copy, long.MaxValue, cancellation);
            }
        }

        var found = Sha256Digest.FromBytes(hash.GetHashAndReset());
        if (found == file.Digest)
            return;

        File.Delete(target);
        throw new ArtifactCorruptException(file.Path, file.Digest, found);
    }

    private static async Task<long> HashAsync(
        Stream from, IncrementalHash hash, Stream? to, long maxBytes, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            long size = 0;
            while (await from.ReadAsync(buffer.AsMemory(0, CopyBytes), cancellation) is > 0 and var read)
            {
                size += read;
                if (size > maxBytes)
                    throw new ArtifactTooLargeException(maxBytes);
                hash.AppendData(buffer, 0, read);
                if (to is not null)
                    await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }

            return size;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private FileStream Open(Sha256Digest digest)
    {
        try
        {
            return new FileStream(
                PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0,
                FileOptions.SequentialScan);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactMissingException(digest);
        }
    }

    private string PathOf(Sha256Digest digest)
    {
        var name = digest.ToString();
        return name.Length == 64
            ? Path.Combine(_artifacts, name[..2], name)
            : throw new ArgumentException("The digest is empty.", nameof(digest));
    }

    private void Sweep(TimeSpan olderThan)
    {
        var before = _time.GetUtcNow() - olderThan;
        foreach (var file in new DirectoryInfo(_uploads).EnumerateFiles())
        {
            if (olderThan == TimeSpan.Zero || file.LastWriteTimeUtc <= before.UtcDateTime)
                Remove(file.FullName);
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The next start sweeps it.
        }
    }
}
