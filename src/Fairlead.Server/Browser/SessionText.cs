using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Fairlead.Serving.Predict;
using Fairlead.Web.Hosting;

namespace Fairlead.Server.Browser;

/// <summary>
/// Who signed in to the console, as a browser keeps it: the key's number and an end, signed. Every replica of an
/// installation reads what another wrote, since the secret comes from its signing keys; the key itself is not in it.
/// </summary>
internal sealed class SessionText(IPredictionKeys keys)
{
    /// <summary>Signing key, key number and end (seconds since 1970), then the signature.</summary>
    private const int PlainBytes = 1 + sizeof(long) + sizeof(long);

    private const int Bytes = PlainBytes + SHA256HashBytes;
    private const int SHA256HashBytes = 32;

    public string Write(ConsoleSession session)
    {
        var key = keys.Current;
        var bytes = new byte[Bytes];
        bytes[0] = key.Id;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), session.KeyId);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1 + sizeof(long)), session.ExpiresAt.ToUnixTimeSeconds());
        Sign(key.Secret.Span, bytes.AsSpan(0, PlainBytes), bytes.AsSpan(PlainBytes));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Null when it is no session of this installation, or over.</summary>
    public ConsoleSession? Read(string text, DateTimeOffset now)
    {
        var bytes = new byte[Bytes];
        if (text.Length != Base64Url.GetEncodedLength(Bytes)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length != Bytes)
        {
            return null;
        }

        var secret = keys.Find(bytes[0]);
        if (secret.IsEmpty)
            return null;
        Span<byte> expected = stackalloc byte[SHA256HashBytes];
        Sign(secret.Span, bytes.AsSpan(0, PlainBytes), expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes.AsSpan(PlainBytes)))
            return null;

        var end = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1 + sizeof(long)));
        return end <= now.ToUnixTimeSeconds()
            ? null
            : new ConsoleSession(
                BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1)), DateTimeOffset.FromUnixTimeSeconds(end));
    }

    /// <summary>A key of its own for this use, so that no signature here is one of a prediction id.</summary>
    private static void Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> plain, Span<byte> signature)
    {
        Span<byte> key = stackalloc byte[SHA256HashBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt: default, "fairlead console session"u8);
        HMACSHA256.HashData(key, plain, signature);
    }
}
