using System.Text.Json;

namespace Fairlead.Server.Storage;

/// <summary>
/// A document kept on the local disk, so that this replica can start, and go on, while its database is away. Replaced
/// as a whole; a broken one counts as absent.
/// </summary>
internal sealed class LocalCopy<T>(DataFolder folder, string name)
    where T : class
{
    private readonly string _path = Path.Combine(folder.Below("cache"), name);

    public T? Read()
    {
        try
        {
            using var file = File.OpenRead(_path);
            return JsonSerializer.Deserialize<T>(file, StoredJson.Options);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Write(T value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, StoredJson.Options);

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
