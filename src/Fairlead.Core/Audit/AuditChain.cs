using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Core.Audit;

/// <summary>
/// The chain that seals the audit log. The hash of a link is SHA-256 over, in this order: the 16 ASCII characters
/// <c>fairlead-audit-1</c>; the 32 bytes of the hash before, zeros for the first link; and the canonical bytes of the
/// entry: sequence, id, time (microseconds since 1970 UTC) and key id as 8 bytes each, big-endian, then who, what,
/// subject, reason, before and after, each as one byte 1, its length in bytes as 4 bytes big-endian, and its UTF-8
/// bytes; or one byte 0 where there is none.
/// </summary>
public static class AuditChain
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = 32;

    private static readonly byte[] Domain = "fairlead-audit-1"u8.ToArray();

    /// <summary>What the first link stands on.</summary>
    public static byte[] Origin => new byte[HashBytes];

    /// <summary>The hash of a link.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> previous, long sequence, AuditRecord entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Domain);
        hash.AppendData(previous);
        hash.AppendData(Canonical(sequence, entry));
        return hash.GetHashAndReset();
    }

    /// <summary>The bytes of an entry that its link seals.</summary>
    public static byte[] Canonical(long sequence, AuditRecord entry)
    {
        var bytes = new MemoryStream();
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var value in (ReadOnlySpan<long>)[sequence, entry.Id, entry.At, entry.KeyId])
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            bytes.Write(number);
        }

        foreach (var text in (ReadOnlySpan<string?>)
            [entry.Who, entry.What, entry.Subject, entry.Reason, entry.Before, entry.After])
        {
            bytes.WriteByte(text is null ? (byte)0 : (byte)1);
            if (text is null)
                continue;
            var utf8 = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(number, utf8.Length);
            bytes.Write(number[..sizeof(int)]);
            bytes.Write(utf8);
        }

        return bytes.ToArray();
    }
}
