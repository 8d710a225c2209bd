using CsCheck;
using Fairlead.Core.Controls;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Tests.Controls;

public sealed class RowConditionTests
{
    [Theory]
    [InlineData("amount > 5000", true)]
    [InlineData("amount >= 6000 and amount<=6000", true)]
    [InlineData("amount < 6000", false)]
    [InlineData("amount = 6e3", true)]
    [InlineData("amount != 6000", false)]
    [InlineData("country == \"NL\"", true)]
    [InlineData("country == 'NL'", true)]
    [InlineData("country != 'DE'", true)]
    [InlineData("country in ('DE', \"NL\")", true)]
    [InlineData("country in ('DE')", false)]
    [InlineData("amount in (1, -2, 6000)", true)]
    [InlineData("member", true)]
    [InlineData("not member", false)]
    [InlineData("member == false", false)]
    [InlineData("not (amount > 1 and country == 'DE')", true)]
    [InlineData("amount < 1 or amount > 1 and country == 'DE'", false)]
    [InlineData("(amount < 1 or amount > 1) and country == 'NL'", true)]
    [InlineData("`name with spaces` == 'x'", true)]
    [InlineData("gone is missing", true)]
    [InlineData("gone is not missing", false)]
    [InlineData("amount is not missing", true)]
    [InlineData("gone > 1", false)]
    [InlineData("gone != 1", false)]
    [InlineData("gone != 'x'", false)]
    [InlineData("not gone > 1", true)]
    [InlineData("amount == 'NL'", false)]
    [InlineData("quote == 'it\\'s'", true)]
    public void Holds_SaysWhatIsWritten(string text, bool expected)
    {
        var condition = RowCondition.Parse(text);

        condition.Holds(new Row(condition)).ShouldBe(expected);
        condition.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("", "something is missing at its end (character 1)")]
    [InlineData("amount >", "a number, a text in quotes, true or false is expected (character 9)")]
    [InlineData("amount > 5000 country", "'country' is not understood; join comparisons with 'and' or 'or'")]
    [InlineData("amount > 5000 and", "something is missing at its end")]
    [InlineData("(amount > 5000", "a ')' is missing")]
    [InlineData("country > 'a'", "only numbers are compared by size")]
    [InlineData("country == 'a", "a text does not end (character 12)")]
    [InlineData("`x == 1", "a name in backticks does not end")]
    [InlineData("5 > amount", "the name of a field is expected (character 1)")]
    [InlineData("amount is 5", "'is' is followed by 'missing' or 'not missing'")]
    [InlineData("amount in 5", "'in' is followed by a list")]
    [InlineData("amount > 1e999", "a number, a text in quotes, true or false is expected")]
    [InlineData("f(amount)", "'(amount)' is not understood")]
    public void Parse_OfWhatIsNone_SaysWhere(string text, string why)
    {
        var refusal = Should.Throw<RefusalException>(() => RowCondition.Parse(text)).Refusals.ShouldHaveSingleItem();

        refusal.Code.ShouldBe("invalid_condition");
        refusal.Message.ShouldContain(why);
    }

    [Fact]
    public void Parse_IsBounded()
    {
        Faulty(new string('a', RowCondition.MaxLength + 1)).ShouldContain("more than 1000 characters");
        Faulty(new string('(', 100) + "a" + new string(')', 100)).ShouldContain("more than 16 deep");
        Faulty(string.Concat(Enumerable.Repeat("not ", 100)) + "a").ShouldContain("more than 16 deep");
        Faulty(string.Join(" or ", Enumerable.Repeat("a", 100))).ShouldContain("more than 64 comparisons");

        static string Faulty(string text) =>
            Should.Throw<RefusalException>(() => RowCondition.Parse(text)).Refusals[0].Message;
    }

    /// <summary>Whatever is written is read or refused, and what is read is the same when read again.</summary>
    [Fact]
    public void Parse_OfAnything_IsReadOrRefused()
    {
        string[] known =
        [
            "a", "b.c", "`d e`", "and", "or", "not", "(", ")", "==", "<", ">=", "!=", "in", "is", "missing", ",", "1",
            "-2.5", "'x'", "\"y\"", "true", "\\", "'", "`", "=", "e5", " ", "é",
        ];
        var words = Gen.Int[0, known.Length - 1].Select(i => known[i]);
        words.Array[0, 12].Sample(parts =>
        {
            var text = string.Join(' ', parts);
            try
            {
                var condition = RowCondition.Parse(text);
                condition.Holds(new Row(condition)).ShouldBe(
                    RowCondition.Parse($"not (not ({text}))") is var twice && twice.Holds(new Row(twice)));
            }
            catch (RefusalException refused)
            {
                refused.Refusals[0].Code.ShouldBe("invalid_condition");
            }
        });
    }

    /// <summary>A row of a few fields.</summary>
    private readonly struct Row(RowCondition condition) : IRowValues
    {
        public bool TryNumber(int field, out double value)
        {
            value = condition.Fields[field] switch { "amount" => 6000, "member" => 1, _ => double.NaN };
            return !double.IsNaN(value);
        }

        public bool TryText(int field, out ReadOnlySpan<byte> utf8)
        {
            utf8 = condition.Fields[field] switch
            {
                "country" => "NL"u8,
                "name with spaces" => "x"u8,
                "quote" => "it's"u8,
                _ => default,
            };
            return !utf8.IsEmpty;
        }
    }
}
