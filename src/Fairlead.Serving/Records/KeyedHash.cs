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

    [ThreadStatic]
    private static (byte[] Key, IncrementalHash Hash) _keyed;

    /// <summary>Writes the hash of some bytes, <see cref="Length"/> of them.</summary>
    /// <param name="key">
    /// The key, which nobody changes: each thread keeps what it made of the last one, the dearer half of the work.
    /// </param>
    /// <param name="value">What is hashed.</param>
    /// <param name="hash">Takes the hash.</param>
    public static void Write(byte[] key, ReadOnlySpan<byte> value, Span<byte> hash)
    {
        if (!ReferenceEquals(_keyed.Key, key))
        {
            _keyed.Hash?.Dispose();
            _keyed = (key, IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key));
        }

        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _keyed.Hash.AppendData(value);
        _keyed.Hash.GetHashAndReset(whole);
        whole[..Length].CopyTo(hash);
    }

    /// <summary>The hash of a text as it is told in tables.</summary>
    public static string Text(byte[] key, string value)
    {
        Span<byte> hash = stackalloc byte[Length];
        Write(key, System.Text.Encoding.UTF8.GetBytes(value), hash);
        return Convert.ToHexStringLower(hash);
    }
}
