using Fairlead.Core.Alerts;

namespace Fairlead.Core.Tests.Alerts;

/// <summary>What the rules of alerts refuse.</summary>
public sealed class AlertLimitTests
{
    [Fact]
    public void Policy_OfTimesOutside_NamesEachOfThem()
    {
        new AlertPolicy().Problems().ShouldBeEmpty();
        var wrong = new AlertPolicy
        {
            For = AlertPolicy.Longest + TimeSpan.FromSeconds(1),
            KeepFiringFor = TimeSpan.FromSeconds(-1),
            ShowResolvedFor = TimeSpan.Zero,
        };

        wrong.Problems().Select(problem => (problem.Field, problem.Code)).ShouldBe(
            [
                ("for", "alert_time_invalid"), ("keepFiringFor", "alert_time_invalid"),
                ("showResolvedFor", "alert_time_invalid"),
            ]);
        (wrong with { For = AlertPolicy.Longest }).Problems().Count.ShouldBe(2);
    }

    [Fact]
    public void Matcher_OfTextsThatAreNone_SaysWhy()
    {
        var longest = new string('x', LabelMatcher.LongestText);
        LabelMatcher.Of("endpoint", MatchKind.Equal, longest).Matcher.ShouldNotBeNull();
        foreach (var (label, kind, text, said) in new[]
                 {
                     ("endpoint", MatchKind.Equal, longest + "x", "at most 500"),
                     ("", MatchKind.Equal, "x", "name of a label"), ("endpoint", MatchKind.Pattern, "(", "pattern '('"),
                 })
        {
            var (matcher, problem) = LabelMatcher.Of(label, kind, text);
            matcher.ShouldBeNull();
            problem!.Message.ShouldContain(said);
        }
    }
}
