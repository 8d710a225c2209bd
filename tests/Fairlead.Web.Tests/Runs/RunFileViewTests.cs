using System.Text;
using Fairlead.Client.Api;
using Fairlead.Web.Runs;

namespace Fairlead.Web.Tests.Runs;

public sealed class RunFileViewTests
{
    [Fact]
    public void Table_WithQuotesAndBreaks_KeepsItsFields()
    {
        var view = Of("report/rows.csv", "name,says\r\n\"a, b\",\"he said \"\"no\"\"\"\r\nc,\n");

        view.Table!.Count.ShouldBe(3);
        view.Table[1].ShouldBe(["a, b", "he said \"no\""]);
        view.Table[2].ShouldBe(["c", ""]);
        view.Why.ShouldBeNull();
    }

    [Fact]
    public void Table_OfManyRows_ShowsTheFirstAndSaysSo()
    {
        var view = Of("rows.csv", string.Concat(Enumerable.Range(0, 1000).Select(row => $"{row}\n")));

        view.Table!.Count.ShouldBe(201);
        view.Why!.ShouldContain("The first 200 rows");
    }

    [Fact]
    public void Picture_IsShownFromItsBytes_AndAFileThatIsNoTextIsNot()
    {
        RunFileView.Of(new RunFileInfo("roc.png", false, 3, null), [1, 2, 3]).Image
            .ShouldBe("data:image/png;base64,AQID");

        var weights = RunFileView.Of(new RunFileInfo("weights.bin", false, 3, null), [0xff, 0xfe, 0]);
        weights.Text.ShouldBeNull();
        weights.Why!.ShouldContain("no text");
    }

    [Fact]
    public void File_ThatIsLarge_IsNotFetchedToBeLookedAt() =>
        RunFileView.Of(new RunFileInfo("all.csv", false, 3L << 30, null), []).Why!.ShouldStartWith("3 GiB");

    [Theory]
    [InlineData("{\"a\":[1]}", "{\n  \"a\": [\n    1\n  ]\n}")]
    [InlineData("{\"a\":", "{\"a\":")]
    public void Json_IsIndented_AndShownAsItIsWhereItIsNone(string text, string shown) =>
        Of("metrics.json", text).Text!.ReplaceLineEndings("\n").ShouldBe(shown);

    private static RunFileView Of(string path, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return RunFileView.Of(new RunFileInfo(path, false, bytes.Length, null), bytes);
    }
}
