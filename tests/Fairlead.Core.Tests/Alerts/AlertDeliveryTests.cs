using Fairlead.Core.Alerts;

namespace Fairlead.Core.Tests.Alerts;

public sealed class AlertDeliveryTests
{
    private static readonly DateTimeOffset Now = new(2024, 5, 6, 7, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Fingerprints_DoNotDependOnOrder_AndLabelsDoNotRunIntoEachOther()
    {
        Labels("b=2", "a=1").Fingerprint.ShouldBe(Labels("a=1", "b=2").Fingerprint);
        Labels("a=1", "b=").ShouldBe(Labels("a=1"));
        Labels("a=1b", "c=2").Fingerprint.ShouldNotBe(Labels("a=1", "bc=2").Fingerprint);

        // sha256sum of 1:a1:11:b1:2, its first half.
        Labels("a=1", "b=2").Fingerprint.ShouldBe("4016e0316f40793b933598c4fcbcd0b4");
    }

    [Fact]
    public void ASilence_HoldsBackWhatItCovers_ForItsTimeOnly()
    {
        var silence = new Silence(
            "s1", [Matcher("endpoint", MatchKind.Equal, "fraud"), Matcher("severity", MatchKind.NotPattern, "page.*")],
            Now, Now.AddHours(1), "ann", "planned load");
        silence.Problems().ShouldBeEmpty();
        Delivery(Labels("endpoint=fraud", "severity=ticket"), Now).SilencedBy.ShouldBe(["s1"]);
        Delivery(Labels("endpoint=fraud", "severity=ticket"), Now.AddHours(1)).IsTold.ShouldBeTrue();
        Delivery(Labels("endpoint=fraud", "severity=pager"), Now).IsTold.ShouldBeTrue();
        Delivery(Labels("endpoint=fraudulent"), Now).IsTold.ShouldBeTrue();

        AlertDelivery Delivery(AlertLabels labels, DateTimeOffset now) =>
            AlertDelivery.Of(labels, [silence], [], [], now);
    }

    [Fact]
    public void ASilenceOfEverything_IsRefused()
    {
        var all = new Silence("s", [Matcher("a", MatchKind.Pattern, ".*")], Now, Now, "", "");
        all.Problems().Select(problem => problem.Field).ShouldBe(["endsAt", "comment", "matchers"]);
        new Silence("s", [], Now, Now.AddHours(1), "a", "c").Problems().ShouldHaveSingleItem();
        LabelMatcher.Of("a", MatchKind.Pattern, "(").Problem!.Code.ShouldBe("alert_matcher_invalid");
        LabelMatcher.Of("a", MatchKind.Pattern, @"(a)\1").Problem!.Code.ShouldBe("alert_matcher_invalid");
        LabelMatcher.Of("", MatchKind.Equal, "x").Problem.ShouldNotBeNull();
    }

    [Fact]
    public void AFiringSource_HoldsBackItsTargets_ButNeverItself()
    {
        var rule = new Inhibition(
            "down", [Matcher("severity", MatchKind.Equal, "page")],
            [Matcher("severity", MatchKind.Pattern, "ticket|page")], ["endpoint"]);
        var page = Labels("severity=page", "endpoint=a", "alert=down");
        var other = Labels("severity=page", "endpoint=a", "alert=slow");
        var ticket = Labels("severity=ticket", "endpoint=a");
        AlertLabels[] firing = [page, other, ticket];

        Delivery(ticket).InhibitedBy.ShouldBe(
            new[] { page.Fingerprint, other.Fingerprint }.Order(StringComparer.Ordinal));
        Delivery(page).IsTold.ShouldBeTrue();
        Delivery(other).IsTold.ShouldBeTrue();
        Delivery(Labels("severity=ticket", "endpoint=b")).IsTold.ShouldBeTrue();

        AlertDelivery Delivery(AlertLabels labels) => AlertDelivery.Of(labels, [], [rule], firing, Now);
    }

    private static AlertLabels Labels(params string[] pairs) =>
        new(pairs.Select(pair => pair.Split('=')).Select(pair => KeyValuePair.Create(pair[0], pair[1])));

    private static LabelMatcher Matcher(string label, MatchKind kind, string text) =>
        LabelMatcher.Of(label, kind, text).Matcher!;
}
