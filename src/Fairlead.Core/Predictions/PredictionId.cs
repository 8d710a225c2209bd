using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Fairlead.Core.Predictions;

/// <summary>
/// The id of one answered request. It says by itself which endpoint, generation and arm answered and when, and a
/// truncated HMAC tells ids of this installation from forged or foreign ones.
/// <para>
/// Layout, big-endian, 32 bytes: format (1), key id (1), endpoint number (4), generation (4), arm number (2),
/// milliseconds since 1970 UTC (6), randomness (6), first 8 bytes of HMAC-SHA256 over the 24 bytes before it.
/// Written as 43 characters of unpadded base64url.
/// </para>
/// </summary>
public readonly record struct PredictionId(
    byte KeyId, int EndpointNumber, long Generation, int ArmNumber, long UnixMilliseconds, ulong Randomness)
{
    /// <summary>Characters of the written form.</summary>
    public const int TextLength = 43;

    private const byte Format = 1;
    private const int SignedBytes = 24;
    private const int TotalBytes = 32;

    /// <summary>Writes and signs the id. Only the low 48 bits of time and randomness are kept.</summary>
    /// <param name="key">The signing key that <see cref="KeyId"/> names.</param>
    /// <param name="text">Receives <see cref="TextLength"/> ASCII characters.</param>
    public void Write(ReadOnlySpan<byte> key, Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[TotalBytes];
        bytes[0] = Format;
        bytes[1] = KeyId;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)EndpointNumber);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[6..], (uint)Generation);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], (ushort)ArmNumber);
        WriteUInt48(bytes[12..], (ulong)UnixMilliseconds);
        WriteUInt48(bytes[18..], Randomness);
        Sign(key, bytes[..SignedBytes], bytes[SignedBytes..]);
        Base64Url.EncodeToUtf8(bytes, text);
    }

    /// <summary>
    /// Reads an id and checks its signature. False for anything that this installation did not write, without saying
    /// which part was wrong.
    /// </summary>
    /// <param name="text">The written form.</param>
    /// <param name="keyOf">Gives the signing key of a key id, or an empty span when it is not known.</param>
    /// <param name="id">The id, when it is genuine.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, Func<byte, ReadOnlyMemory<byte>> keyOf, out PredictionId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[TotalBytes];
        if (text.Length != TextLength
            || Base64Url.DecodeFromUtf8(text, bytes, out _, out var written) != OperationStatus.Done
            || written != TotalBytes || bytes[0] != Format)
        {
            return false;
        }

        var key = keyOf(bytes[1]);
        Span<byte> signature = stackalloc byte[TotalBytes - SignedBytes];
        if (key.IsEmpty)
            return false;
        Sign(key.Span, bytes[..SignedBytes], signature);
        if (!CryptographicOperations.FixedTimeEquals(signature, bytes[SignedBytes..]))
            return false;

        id = new PredictionId(
            bytes[1],
            (int)BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]),
            (long)ReadUInt48(bytes[12..]),
            ReadUInt48(bytes[18..]));
        return true;
    }

    private static void Sign(ReadOnlySpan<byte> key, ReadOnlySpan<byte> signed, Span<byte> signature)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed, hash);
        hash[..signature.Length].CopyTo(signature);
    }

    private static void WriteUInt48(Span<byte> to, ulong value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)(value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(to[2..], (uint)value);
    }

    private static ulong ReadUInt48(ReadOnlySpan<byte> from) =>
        ((ulong)BinaryPrimitives.ReadUInt16BigEndian(from) << 32) | BinaryPrimitives.ReadUInt32BigEndian(from[2..]);
}
