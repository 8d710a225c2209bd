using Fairlead.Core.Models;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Tests.Models;

public sealed class ManifestRulesTests
{
    private static ManifestFile[] Files(params string[] paths) =>
        [.. paths.Select(path => new ManifestFile(path, 1, Sha256Digest.FromBytes(new byte[32])))];

    [Theory]
    [InlineData("../up")]
    [InlineData("a/../b")]
    [InlineData("a/..")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\b")]
    [InlineData("C:/x")]
    [InlineData("c:x")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("./a")]
    [InlineData("a. ")]
    [InlineData("a./b")]
    [InlineData("")]
    public void Check_OfAPathThatLeadsElsewhere_RefusesIt(string path) =>
        ManifestRules.Check(Files(path)).ShouldHaveSingleItem().Code.ShouldBe("invalid_path");

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("a/b/c.bin")]
    [InlineData("..data/x")]
    [InlineData("Größe/重み.bin")]
    public void Check_OfAnOrdinaryPath_FindsNothing(string path) => ManifestRules.Check(Files(path)).ShouldBeEmpty();

    [Theory]
    [InlineData("a", "a")]
    [InlineData("Model.onnx", "model.ONNX")]
    [InlineData("a", "a/b")]
    [InlineData("A/x", "a")]
    public void Check_OfPathsThatMeet_RefusesThem(string one, string two) =>
        ManifestRules.Check(Files(one, two)).ShouldHaveSingleItem().Code.ShouldBe("duplicate_path");

    [Fact]
    public void Check_OfNoneOrTooManyFiles_RefusesThem()
    {
        ManifestRules.Check([]).ShouldHaveSingleItem().Code.ShouldBe("invalid_files");
        ManifestRules.Check(Files([.. Enumerable.Range(0, ManifestRules.MaxFiles + 1).Select(i => $"{i}")]))
            .ShouldHaveSingleItem().Code.ShouldBe("invalid_files");
    }

    [Theory]
    [InlineData(null, "m.onnx", "m.onnx", "data.bin")]
    [InlineData(null, "model.onnx", "model.onnx", "other.onnx")]
    [InlineData("other.onnx", "other.onnx", "model.onnx", "other.onnx")]
    [InlineData("weights", "weights", "weights")]
    public void FindEntry_FindsTheModel(string? entry, string expected, params string[] paths) =>
        ManifestRules.FindEntry(Files(paths), entry).ShouldBe(expected);

    [Theory]
    [InlineData(null, "no_entry", "a.bin")]
    [InlineData(null, "ambiguous_entry", "a.onnx", "b.onnx")]
    [InlineData("c.onnx", "no_entry", "a.onnx")]
    public void FindEntry_WithoutOne_SaysWhatToDo(string? entry, string code, params string[] paths) =>
        Should.Throw<RefusalException>(() => ManifestRules.FindEntry(Files(paths), entry))
            .Refusals[0].Code.ShouldBe(code);

    [Theory]
    [InlineData("credit")]
    [InlineData("Kredit Prüfung 2")]
    [InlineData("信用")]
    [InlineData("a.b-c_d")]
    public void Name_PrintsAsItWasRead(string text) => ModelName.Parse(text).ToString().ShouldBe(text);

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a:b")]
    [InlineData("a@b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a%b")]
    [InlineData("a\tb")]
    public void Name_ThatCannotStandInAnAddress_IsRefused(string text) =>
        Should.Throw<RefusalException>(() => ModelName.Parse(text)).Refusals[0].Code.ShouldBe("invalid_name");

    [Fact]
    public void Name_ThatIsTooLong_IsRefused()
    {
        ModelName.Parse(new string('x', 250));
        Should.Throw<RefusalException>(() => ModelName.Parse(new string('x', 251)));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("v3")]
    [InlineData("V12")]
    [InlineData("latest")]
    [InlineData("Latest")]
    public void Alias_ThatLooksLikeAVersion_IsRefused(string text) =>
        Should.Throw<RefusalException>(() => AliasName.Parse(text));

    [Theory]
    [InlineData("champion")]
    [InlineData("v")]
    [InlineData("v3b")]
    public void Alias_OfAnotherForm_IsAccepted(string text) => AliasName.Parse(text).ToString().ShouldBe(text);

    [Fact]
    public void Alias_MayBeAsLongAsMlflows()
    {
        AliasName.Parse(new string('x', 255));
        Should.Throw<RefusalException>(() => AliasName.Parse(new string('x', 256)));
    }
}
