using CsCheck;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Tensor = Fairlead.Inference.Tensors.Tensor;

namespace Fairlead.Inference.Tests.Tensors;

public class TensorTests
{
    [Theory]
    [InlineData(new long[0], 1)]
    [InlineData(new long[] { 0 }, 0)]
    [InlineData(new long[] { 3, 4 }, 12)]
    [InlineData(new long[] { int.MaxValue }, int.MaxValue)]
    [InlineData(new long[] { int.MaxValue, 0 }, 0)]
    [InlineData(new long[] { 0, int.MaxValue }, 0)]
    public void TryCount_ShapeThatFits_IsItsProduct(long[] shape, int expected)
    {
        Tensor.TryCount(shape, out var count).ShouldBeTrue();
        count.ShouldBe(expected);
    }

    [Theory]
    [InlineData(new long[] { -1 })]
    [InlineData(new[] { 1L << 31 })]
    [InlineData(new[] { 1L << 31, 0 })]
    [InlineData(new[] { 0, 1L << 31 })]
    [InlineData(new long[] { 65536, 65536 })]
    [InlineData(new long[] { 65536, 0, 65536 })]
    [InlineData(new[] { 1L << 32, 1L << 32 })]
    [InlineData(new[] { long.MaxValue, long.MaxValue })]
    [InlineData(new[] { long.MinValue, -1 })]
    [InlineData(new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    public void Reset_ShapeThatCannotBeHeld_IsRefusedAndChangesNothing(long[] shape)
    {
        var tensor = new Tensor();
        tensor.Reset(ElementType.Int64, [2]);
        tensor.As<long>()[1] = 7;

        Tensor.TryCount(shape, out var count).ShouldBeFalse();
        count.ShouldBe(0);
        Should.Throw<ArgumentException>(() => tensor.Reset(ElementType.UInt8, shape));
        tensor.As<long>()[1].ShouldBe(7);
    }

    [Fact]
    public void Reset_MoreBytesThanAnArrayHolds_IsRefused() =>
        Should.Throw<ArgumentException>(() => new Tensor().Reset(ElementType.Float64, [1 << 28]));

    [Fact]
    public void AddString_PastTheShape_IsRefused()
    {
        var tensor = new Tensor();
        tensor.Reset(ElementType.String, [1]);
        tensor.AddString("a"u8);

        Should.Throw<InvalidOperationException>(() => tensor.AddString("b"u8));
        Should.Throw<ArgumentOutOfRangeException>(() => tensor.StringAt(1).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => tensor.StringAt(-1).Length);
    }

    /// <summary>Whatever sets were used for before, a tensor holds what was written last, and nothing else.</summary>
    [Fact]
    public void Sets_UsedAgainAndAgain_HoldOnlyWhatWasWrittenLast()
    {
        var use = from tensors in Gen.Int[0, 4]
                  from shape in Gen.Int[0, 40].Array[0, 3]
                  from type in Gen.Enum<ElementType>()
                  from seed in Gen.Byte[1, 255]
                  from absent in Gen.Int[0, 4]
                  select (tensors, shape: shape.Select(size => (long)size).ToArray(), type, seed, absent);
        use.Array[1, 8].Sample(
            uses =>
            {
                foreach (var (tensors, shape, type, seed, absent) in uses)
                {
                    using var set = TensorSet.Rent(tensors);
                    for (var i = 0; i < tensors; i++)
                    {
                        ShouldBeAbsent(set[i]);
                        if (i != absent)
                            Write(set[i], type, shape, seed);
                    }

                    for (var i = 0; i < tensors; i++)
                    {
                        if (i == absent)
                            ShouldBeAbsent(set[i]);
                        else
                            ShouldHold(set[i], type, shape, seed);
                    }

                    set.Resize(0);
                    set.Resize(tensors + 1);
                    for (var i = 0; i < set.Count; i++)
                        ShouldBeAbsent(set[i]);
                }
            },
            iter: 2000);
    }

    [Fact]
    public void Rows_GatheredAndCutOutAgain_AreTheSameRows()
    {
        var parts = from type in Gen.Enum<ElementType>()
                    from width in Gen.Int[0, 3]
                    from rows in Gen.Int[0, 4].Array[1, 5]
                    select (type, width, rows);
        parts.Sample(
            part =>
            {
                using var set = TensorSet.Rent(part.rows.Length + 2);
                var whole = set[0];
                whole.Reset(part.type, [part.rows.Sum(), part.width]);
                long at = 0;
                for (var i = 0; i < part.rows.Length; i++)
                {
                    Write(set[i + 2], part.type, [part.rows[i], part.width], (byte)(i + 1));
                    whole.PutRows(set[i + 2], at);
                    at += part.rows[i];
                }

                at = 0;
                for (var i = 0; i < part.rows.Length; i++)
                {
                    set[1].CopyRows(whole, at, part.rows[i]);
                    ShouldHold(set[1], part.type, [part.rows[i], part.width], (byte)(i + 1));
                    at += part.rows[i];
                }
            },
            iter: 2000);
    }

    [Fact]
    public void Set_BeyondItsCount_IsOutOfReach()
    {
        using var set = TensorSet.Rent(2);

        Should.Throw<ArgumentOutOfRangeException>(() => set[2]);
        Should.Throw<ArgumentOutOfRangeException>(() => set[-1]);
        set.Dispose();
        Should.Throw<ArgumentOutOfRangeException>(() => set[0]);
    }

    [Fact]
    public void Sets_RentedByManyThreads_AreNeverSharedByTwo() =>
        Parallel.For(0, 20_000, i =>
        {
            using var set = TensorSet.Rent(1);
            ShouldBeAbsent(set[0]);
            Write(set[0], ElementType.Int32, [16], (byte)i);
            Thread.SpinWait(i % 50);
            ShouldHold(set[0], ElementType.Int32, [16], (byte)i);
        });

    private static void Write(Tensor tensor, ElementType type, long[] shape, byte seed)
    {
        tensor.Reset(type, shape);
        tensor.Bytes.Fill(seed);
        for (var i = 0; type == ElementType.String && i < tensor.ElementCount; i++)
            tensor.AddString(Text(seed, i));
    }

    private static byte[] Text(byte seed, int index) => [.. Enumerable.Repeat(seed, (index + seed) % 5)];

    private static void ShouldHold(Tensor tensor, ElementType type, long[] shape, byte seed)
    {
        tensor.Present.ShouldBeTrue();
        tensor.Type.ShouldBe(type);
        tensor.Shape.SequenceEqual(shape).ShouldBeTrue();
        var count = (int)shape.Aggregate(1L, (product, size) => product * size);
        tensor.ElementCount.ShouldBe(count);
        if (type != ElementType.String)
        {
            tensor.Bytes.Length.ShouldBe(count * type.Size());
            tensor.Bytes.ContainsAnyExcept(seed).ShouldBeFalse();
            return;
        }

        tensor.StringCount.ShouldBe(count);
        for (var i = 0; i < count; i++)
            tensor.StringAt(i).SequenceEqual(Text(seed, i)).ShouldBeTrue();
    }

    private static void ShouldBeAbsent(Tensor tensor)
    {
        tensor.Present.ShouldBeFalse();
        tensor.Rank.ShouldBe(0);
        tensor.ElementCount.ShouldBe(0);
        tensor.StringCount.ShouldBe(0);
        tensor.Bytes.Length.ShouldBe(0);
    }

    [Fact]
    public void Pool_OfManyLargeSets_HoldsNoMoreThanItsBound()
    {
        var sets = Enumerable.Range(0, 20).Select(_ => TensorSet.Rent(200)).ToList();
        foreach (var set in sets)
        {
            for (var i = 0; i < set.Count; i++)
                set[i].Reset(ElementType.UInt8, [60_000]);
        }

        (20L * 200 * 60_000).ShouldBeGreaterThan(TensorSet.PoolBytes);
        foreach (var set in sets)
        {
            set.Dispose();
            TensorSet.PooledBytes.ShouldBeLessThanOrEqualTo(TensorSet.PoolBytes);
        }
    }
}
