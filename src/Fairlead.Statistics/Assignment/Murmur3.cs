using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Fairlead.Statistics.Assignment;

/// <summary>
/// MurmurHash3 of A. Appleby in its form for 32 bits (<c>murmur3_x86_32</c>): blocks of four bytes in little-endian
/// order, then the tail, the length and a finaliser. Any input has a hash. Kept for assignments that must agree with
/// other products; our own draws use <see cref="UnitHash"/>.
/// </summary>
public static class Murmur3
{
    private const uint C1 = 0xCC9E2D51;
    private const uint C2 = 0x1B873593;

    /// <summary>Hashes bytes under a seed.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        var hash = seed;
        var rest = bytes;
        for (; rest.Length >= 4; rest = rest[4..])
        {
            hash ^= Scramble(BinaryPrimitives.ReadUInt32LittleEndian(rest));
            hash = BitOperations.RotateLeft(hash, 13) * 5 + 0xE6546B64;
        }

        uint tail = 0;
        for (var i = rest.Length - 1; i >= 0; i--)
            tail = (tail << 8) | rest[i];
        hash ^= Scramble(tail) ^ (uint)bytes.Length;

        hash = (hash ^ (hash >> 16)) * 0x85EBCA6B;
        hash = (hash ^ (hash >> 13)) * 0xC2B2AE35;
        return hash ^ (hash >> 16);
    }

    /// <summary>Hashes the UTF-8 bytes of a text under a seed.</summary>
    public static uint Of(string text, uint seed = 0) => Of(Encoding.UTF8.GetBytes(text), seed);

    private static uint Scramble(uint block) => BitOperations.RotateLeft(block * C1, 15) * C2;
}
