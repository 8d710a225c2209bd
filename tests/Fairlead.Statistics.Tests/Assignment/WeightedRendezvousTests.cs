using CsCheck;
using Fairlead.Statistics.Assignment;
using Arm = Fairlead.Statistics.Assignment.WeightedRendezvous.Arm;

namespace Fairlead.Statistics.Tests.Assignment;

public sealed class WeightedRendezvousTests
{
    private static readonly Gen<Arm[]> Arms =
        Gen.Select(Gen.Int[1, 12], Gen.Double[0, 100].Array[12])
            .Select((count, weights) => Enumerable.Range(0, count)
                .Select(i => new Arm((ulong)i + 1, weights[i] < 10 ? 0 : weights[i])).ToArray());

    /// <summary>Raising one weight moves units to that arm only, whatever the number of arms.</summary>
    [Fact]
    public void Choose_WhenOneWeightRises_MovesUnitsToThatArmOnly() =>
        Gen.Select(Arms, Gen.Int[0, 11], Gen.Double[0, 200], Gen.ULong, Gen.ULong)
            .Sample((arms, pick, by, salt, unit) =>
        {
            var raised = pick % arms.Length;
            var after = arms.ToArray();
            after[raised] = after[raised] with { Weight = after[raised].Weight + by };

            var was = WeightedRendezvous.Choose(salt, unit, arms);
            var now = WeightedRendezvous.Choose(salt, unit, after);

            return now == was || now == raised;
        }, iter: 20_000);

    /// <summary>
    /// Lowering one weight moves only the units of that arm, and taking an arm out is lowering it to 0.
    /// </summary>
    [Fact]
    public void Choose_WhenAnArmIsRemoved_MovesOnlyItsUnits() =>
        Gen.Select(Arms, Gen.Int[0, 11], Gen.ULong, Gen.ULong).Sample((arms, pick, salt, unit) =>
        {
            var removed = pick % arms.Length;
            var was = WeightedRendezvous.Choose(salt, unit, arms);
            var without = arms.Where((_, i) => i != removed).ToArray();
            var now = WeightedRendezvous.Choose(salt, unit, without);

            return was < 0 || was == removed || without[now].Key == arms[was].Key;
        }, iter: 20_000);

    [Fact]
    public void Choose_DoesNotDependOnTheOrderOfTheArms() =>
        Gen.Select(Arms, Gen.ULong, Gen.ULong).Sample((arms, salt, unit) =>
        {
            var forward = WeightedRendezvous.Choose(salt, unit, arms);
            var backward = WeightedRendezvous.Choose(salt, unit, arms.Reverse().ToArray());
            return forward < 0 ? backward < 0 : backward == arms.Length - 1 - forward;
        }, iter: 10_000);

    [Fact]
    public void Choose_DependsOnTheRatiosOfTheWeightsOnly() =>
        Gen.Select(Arms, Gen.Int[-8, 8], Gen.ULong, Gen.ULong).Sample((arms, power, salt, unit) =>
        {
            var scaled = arms.Select(arm => arm with { Weight = arm.Weight * Math.Pow(2, power) }).ToArray();
            return WeightedRendezvous.Choose(salt, unit, arms) == WeightedRendezvous.Choose(salt, unit, scaled);
        }, iter: 10_000);

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(99.0, 1.0)]
    [InlineData(1.0, 2.0, 3.0, 4.0)]
    [InlineData(50.0, 0.0, 25.0, 25.0)]
    [InlineData(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)]
    public void Choose_GivesEachArmTheShareOfItsWeight(params double[] weights)
    {
        const int Units = 200_000;
        var arms = weights.Select((weight, i) => new Arm((ulong)i + 1, weight)).ToArray();
        var counts = new int[arms.Length];
        for (var unit = 0; unit < Units; unit++)
            counts[WeightedRendezvous.Choose(42, UnitHash.Of($"user-{unit}"), arms)]++;

        for (var i = 0; i < arms.Length; i++)
        {
            // Five standard deviations of a binomial share.
            var share = weights[i] / weights.Sum();
            var tolerance = 5 * Math.Sqrt(share * (1 - share) / Units);
            (counts[i] / (double)Units).ShouldBe(share, tolerance);
        }
    }

    [Fact]
    public void Choose_UnderAnotherSalt_DrawsIndependently()
    {
        Arm[] arms = [new(1, 1), new(2, 1)];
        var same = Enumerable.Range(0, 100_000).Count(unit =>
        {
            var hash = UnitHash.Of($"{unit}");
            return WeightedRendezvous.Choose(1, hash, arms) == WeightedRendezvous.Choose(2, hash, arms);
        });

        (same / 100_000.0).ShouldBe(0.5, 0.01);
    }

    [Fact]
    public void Choose_WithoutAPositiveWeight_ChoosesNothing()
    {
        WeightedRendezvous.Choose(1, 1, []).ShouldBe(-1);
        WeightedRendezvous.Choose(1, 1, [new(1, 0), new(2, -1), new(3, double.NaN)]).ShouldBe(-1);
    }

    /// <summary>
    /// These values are part of every stored experiment. They were computed by a second implementation in another
    /// language (SplitMix64's finaliser over whole numbers), and never change.
    /// </summary>
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0.13870941014555432)]
    [InlineData(42UL, 1UL, 7UL, 0.1058408665986375)]
    [InlineData(ulong.MaxValue, 65535UL, 0x123456789ABCDEFUL, 0.2055150482234009)]
    public void Draw_GivesTheValuesOfTheStoredHistory(ulong salt, ulong arm, ulong unit, double expected) =>
        WeightedRendezvous.Draw(salt, arm, unit).ShouldBe(expected);

    /// <summary>Published test values of XXH64 with seed 0.</summary>
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999UL)]
    [InlineData("a", 0xD24EC4F1A98C6E5BUL)]
    [InlineData("abc", 0x44BC2CF5AD770999UL)]
    public void UnitHash_IsXxh64OfTheUtf8Bytes(string unit, ulong expected)
    {
        UnitHash.Of(unit).ShouldBe(expected);
        UnitHash.Of(System.Text.Encoding.UTF8.GetBytes(unit)).ShouldBe(expected);
    }

    [Fact]
    public void UnitHash_OfLongAndForeignText_EqualsThatOfItsBytes() =>
        Gen.String.Sample(text =>
        {
            var whole = string.Concat(Enumerable.Repeat(text, 20));
            return UnitHash.Of(whole) == UnitHash.Of(System.Text.Encoding.UTF8.GetBytes(whole));
        }, iter: 500);
}
