using System.Security.Cryptography;
using CsCheck;
using Fairlead.Core.Audit;

namespace Fairlead.Core.Tests.Audit;

/// <summary>Whatever is done to a sealed log is found, and found where it was done.</summary>
public sealed class AuditChainTests
{
    private static readonly Gen<string?> Text =
        Gen.OneOf(Gen.Const((string?)null), Gen.String.Select(text => (string?)text));

    private static readonly Gen<AuditRecord> Records =
        from id in Gen.Long[1, 1_000_000]
        from at in Gen.Long
        from key in Gen.Long[0, 9]
        from texts in Gen.Select(Gen.String, Gen.String, Gen.String)
        from more in Gen.Select(Text, Text, Text)
        select new AuditRecord(
            id, at, texts.Item1, key, texts.Item2, texts.Item3, more.Item1, more.Item2, more.Item3);

    private static readonly Gen<AuditRecord[]> Logs = Records.Array[3, 12]
        .Select(records => records.Select((record, i) => record with { Id = i + 1 }).ToArray());

    /// <summary>The bytes of the documentation, put together by hand.</summary>
    [Fact]
    public void TheHash_IsOfTheDocumentedBytes()
    {
        var record = new AuditRecord(2, 3, "ä", 4, "w", "", null, "{}", null);
        byte[] expected =
        [
            .. "fairlead-audit-1"u8, .. new byte[32],
            0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4,
            1, 0, 0, 0, 2, 0xC3, 0xA4, 1, 0, 0, 0, 1, (byte)'w', 1, 0, 0, 0, 0, 0,
            1, 0, 0, 0, 2, (byte)'{', (byte)'}', 0,
        ];
        AuditChain.Hash(AuditChain.Origin, 1, record).ShouldBe(SHA256.HashData(expected));
    }

    [Fact]
    public void DifferentEntries_HaveDifferentBytes() => Gen.Select(Records, Records).Sample((one, other) =>
        one == other || !AuditChain.Canonical(1, one).AsSpan().SequenceEqual(AuditChain.Canonical(1, other)));

    [Fact]
    public void AnUntouchedLog_IsIntact_AlsoFromAnyCutAndAgainstAnyHead() =>
        Gen.Select(Logs, Gen.Int[0, 100], Gen.Int[0, 100]).Sample((records, cutAt, headAt) =>
        {
            var links = Seal(records);
            var (cut, head) = (cutAt % (links.Length - 1), links[headAt % links.Length]);
            var walk = new AuditVerification(
                cut, cut == 0 ? default : links[cut - 1].Hash, (head.Sequence, head.Hash));
            for (var i = cut; i < links.Length; i++)
                walk.Next(links[i], records[i]);
            walk.End((links.Length, links[^1].Hash));
            return walk.FaultCount == 0 && walk.Links == links.Length - cut;
        });

    [Fact]
    public void AnEditOfAnyField_IsFoundAtItsEntry() =>
        Gen.Select(Logs, Gen.Int[0, 100], Gen.Int[0, 8]).Sample((records, where, field) =>
        {
            var links = Seal(records);
            var at = where % records.Length;
            var edited = (AuditRecord[])records.Clone();
            edited[at] = Edited(records[at], field);
            var walk = Walk(links, edited);
            return walk.Faults is [{ Kind: "edited" } fault] && fault.Sequence == at + 1;
        });

    [Fact]
    public void AnEntryThatIsGone_ALinkThatIsGone_AndAnEnd_AreFound() =>
        Gen.Select(Logs, Gen.Int[0, 100]).Sample((records, where) =>
        {
            var links = Seal(records);
            var at = where % records.Length;
            AuditRecord?[] without = [.. records];
            without[at] = null;
            Walk(links, without).Faults.ShouldHaveSingleItem().Kind.ShouldBe("missing");

            AuditLink[] fewer = [.. links.Where((_, i) => i != at)];
            AuditRecord[] kept = [.. records.Where((_, i) => i != at)];
            Walk(fewer, kept, head: (links.Length, links[^1].Hash)).Faults.ShouldHaveSingleItem().Kind
                .ShouldBe(at == links.Length - 1 ? "truncated" : "gap");

            // Whoever takes the end away and says that it never was is found out by a head that was noted.
            var end = 1 + at % (links.Length - 1);
            var walk = new AuditVerification(0, default, (links.Length, links[^1].Hash));
            for (var i = 0; i < end; i++)
                walk.Next(links[i], records[i]);
            walk.End((end, links[end - 1].Hash));
            walk.Faults.ShouldHaveSingleItem().Kind.ShouldBe("truncated");
        });

    [Fact]
    public void AMovedEntry_OrLink_IsFound() =>
        Gen.Select(Logs, Gen.Int[0, 100], Gen.Int[1, 100]).Sample((records, first, distance) =>
        {
            var links = Seal(records);
            var one = first % records.Length;
            var other = (one + 1 + distance % (records.Length - 1)) % records.Length;
            var moved = (AuditRecord[])records.Clone();
            (moved[one], moved[other]) = (moved[other], moved[one]);
            Walk(links, moved).Faults.Select(each => each.Sequence)
                .ShouldBe([Math.Min(one, other) + 1, Math.Max(one, other) + 1]);
            var shuffled = (AuditLink[])links.Clone();
            (shuffled[one], shuffled[other]) = (shuffled[other], shuffled[one]);
            (moved[one], moved[other]) = (records[other], records[one]);
            Walk(shuffled, moved).FaultCount.ShouldBeGreaterThan(0);
        });

    /// <summary>A log that somebody seals anew from his edit on is intact by itself; a noted head tells.</summary>
    [Fact]
    public void ALogThatIsWrittenAnew_IsFoundByAHeadThatWasNoted() =>
        Gen.Select(Logs, Gen.Int[0, 100]).Sample((records, where) =>
        {
            var noted = Seal(records)[^1];
            var forged = (AuditRecord[])records.Clone();
            forged[where % records.Length] = Edited(forged[where % records.Length], 2);
            var links = Seal(forged);
            Walk(links, forged).FaultCount.ShouldBe(0);
            Walk(links, forged, expected: (noted.Sequence, noted.Hash)).Faults.ShouldHaveSingleItem().Kind
                .ShouldBe("head");
        });

    /// <summary>What is read of a line is what was written; and what is no line is none.</summary>
    [Fact]
    public void ALine_ComesBackAsItWas() => Gen.Select(Records, Gen.Bool).Sample((record, json) =>
    {
        if (json)
            record = record with { Before = """{"a":[1.50,"ü\u0000"]}""", After = "{ }\n" };
        record = WellFormed(record);
        var link = new AuditLink(7, record.Id, AuditChain.Hash(AuditChain.Origin, 7, record));
        var line = AuditLine.Write(link, record);
        line.ShouldNotContain('\n');
        var read = AuditLine.Read(line)!.Value;
        read.Entry.ShouldBe(record);
        read.Link.Hash.ToArray().ShouldBe(link.Hash.ToArray());
    });

    [Fact]
    public void ALineThatIsNone_IsNone() => Gen.String.Sample(text => AuditLine.Read(text) is null);

    private static AuditRecord Edited(AuditRecord record, int field) => field switch
    {
        0 => record with { Id = record.Id + 1 },
        1 => record with { At = record.At ^ 1 },
        2 => record with { Who = record.Who + "x" },
        3 => record with { KeyId = record.KeyId + 1 },
        4 => record with { What = "x" + record.What },
        5 => record with { Subject = record.Subject + "\0" },
        6 => record with { Reason = record.Reason is null ? "" : null },
        7 => record with { Before = record.Before + " " },
        _ => record with { After = record.After + "}" },
    };

    private static AuditLink[] Seal(AuditRecord[] records)
    {
        var hash = AuditChain.Origin;
        return [.. records.Select((record, i) =>
        {
            hash = AuditChain.Hash(hash, i + 1, record);
            return new AuditLink(i + 1, record.Id, hash);
        })];
    }

    private static AuditVerification Walk(
        AuditLink[] links, IReadOnlyList<AuditRecord?> records, (long, ReadOnlyMemory<byte>)? head = null,
        (long, ReadOnlyMemory<byte>)? expected = null)
    {
        var walk = new AuditVerification(0, default, expected);
        for (var i = 0; i < links.Length; i++)
            walk.Next(links[i], records[i]);
        walk.End(head);
        return walk;
    }

    /// <summary>A database keeps no half of a surrogate pair.</summary>
    private static AuditRecord WellFormed(AuditRecord record)
    {
        static string Of(string text) => new([.. text.Where(c => !char.IsSurrogate(c))]);
        return record with
        {
            Who = Of(record.Who),
            What = Of(record.What),
            Subject = Of(record.Subject),
            Reason = record.Reason is null ? null : Of(record.Reason),
            Before = record.Before is null ? null : Of(record.Before),
            After = record.After is null ? null : Of(record.After),
        };
    }
}
