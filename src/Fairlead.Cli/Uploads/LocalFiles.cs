using System.Security.Cryptography;

namespace Fairlead.Cli.Uploads;

/// <summary>A file of this machine that becomes part of a version.</summary>
/// <param name="Path">Its path inside the version, with <c>/</c> between folders.</param>
/// <param name="Location">Where it lies on this machine.</param>
/// <param name="Size">Its length in bytes.</param>
internal sealed record LocalFile(string Path, string Location, long Size);

/// <summary>Finds the files of a version and their digests.</summary>
internal static class LocalFiles
{
    private const int PieceBytes = 128 << 10;

    /// <summary>The file itself, or every file below the folder except hidden ones, ordered by path.</summary>
    public static IReadOnlyList<LocalFile> Find(string path)
    {
        if (File.Exists(path))
            return [new LocalFile(Path.GetFileName(path), path, new FileInfo(path).Length)];
        if (!Directory.Exists(path))
            throw CliException.Usage($"there is no file or folder {path}.");

        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Select(file => (Location: file, Inside: Path.GetRelativePath(path, file).Replace('\\', '/')))
            .Where(file => !file.Inside.Split('/').Any(part => part.StartsWith('.')))
            .OrderBy(file => file.Inside, StringComparer.Ordinal)
            .Select(file => new LocalFile(file.Inside, file.Location, new FileInfo(file.Location).Length))
            .ToList();
        return files.Count > 0 ? files : throw CliException.Usage($"the folder {path} holds no files.");
    }

    /// <summary>The SHA-256 of a file as the server writes it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="read">Told about each part of the file that was read.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async Task<string> DigestAsync(LocalFile file, Action<long> read, CancellationToken cancellation)
    {
        await using var content = File.OpenRead(file.Location);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceBytes];
        while (await content.ReadAsync(piece, cancellation) is > 0 and var length)
        {
            digest.AppendData(piece, 0, length);
            read(length);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
