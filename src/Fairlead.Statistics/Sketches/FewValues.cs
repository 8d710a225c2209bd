using System.Numerics;

namespace Fairlead.Statistics.Sketches;

/// <summary>
/// Sorts a few dozen finite numbers without a branch that depends on them: of each it is counted how many come before
/// it, several at once, and it is put there. Comparing sorts guess wrong at half of their steps, which costs more.
/// </summary>
internal static class FewValues
{
    /// <summary>More are sorted by comparing.</summary>
    public const int Most = 64;

    public static void Sort(Span<double> values)
    {
        if (values.Length is < 8 or > Most)
        {
            values.Sort();
            return;
        }

        // Whole vectors, of which the places beyond the values are never read back.
        Span<double> copy = stackalloc double[Most + Vector<double>.Count];
        copy[values.Length..].Clear();
        values.CopyTo(copy);
        Span<long> places = stackalloc long[Most + Vector<double>.Count];
        var lanes = Vector<double>.Count;
        for (var block = 0; block < values.Length; block += lanes)
        {
            var these = new Vector<double>(copy[block..]);
            var own = Vector.CreateSequence((double)block, 1.0);
            var before = Vector<long>.Zero;
            for (var i = 0; i < values.Length; i++)
            {
                // Of equal ones the first comes first. A comparison that holds is −1 in each place.
                var other = new Vector<double>(copy[i]);
                var less = Vector.LessThan(other, these);
                if (i < block + lanes)
                {
                    less |= Vector.Equals(other, these)
                        & Vector.LessThan(new Vector<double>(i), own);
                }

                before -= less;
            }

            before.CopyTo(places[block..]);
        }

        for (var i = 0; i < values.Length; i++)
            values[(int)places[i]] = copy[i];
    }
}
