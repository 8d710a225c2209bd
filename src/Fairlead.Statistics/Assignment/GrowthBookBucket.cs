using System.Globalization;

namespace Fairlead.Statistics.Assignment;

/// <summary>
/// The bucket in [0, 1) that GrowthBook's clients give a unit, so that an experiment begun there can go on here.
/// A unit is treated when its bucket is below the treated share, so raising the share moves nobody back.
/// <para>Source: GrowthBook's specification of its SDKs, hash versions 1 and 2 over <see cref="Fnv1a32"/>.</para>
/// </summary>
public static class GrowthBookBucket
{
    /// <summary>
    /// Version 1: H(unit + seed) mod 1000 / 1000. Buckets of one unit under different seeds are correlated; take it
    /// for experiments that already run only.
    /// </summary>
    public static double V1(string seed, string unit) => Fnv1a32.Of(unit + seed) % 1000 / 1000.0;

    /// <summary>Version 2: H(decimal digits of H(seed + unit)) mod 10000 / 10000.</summary>
    public static double V2(string seed, string unit)
    {
        var inner = Fnv1a32.Of(seed + unit);
        return Fnv1a32.Of(inner.ToString(CultureInfo.InvariantCulture)) % 10_000 / 10_000.0;
    }
}
