using CsCheck;
using Fairlead.Core.Predictions;

namespace Fairlead.Core.Tests.Predictions;

public sealed class PredictionIdTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] OtherKey = new byte[32];

    private static readonly Gen<PredictionId> Ids =
        Gen.Select(Gen.Byte, Gen.Int[0, int.MaxValue], Gen.Long[0, uint.MaxValue], Gen.Int[0, ushort.MaxValue],
            Gen.Long[0, (1L << 48) - 1], Gen.ULong[0, (1UL << 48) - 1])
        .Select((key, endpoint, generation, arm, time, random) =>
            new PredictionId(key, endpoint, generation, arm, time, random));

    private static byte[] Written(PredictionId id)
    {
        var text = new byte[PredictionId.TextLength];
        id.Write(Key, text);
        return text;
    }

    [Fact]
    public void Read_GivesBackWhatWasWritten() =>
        Ids.Sample(id => PredictionId.TryRead(Written(id), _ => Key, out var read) && read == id);

    [Fact]
    public void Read_OfAnIdChangedInOneCharacter_IsRefused() =>
        Gen.Select(Ids, Gen.Int[0, PredictionId.TextLength - 1], Gen.Byte).Sample((id, at, with) =>
        {
            var text = Written(id);
            if (text[at] == with)
                return true;
            text[at] = with;
            return !PredictionId.TryRead(text, _ => Key, out _);
        }, iter: 5_000);

    [Fact]
    public void Read_UnderAnotherKeyOrNone_IsRefused()
    {
        var text = Written(new PredictionId(1, 2, 3, 4, 5, 6));

        PredictionId.TryRead(text, _ => OtherKey, out _).ShouldBeFalse();
        PredictionId.TryRead(text, _ => default, out _).ShouldBeFalse();
        PredictionId.TryRead(text, id => id == 1 ? Key : default, out _).ShouldBeTrue();
    }

    [Fact]
    public void Read_OfAnyOtherBytes_IsRefused() =>
        Gen.Byte.Array[0, 80].Sample(text => !PredictionId.TryRead(text, _ => Key, out _));

    /// <summary>Ids are kept by callers for as long as they like: the layout does not change.</summary>
    [Fact]
    public void Write_KeepsItsLayout() =>
        System.Text.Encoding.ASCII.GetString(
            Written(new PredictionId(7, 258, 65_539, 1029, 1_700_000_000_000, 0xABCDEF012345)))
            .ShouldBe("AQcAAAECAAEAAwQFAYvP5WgAq83vASNFjYA-Igtpm5U");
}
