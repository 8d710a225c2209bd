using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Fairlead.Statistics.Sketches;

/// <summary>
/// The hashes by which sketches know values. They are part of the stored format: sketches of one value agree over
/// processes and releases.
/// </summary>
public static class SketchHash
{
    private const long Seed = 0x46616972;

    /// <summary>XXH3 (64 bits) of the UTF-16 code units of a text, little endian.</summary>
    public static ulong Of(ReadOnlySpan<char> text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text), Seed);

    /// <summary>
    /// A bijection of the bits of a number (the finaliser of MurmurHash3), so that distinct numbers never share a hash;
    /// −0 is 0.
    /// </summary>
    public static ulong Of(double number)
    {
        var bits = BitConverter.DoubleToUInt64Bits(number == 0 ? 0 : number) + 0x9E3779B97F4A7C15UL;
        bits = (bits ^ (bits >> 33)) * 0xFF51AFD7ED558CCDUL;
        bits = (bits ^ (bits >> 33)) * 0xC4CEB9FE1A85EC53UL;
        return bits ^ (bits >> 33);
    }
}
