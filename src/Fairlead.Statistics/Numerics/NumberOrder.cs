using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fairlead.Statistics.Numerics;

/// <summary>
/// Sorts many finite numbers: the bits of a double, with the sign turned so that they rise as the numbers do, by eleven
/// bits at a time from the last to the first. Six passes, of which those over bits that all numbers share are left out;
/// some times quicker than comparing from some thousand numbers on.
/// <para>Optimised from the first call on, as it is worth it at once.</para>
/// </summary>
public static class NumberOrder
{
    // Fewer are sorted by comparing.
    private const int Many = 8000;
    private const int Digits = 6, Bits = 11, Values = 1 << Bits;

    /// <summary>Sorts into rising order; −0 comes before 0.</summary>
    /// <param name="numbers">No NaN among them.</param>
    /// <param name="room">At least as many, whose content is lost.</param>
    /// <exception cref="ArgumentException">The room is too small.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sort(Span<double> numbers, Span<double> room)
    {
        if (room.Length < numbers.Length)
            throw new ArgumentException($"Room for {numbers.Length} numbers is needed.", nameof(room));
        if (numbers.Length < Many)
        {
            numbers.Sort();
            return;
        }

        var from = MemoryMarshal.Cast<double, ulong>(numbers);
        var to = MemoryMarshal.Cast<double, ulong>(room)[..from.Length];
        var counts = new int[Digits * Values];
        foreach (ref var bits in from)
        {
            bits ^= (ulong)((long)bits >> 63) | 0x8000_0000_0000_0000;
            for (var digit = 0; digit < Digits; digit++)
                counts[digit * Values + ((int)(bits >> (Bits * digit)) & (Values - 1))]++;
        }

        var moved = false;
        for (var digit = 0; digit < Digits; digit++)
        {
            var places = counts.AsSpan(digit * Values, Values);
            if (places.Contains(from.Length))
                continue;
            var at = 0;
            foreach (ref var place in places)
                (place, at) = (at, at + place);
            foreach (var bits in from)
                to[places[(int)(bits >> (Bits * digit)) & (Values - 1)]++] = bits;
            var other = from;
            from = to;
            to = other;
            moved = !moved;
        }

        foreach (ref var bits in from)
            bits ^= ((bits >> 63) - 1) | 0x8000_0000_0000_0000;
        if (moved)
            from.CopyTo(to);
    }
}
