using Fairlead.Core.Datasets;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Tests.Datasets;

public sealed class DatasetRulesTests
{
    private static readonly string Digest = $"sha256:{new string('a', 64)}";

    private static DatasetFacts Good => new()
    {
        Digest = Digest,
        Source = DatasetSource.File,
        Bytes = 10,
        Files = 1,
        Rows = 2,
        Columns = [new("a", DatasetColumnType.Number), new("b", DatasetColumnType.Text)],
        Labels = "b",
        Split = "train",
        HasProfile = true,
    };

    [Fact]
    public void GoodFacts_HaveNoFault() => DatasetRules.Check(Good).ShouldBeEmpty();

    public static TheoryData<string, string, string> Faults => new()
    {
        { "digest", "invalid_digest", "digest" },
        { "rows", "invalid_dataset", "rows" },
        { "split", "invalid_split", "split" },
        { "labels", "unknown_column", "labels" },
        { "twice", "invalid_column", "columns[1].name" },
        { "empty", "invalid_column", "columns[0].name" },
        { "both", "invalid_profile", "profile" },
        { "neither", "invalid_profile", "profile" },
        { "profile of nothing", "invalid_profile", "rows" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void AFault_IsNamedWithItsPlace(string fault, string code, string field)
    {
        var facts = fault switch
        {
            "digest" => Good with { Digest = new string('a', 64) },
            "rows" => Good with { Rows = -1 },
            "split" => Good with { Split = "a b" },
            "labels" => Good with { Labels = "c" },
            "twice" => Good with { Columns = [Good.Columns[0], Good.Columns[0]], Labels = null },
            "empty" => Good with { Columns = [new("", DatasetColumnType.Text)], Labels = null },
            "both" => Good with { NoProfileBecause = "no" },
            "neither" => Good with { HasProfile = false },
            _ => Good with { Rows = null },
        };

        var refusal = DatasetRules.Check(facts).ShouldHaveSingleItem();
        (refusal.Code, refusal.Field).ShouldBe((code, field));
    }

    [Fact]
    public void TheSameContent_MayNotChangeItsMeaning()
    {
        var id = DatasetId.Parse("credit/3");
        DatasetRules.WhyNotSame(id, Good, Good).ShouldBeNull();
        DatasetRules.WhyNotSame(id, Good, Good with { Split = null, Labels = null }).ShouldBeNull();
        var refusal = DatasetRules.WhyNotSame(id, Good, Good with { Split = "test" }).ShouldNotBeNull();
        (refusal.Code, refusal.Field, refusal.Present).ShouldBe(("dataset_registered", "split", "train"));
        refusal.Message.ShouldContain("credit/3");
        DatasetRules.Completes(Good with { HasProfile = false }, Good).ShouldBeTrue();
        DatasetRules.Completes(Good with { Split = null }, Good).ShouldBeTrue();
        DatasetRules.Completes(Good, Good).ShouldBeFalse();
    }

    [Theory]
    [InlineData("credit/3", "credit/3", "training", "credit/3")]
    [InlineData("credit/3:evaluation", "credit/3", "evaluation", "credit/3:evaluation")]
    [InlineData("Прогноз 2/12:training", "Прогноз 2/12", "training", "Прогноз 2/12")]
    public void AUse_IsReadAndWritten(string text, string id, string role, string written)
    {
        var use = DatasetUse.Parse(text);
        (use.Id.ToString(), use.Role, use.ToString()).ShouldBe((id, role, written));
    }

    [Theory]
    [InlineData("credit")]
    [InlineData("credit/0")]
    [InlineData("credit/-1")]
    [InlineData("credit/x")]
    [InlineData("/3")]
    [InlineData("credit/3:")]
    [InlineData("credit/3:a b")]
    [InlineData("a/b/3")]
    public void WhatIsNoUse_IsRefusedWithItsPlace(string text) =>
        Should.Throw<RefusalException>(() => DatasetUse.ParseAll(["good/1", text]))
            .Refusals[0].Field.ShouldBe("datasets[1]");

    [Fact]
    public void ADataset_StandsOnce() =>
        Should.Throw<RefusalException>(() => DatasetUse.ParseAll(["a/1", "a/1:evaluation"]))
            .Message.ShouldContain("stands twice");

    /// <summary>What <c>sha256sum a/x b | sha256sum</c> says of two files that hold "1" and "2".</summary>
    [Fact]
    public void TheDigestOfAFolder_IsThatOfItsSortedList()
    {
        (string, Sha256Digest)[] files =
        [
            ("b", Parsed("d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35")),
            ("a/x", Parsed("6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b")),
        ];
        DatasetDigest.OfFolder(files).ShouldBe(Expected);
        DatasetDigest.OfFolder(files.Reverse()).ShouldBe(Expected);
        DatasetDigest.IsWritten(Expected).ShouldBeTrue();
    }

    [Theory]
    [InlineData("md5:a304afb96060aad90176268345e10355", true)]
    [InlineData("md5:a304afb96060aad90176268345e10355.dir", true)]
    [InlineData("md5:A304AFB96060AAD90176268345E10355", false)]
    [InlineData("md5:a304", false)]
    [InlineData("sha1:a304afb96060aad90176268345e10355", false)]
    [InlineData("", false)]
    public void ADigest_SaysWhatItIs(string text, bool good) => DatasetDigest.IsWritten(text).ShouldBe(good);

    private const string Expected = "sha256:af158ff0ea8cf62b5d2c78c093df65d99c20683d40d08417c7b80b0c5def4b40";

    private static Sha256Digest Parsed(string text) =>
        Sha256Digest.TryParse(text, out var digest) ? digest : throw new ArgumentException(text);
}
