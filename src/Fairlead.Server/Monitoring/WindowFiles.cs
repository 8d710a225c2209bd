using System.IO.Compression;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitoring;

/// <summary>
/// Windows as artifacts: the binary form of the sketch, compressed. The store's digest shows a changed one at once.
/// </summary>
internal sealed class WindowFiles(IArtifactStore store)
{
    /// <summary>More than any window takes: 1,024 columns of at most 40 KiB, and some.</summary>
    private const int MostBytes = 48 << 20;

    /// <summary>Stores a window.</summary>
    public async Task<StoredArtifact> PutAsync(WindowSketch window, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream(Encode(window));
        return await store.PutAsync(bytes, MostBytes, cancellation);
    }

    /// <summary>
    /// Reads a window. Throws <see cref="InvalidDataException"/> when its bytes are none, and
    /// <see cref="ArtifactMissingException"/> when it is gone.
    /// </summary>
    public async Task<WindowSketch> GetAsync(string digest, CancellationToken cancellation)
    {
        await using var stream = await store.OpenAsync(Parsed(digest), cancellation);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            // Somebody may name any artifact as what holds a dataset's statistics.
            if (bytes.Length + read > MostBytes)
                throw new InvalidDataException("A stored window is larger than any window can be.");
            bytes.Write(buffer, 0, read);
        }

        return Decode(bytes.ToArray());
    }

    /// <summary>Removes a window that no row names any more.</summary>
    public Task DeleteAsync(string digest, CancellationToken cancellation) =>
        store.DeleteAsync(Parsed(digest), DateTimeOffset.MaxValue, cancellation);

    internal static byte[] Encode(WindowSketch window)
    {
        using var bytes = new MemoryStream();
        using (var brotli = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            brotli.Write(window.ToBytes());
        return bytes.ToArray();
    }

    internal static WindowSketch Decode(byte[] compressed)
    {
        using var brotli = new BrotliStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        int read;
        while ((read = Read(brotli, buffer)) > 0)
        {
            if (bytes.Length + read > MostBytes)
                throw new InvalidDataException("A stored window is larger than any window can be.");
            bytes.Write(buffer, 0, read);
        }

        return WindowSketch.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static Sha256Digest Parsed(string digest) => Sha256Digest.TryParse(digest, out var parsed)
        ? parsed
        : throw new InvalidDataException($"The index of windows names '{digest}', which is no digest.");

    private static int Read(BrotliStream brotli, byte[] buffer)
    {
        try
        {
            return brotli.Read(buffer);
        }
        catch (InvalidOperationException damaged)
        {
            throw new InvalidDataException("A stored window is not what was compressed.", damaged);
        }
    }
}
