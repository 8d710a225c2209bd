using CsCheck;
using Fairlead.Core.Alerts;

namespace Fairlead.Core.Tests.Alerts;

public sealed class HeldAlertsTests
{
    private static readonly DateTimeOffset Now = new(2024, 5, 6, 7, 0, 0, TimeSpan.Zero);

    private static readonly Gen<AlertLabels> Labels = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2])
        .Select((a, b, c) => new AlertLabels(
            [new("a", Value(a)), new("b", Value(b)), new("severity", Value(c))]));

    private static readonly string[] Names = ["a", "b", "severity"];

    private static readonly Gen<LabelMatcher> Matcher =
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 2])
            .Select((label, kind, value) => LabelMatcher.Of(Names[label], (MatchKind)kind, Value(value)).Matcher!);

    /// <summary>For many alerts at once it is what it is for each alone.</summary>
    [Fact]
    public void ManyAlerts_AreHeldBackAsEachAlone()
    {
        var rules = Gen.Select(Matcher.Array[1, 2], Matcher.Array[1, 2], Gen.Int[0, 1].Array[0, 2])
            .Select((source, target, equal) => new Inhibition(
                "r", [.. source], [.. target], [.. equal.Select(label => Names[label])]));
        var silences = Gen.Select(Matcher.Array[1, 2], Gen.Int[-1, 1])
            .Select((matchers, hour) => new Silence(
                $"s{hour}", [.. matchers], Now.AddHours(hour - 1), Now.AddHours(hour), "ann", "so"));
        Gen.Select(Labels.Array[0, 8], rules.Array[0, 3], silences.Array[0, 3]).Sample((firing, inhibitions, quiet) =>
        {
            var held = new HeldAlerts(quiet, inhibitions, firing, Now);
            foreach (var labels in firing)
            {
                var one = AlertDelivery.Of(labels, quiet, inhibitions, firing, Now);
                held.Of(labels).SilencedBy.ShouldBe(one.SilencedBy);
                held.Of(labels).InhibitedBy.ShouldBe(one.InhibitedBy.Take(HeldAlerts.MostNamed));
            }
        }, iter: 500);
    }

    [Theory]
    [InlineData("endpoint=credit", "endpoint", MatchKind.Equal, "credit")]
    [InlineData("endpoint!=credit", "endpoint", MatchKind.NotEqual, "credit")]
    [InlineData("severity=~page|ticket", "severity", MatchKind.Pattern, "page|ticket")]
    [InlineData("column!~a=b", "column", MatchKind.NotPattern, "a=b")]
    [InlineData("column=", "column", MatchKind.Equal, "")]
    public void Matcher_IsReadAndWritten(string text, string label, MatchKind kind, string value)
    {
        var matcher = LabelMatcher.Parse(text).Matcher!;
        (matcher.Label, matcher.Kind, matcher.Text, matcher.ToString()).ShouldBe((label, kind, value, text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("endpoint")]
    [InlineData("=credit")]
    [InlineData("endpoint!credit")]
    [InlineData("endpoint=~(")]
    public void WhatIsNoMatcher_IsRefused(string text)
    {
        var (matcher, problem) = LabelMatcher.Parse(text);
        (matcher, problem!.Code).ShouldBe((null, "alert_matcher_invalid"));
    }

    private static string Value(int value) => value == 0 ? "" : $"v{value}";
}
