using System.Text;

namespace Fairlead.Statistics.Assignment;

/// <summary>
/// The 32-bit FNV-1a hash of G. Fowler, L. C. Noll and K.-P. Vo: h ← (h ⊕ byte) · 16777619 mod 2³², beginning with
/// 2166136261. Any input has a hash; the empty one hashes to the beginning. Kept for assignments that must agree with
/// other products; our own draws use <see cref="UnitHash"/>.
/// </summary>
public static class Fnv1a32
{
    private const uint OffsetBasis = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>Hashes bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var hash = OffsetBasis;
        foreach (var value in bytes)
            hash = (hash ^ value) * Prime;
        return hash;
    }

    /// <summary>Hashes the UTF-8 bytes of a text.</summary>
    public static uint Of(string text) => Of(Encoding.UTF8.GetBytes(text));
}
