using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Fairlead.Server.Storage;

/// <summary>
/// A document kept on the local disk, so that this replica can start, and go on, while its database is away. Replaced
/// as a whole. Its digest stands before it, so that one which a disk or a person changed counts as absent.
/// </summary>
internal sealed class LocalCopy<T>(DataFolder folder, string name)
    where T : class
{
    private const int HeadLength = (2 * SHA256.HashSizeInBytes) + 1;

    private readonly string _path = Path.Combine(folder.Below("cache"), name);

    public T? Read()
    {
        try
        {
            var bytes = File.ReadAllBytes(_path);
            if (bytes.Length < HeadLength)
                return null;
            var document = bytes.AsSpan(HeadLength);
            return bytes.AsSpan(0, HeadLength).SequenceEqual(HeadOf(document))
                ? JsonSerializer.Deserialize<T>(document, StoredJson.Options)
                : null;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Write(T value)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(value, StoredJson.Options);
        byte[] bytes = [.. HeadOf(document), .. document];

        // Most starts find what the end before left; waiting for the disk is the dearest part of writing it again.
        if (IsThere(bytes))
            return;

        var written = _path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };

        // Keys are among the copies, if only as hashes.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(written, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(written, _path, overwrite: true);
    }

    /// <summary>The digest on a line of its own, so that people can read the copy.</summary>
    private static byte[] HeadOf(ReadOnlySpan<byte> document) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(document)) + "\n");

    private bool IsThere(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes.SequenceEqual(File.ReadAllBytes(_path));
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
