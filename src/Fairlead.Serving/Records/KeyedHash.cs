using System.Security.Cryptography;

namespace Fairlead.Serving.Records;

/// <summary>
/// Hashes of values under the key of the installation: the first 16 bytes of HMAC-SHA256. Equal values have equal
/// hashes, so that they can be counted and found; without the key a value cannot be guessed and compared.
/// </summary>
public static class KeyedHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Length = 16;

    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = 32;

    /// <summary>Writes the hash of some bytes, <see cref="Length"/> of them.</summary>
    public static void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Span<byte> hash)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, value, whole);
        whole[..Length].CopyTo(hash);
    }

    /// <summary>The hash of a text as it is told in tables.</summary>
    public static string Text(ReadOnlySpan<byte> key, string value)
    {
        Span<byte> hash = stackalloc byte[Length];
        Write(key, System.Text.Encoding.UTF8.GetBytes(value), hash);
        return Convert.ToHexStringLower(hash);
    }
}
