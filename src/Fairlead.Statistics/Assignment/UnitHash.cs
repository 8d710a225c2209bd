using System.IO.Hashing;
using System.Text;

namespace Fairlead.Statistics.Assignment;

/// <summary>
/// The 64-bit hash under which a unit of assignment (a user, a session, a request) takes part in every draw.
/// It is XXH64 of the unit's UTF-8 bytes, so that any other program can reproduce an assignment; it is part of the
/// stored history of an experiment and never changes.
/// </summary>
public static class UnitHash
{
    /// <summary>Longest unit that is hashed without renting memory, in UTF-8 bytes.</summary>
    private const int StackBytes = 256;

    /// <summary>Hashes the UTF-8 bytes of a unit.</summary>
    public static ulong Of(ReadOnlySpan<byte> utf8) => XxHash64.HashToUInt64(utf8);

    /// <summary>Hashes a unit given as text; equal to hashing its UTF-8 bytes.</summary>
    public static ulong Of(ReadOnlySpan<char> unit)
    {
        var length = Encoding.UTF8.GetMaxByteCount(unit.Length);
        Span<byte> utf8 = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        return Of(utf8[..Encoding.UTF8.GetBytes(unit, utf8)]);
    }
}
