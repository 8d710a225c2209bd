using CsCheck;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Statistics.Tests.Assignment;

public sealed class ForeignHashTests
{
    /// <summary>Test values published with the hash.</summary>
    [Theory]
    [InlineData("", 0x811C9DC5U)]
    [InlineData("a", 0xE40C292CU)]
    [InlineData("foobar", 0xBF9CF968U)]
    public void Fnv1a32_GivesThePublishedValues(string text, uint expected) => Fnv1a32.Of(text).ShouldBe(expected);

    /// <summary>Values that the reference implementation is known by, one for each length of the tail.</summary>
    [Theory]
    [InlineData("", 0U, 0U)]
    [InlineData("", 1U, 0x514E28B7U)]
    [InlineData("hello", 0U, 0x248BFA47U)]
    [InlineData("hello, world", 0U, 0x149BBB7FU)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0U, 0x2E4FF723U)]
    public void Murmur3_GivesTheKnownValues(string text, uint seed, uint expected) =>
        Murmur3.Of(text, seed).ShouldBe(expected);

    /// <summary>Computed by another implementation of MD5.</summary>
    [Theory]
    [InlineData("user-1", 9574)]
    [InlineData("user-2", 5253)]
    [InlineData("user-3", 3442)]
    public void EppoShard_TakesTheFirstFourBytesOfTheDigest(string unit, int expected) =>
        EppoShard.Of("salt", unit).ShouldBe(expected);

    [Fact]
    public void Buckets_OfAnyText_StayInTheirRange() =>
        Gen.Select(Gen.String, Gen.String, Gen.Int[1, 5000]).Sample((salt, unit, slots) =>
        {
            UnleashBucket.Of(salt, unit, slots).ShouldBeInRange(1, slots);
            EppoShard.Of(salt, unit, slots).ShouldBeInRange(0, slots - 1);
            GrowthBookBucket.V1(salt, unit).ShouldBeInRange(0, 0.999);
            GrowthBookBucket.V2(salt, unit).ShouldBeInRange(0, 0.9999);
        }, iter: 2000);

    /// <summary>Every tenth of the range gets a tenth of the units, within five standard deviations.</summary>
    [Fact]
    public void Buckets_OfManyUnits_AreSpreadEvenly()
    {
        const int Units = 50_000;
        Func<string, double>[] buckets =
        [
            unit => GrowthBookBucket.V2("seed", unit),
            unit => (UnleashBucket.Of("group", unit) - 1) / 100.0,
            unit => EppoShard.Of("salt", unit) / 10_000.0,
        ];
        foreach (var bucket in buckets)
        {
            var tenths = new int[10];
            for (var unit = 0; unit < Units; unit++)
                tenths[(int)(bucket($"user-{unit}") * 10)]++;
            tenths.ShouldAllBe(count => Math.Abs(count - Units / 10) < 5 * Math.Sqrt(Units * 0.1 * 0.9));
        }
    }

    [Fact]
    public void Slots_BelowOne_AreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => UnleashBucket.Of("g", "u", 0));
        Should.Throw<ArgumentOutOfRangeException>(() => EppoShard.Of("s", "u", 0));
    }
}
