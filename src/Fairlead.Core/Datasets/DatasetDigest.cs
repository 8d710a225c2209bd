using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Core.Models;

namespace Fairlead.Core.Datasets;

/// <summary>
/// By what a dataset's content is known: <c>sha256:</c> and the SHA-256 of a file's bytes, or of the list of a folder's
/// files; <c>md5:</c> where a pointer of DVC says no more, with <c>.dir</c> behind it for a folder.
/// </summary>
public static class DatasetDigest
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    private const string Sha256 = "sha256:", Md5 = "md5:", Folder = ".dir";

    /// <summary>The digest of a file.</summary>
    public static string OfFile(Sha256Digest digest) => Sha256 + digest;

    /// <summary>
    /// The digest of a folder: the SHA-256 of a line for each file, by path in the order of code points: its digest,
    /// two spaces and its path with <c>/</c> between folders. <c>sha256sum</c> writes the same lines.
    /// </summary>
    /// <param name="files">Path within the folder and digest of each file; a path has no end of line.</param>
    public static string OfFolder(IEnumerable<(string Path, Sha256Digest Digest)> files)
    {
        var lines = new StringBuilder();
        foreach (var (path, digest) in files.OrderBy(file => file.Path, PathOrder.CodePoints))
            lines.Append(digest).Append("  ").Append(path).Append('\n');
        return Sha256 + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }

    /// <summary>Whether a text is a digest in the form in which it is kept.</summary>
    public static bool IsWritten(string text)
    {
        if (text.StartsWith(Sha256, StringComparison.Ordinal))
            return IsHex(text.AsSpan(Sha256.Length), 64);
        if (!text.StartsWith(Md5, StringComparison.Ordinal))
            return false;
        var digits = text.AsSpan(Md5.Length);
        return IsHex(digits.EndsWith(Folder, StringComparison.Ordinal) ? digits[..^Folder.Length] : digits, 32);
    }

    private static bool IsHex(ReadOnlySpan<char> digits, int length) =>
        digits.Length == length && !digits.ContainsAnyExcept(Hexadecimal);
}
