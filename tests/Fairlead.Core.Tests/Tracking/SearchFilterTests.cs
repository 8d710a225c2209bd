using System.Collections.Immutable;
using CsCheck;
using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking.Search;

namespace Fairlead.Core.Tests.Tracking;

public sealed class SearchFilterTests
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char["ab'\"`.%_ ()é,"], 0, 8];

    private static readonly Gen<SearchComparison> Comparison = Gen.OneOf(
        Gen.Select(Among(SearchEntity.Parameter, SearchEntity.Tag), Text.Where(key => key.Length > 0), Text,
            Among(SearchOperator.Equal, SearchOperator.NotEqual, SearchOperator.Like, SearchOperator.ILike),
            (entity, key, value, given) => new SearchComparison(
                new SearchField(entity, key), given, [SearchValue.OfText(value)])),
        Gen.Select(Text.Where(key => key.Length > 0), Gen.Double[-1e300, 1e300],
            Among(SearchOperator.Less, SearchOperator.GreaterOrEqual, SearchOperator.NotEqual),
            (key, value, given) => new SearchComparison(new SearchField(SearchEntity.Metric, key), given,
                [SearchValue.OfNumber(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture))])),
        Gen.Select(Text.Array[1, 3], Among(SearchOperator.In, SearchOperator.NotIn),
            (values, given) => new SearchComparison(new SearchField(SearchEntity.Attribute, "run_id"), given,
                [.. values.Select(SearchValue.OfText)])));

    private static readonly Gen<SearchNode> Node = Gen.Recursive<SearchNode>((depth, node) => depth > 3
        ? Comparison.Select(SearchNode (each) => each)
        : Gen.OneOf(
            Comparison.Select(SearchNode (each) => each),
            node.Array[2, 3].Select(SearchNode (parts) => new SearchAll(parts.ToImmutableArray())),
            node.Array[2, 3].Select(SearchNode (parts) => new SearchAny(parts.ToImmutableArray())),
            node.Select(SearchNode (part) => new SearchNot(part))));

    private static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    [Fact]
    public void Filter_Printed_ReadsAsTheSameFilter() =>
        Node.Sample(node => SearchFilter.Parse(node.ToString(), SearchSchema.Runs).ShouldBe(node), iter: 2000);

    [Fact]
    public void AnyText_IsReadOrRefusedAndNothingElse() =>
        Gen.String[Gen.Char["metrics.param tagandornotil=!<>'\"`%(),;-+1e9\u0000é"], 0, 40].Sample(text =>
        {
            try
            {
                SearchFilter.Parse(text, SearchSchema.Runs);
            }
            catch (RefusalException refused)
            {
                refused.Refusals[0].Code.ShouldBe("invalid_filter");
            }
        }, iter: 5000);

    [Theory]
    [InlineData("a AND b OR c AND d", "(a AND b) OR (c AND d)")]
    [InlineData("NOT a AND b", "(NOT (a)) AND b")]
    [InlineData("NOT (a AND b)", "NOT (a AND b)")]
    [InlineData("a and (b or not c)", "a AND (b OR (NOT (c)))")]
    public void Joining_BindsAndBeforeOrAndNotBeforeBoth(string filter, string printed)
    {
        static string With(string text) => string.Concat(text.Select(c =>
            c is >= 'a' and <= 'd' ? $"params.`{c}` = '1'" : $"{c}"));

        // The letters stand for comparisons; words of the grammar are written so that none of them is taken for one.
        var read = SearchFilter.Parse(With(filter.Replace("and", "AND", StringComparison.Ordinal)
            .Replace("or", "OR", StringComparison.Ordinal).Replace("not", "NOT", StringComparison.Ordinal)),
            SearchSchema.Runs);
        read.ToString().ShouldBe(With(printed));
    }

    [Fact]
    public void Integers_OfSixtyFourBits_StayExact()
    {
        var read = (SearchComparison)SearchFilter.Parse("start_time = 9007199254740993", SearchSchema.Runs);
        read.Values[0].Integer.ShouldBe(9007199254740993);
    }

    [Theory]
    [InlineData("metrics.acc", SearchEntity.Metric, "acc", false)]
    [InlineData("metrics.`a b` desc", SearchEntity.Metric, "a b", true)]
    [InlineData("Created ASC", SearchEntity.Attribute, "start_time", false)]
    [InlineData("tags.\"mlflow.source.name\" DESC", SearchEntity.Tag, "mlflow.source.name", true)]
    public void Order_IsRead(string item, SearchEntity entity, string key, bool descending) =>
        SearchFilter.ParseOrder([item], SearchSchema.Runs)
            .ShouldBe([new SearchOrder(new SearchField(entity, key), descending)]);

    [Theory]
    [InlineData("metrics.acc sideways")]
    [InlineData("datasets.name")]
    [InlineData("nothing")]
    [InlineData("")]
    public void Order_ThatIsNone_IsRefused(string item) => Should
        .Throw<RefusalException>(() => SearchFilter.ParseOrder([item], SearchSchema.Runs))
        .Refusals[0].Code.ShouldBe("invalid_order");

    [Fact]
    public void Nesting_BeyondTheLimit_IsRefusedAndEndsNoProcess()
    {
        var deep = new string('(', 100_000) + "status = 'x'";
        Should.Throw<RefusalException>(() => SearchFilter.Parse(deep, SearchSchema.Runs))
            .Message.ShouldContain("nested more than 50 deep");
        var nots = string.Concat(Enumerable.Repeat("NOT ", 100_000)) + "status = 'x'";
        Should.Throw<RefusalException>(() => SearchFilter.Parse(nots, SearchSchema.Runs))
            .Message.ShouldContain("nested more than 50 deep");
    }
}
