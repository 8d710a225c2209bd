using Fairlead.Client.Api;
using Fairlead.Web.Endpoints;

namespace Fairlead.Web.Tests.Endpoints;

public sealed class TryFormTests
{
    private static readonly TensorInfo[] Inputs =
    [
        new("age", "INT64", [-1, 1]),
        new("job", "BYTES", [-1, 1]),
        new("features", "FP32", [-1, 2]) { Fields = ["income", "debt"] },
        new("pixels", "FP32", [-1, 2, 2]),
        new("note", "BYTES", [-1, 1]) { Optional = true },
    ];

    [Fact]
    public void Fields_OfASignature_AreFilledWithWhatIsTypical()
    {
        var fields = TryForm.Fields(Inputs,
        [
            new ColumnInfo { Name = "income", Numbers = new NumbersInfo(0, 9, 3, 1, 0, 0, 1, 125.5, 4, 5, 6, 0) },
            new ColumnInfo { Name = "job", Kind = "category", Frequent = [new("fixed", 9), new("other", 1)] },
        ]);

        fields.Select(field => (field.Name, field.Text)).ShouldBe(
        [
            ("age", "1"), ("job", "fixed"), ("income", "125.5"), ("debt", "1"), ("pixels", "[[1,1],[1,1]]"),
            ("note", "text"),
        ]);
        fields[1].Known.ShouldBe(["fixed", "other"]);
    }

    [Fact]
    public void Row_Typed_BecomesWhatTheModelTakes()
    {
        var fields = TryForm.Fields(Inputs, []);
        fields[0].Text = "-3";
        fields[2].Text = "1.5e3";
        fields[^1].Text = "";

        TryForm.Row(fields).ToJsonString()
            .ShouldBe("""{"age":-3,"job":"text","income":1500,"debt":1,"pixels":[[1,1],[1,1]]}""");
    }

    [Theory]
    [InlineData(0, "1.5", "'age' is a number without a fraction, not '1.5'.")]
    [InlineData(2, "much", "'income' is a number, not 'much'.")]
    [InlineData(2, "", "'income' has no value.")]
    public void Row_ThatCannotBeSent_NamesTheField(int field, string text, string why)
    {
        var fields = TryForm.Fields(Inputs, []);
        fields[field].Text = text;

        Should.Throw<FormatException>(() => TryForm.Row(fields)).Message.ShouldBe(why);
    }

    [Fact]
    public void Sql_OfASearch_HoldsTheTextAsATextOnly() => LoggedPredictions.Sql("cre\"dit", "O'Neil")
        .ShouldBe("SELECT * FROM \"cre\"\"dit\" AS logged WHERE row = 0 AND contains(lower(CAST(logged AS VARCHAR)), "
            + "'o''neil') ORDER BY time DESC LIMIT 51");
}
