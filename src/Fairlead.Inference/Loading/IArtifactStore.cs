using Fairlead.Core.Models;

namespace Fairlead.Inference.Loading;

/// <summary>
/// Content-addressed storage of artifacts: the digest is the name, the same bytes are stored once, and what is stored
/// never changes. The folder form is beside this file; an S3 form belongs to the server's storage.
/// <para>
/// Contract: <see cref="PutAsync"/> is atomic, so after a crash an artifact is there whole or not at all. Reading and
/// writing may run concurrently from any number of callers.
/// </para>
/// </summary>
public interface IArtifactStore
{
    /// <summary>
    /// Streams bytes into the store with constant memory and returns their digest and length. Throws
    /// <see cref="IOException"/> when the medium refuses; nothing is left behind then.
    /// </summary>
    /// <param name="content">Read once, from its position to its end.</param>
    /// <param name="maxBytes">More than that many bytes are refused with <see
    /// cref="ArtifactTooLargeException"/>.</param>
    /// <param name="cancellation">Stops the transfer and leaves nothing behind.</param>
    Task<StoredArtifact> PutAsync(Stream content, long maxBytes, CancellationToken cancellation);

    /// <summary>Says whether an artifact is there, without reading its bytes.</summary>
    Task<bool> ExistsAsync(Sha256Digest digest, CancellationToken cancellation);

    /// <summary>
    /// Opens an artifact for reading; throws <see cref="ArtifactMissingException"/> when it is not there.
    /// </summary>
    Task<Stream> OpenAsync(Sha256Digest digest, CancellationToken cancellation);

    /// <summary>
    /// Lays the files of a version out below a folder of this machine, under their paths in the manifest, each checked
    /// against its digest while it is read. Throws <see cref="ArtifactCorruptException"/> naming the file whose bytes
    /// do not match, and <see cref="ArtifactMissingException"/> for one that is gone.
    /// </summary>
    Task MaterializeAsync(IReadOnlyList<ManifestFile> files, string folder, CancellationToken cancellation);

    /// <summary>Every stored artifact with the time of its last use as an upload, for garbage collection.</summary>
    IAsyncEnumerable<ArtifactEntry> ListAsync(CancellationToken cancellation);

    /// <summary>
    /// Removes an artifact, unless it was put after an instant: a collector that lists first and removes later must not
    /// take away what was uploaded again in between. Returns whether it removed something.
    /// </summary>
    Task<bool> DeleteAsync(Sha256Digest digest, DateTimeOffset unlessPutAfter, CancellationToken cancellation);
}

/// <summary>What a finished upload was.</summary>
public readonly record struct StoredArtifact(Sha256Digest Digest, long Size);

/// <summary>
/// One artifact of the store. <paramref name="LastPut"/> is renewed when the same bytes are uploaded again.
/// </summary>
public readonly record struct ArtifactEntry(Sha256Digest Digest, long Size, DateTimeOffset LastPut);

/// <summary>An upload was longer than allowed.</summary>
public sealed class ArtifactTooLargeException(long maxBytes)
    : IOException($"The artifact is larger than the {maxBytes} bytes that are allowed.");

/// <summary>An artifact that a manifest names is not in the store.</summary>
public sealed class ArtifactMissingException(Sha256Digest digest)
    : IOException($"The artifact {digest} is not in the store.")
{
    public Sha256Digest Digest { get; } = digest;
}

/// <summary>The bytes of an artifact are not those that its digest names.</summary>
public sealed class ArtifactCorruptException(string path, Sha256Digest expected, Sha256Digest found)
    : IOException($"The file '{path}' is corrupt: its SHA-256 is {found}, the manifest says {expected}.")
{
    public string FilePath { get; } = path;
}
