using Fairlead.Core.Tracking;

namespace Fairlead.Core.Tests.Tracking;

public sealed class TrackingRulesTests
{
    [Theory]
    [InlineData("loss")]
    [InlineData("val/loss")]
    [InlineData("größe 1:2")]
    [InlineData("system.cpu-0")]
    public void Key_ThatIsAPlainPath_IsTaken(string key) => TrackingRules.WhyNotKey("metric", key).ShouldBeNull();

    [Theory]
    [InlineData("", "needs a name")]
    [InlineData("/loss", "must not resolve")]
    [InlineData("a//b", "must not resolve")]
    [InlineData("a/../b", "must not resolve")]
    [InlineData(".", "must not resolve")]
    [InlineData("a?b", "Names may only contain")]
    [InlineData("a\n", "Names may only contain")]
    public void Key_ThatIsNone_IsRefused(string key, string words) =>
        TrackingRules.WhyNotKey("metric", key)!.Message.ShouldContain(words);

    [Fact]
    public void Truncation_CountsCharactersAndCutsNone()
    {
        TrackingRules.Truncated("a😀b", 2).ShouldBe("a😀");
        TrackingRules.Truncated("ab", 2).ShouldBe("ab");
        TrackingRules.WhyNotText("x", string.Concat(Enumerable.Repeat("😀", 500)), 500).ShouldBeNull();
        TrackingRules.WhyNotText("x", string.Concat(Enumerable.Repeat("😀", 501)), 500).ShouldNotBeNull();
    }
}
