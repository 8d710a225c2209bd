using Fairlead.ErrorRates.Report;
using Fairlead.ErrorRates.Rules;
using Fairlead.ErrorRates.Scenarios;

namespace Fairlead.Statistics.Tests.ErrorRates;

/// <summary>
/// A short run of the harness behind <c>docs/statistics.md</c>: it is the same with any number of threads, it sees a
/// rule that errs too often, and the document that it writes is complete.
/// </summary>
public sealed class ErrorRatesTests
{
    private static readonly Effort Short = new(0.0004, 1, 7);

    [Fact]
    public void Study_WithAnyNumberOfThreads_IsTheSame()
    {
        var one = Document.Write(Study.Run(Short, _ => { }));
        var three = Document.Write(Study.Run(Short with { Threads = 3 }, _ => { }));

        three.ShouldBe(one);
        one.ShouldNotContain("{{");
    }

    /// <summary>Repeated fixed tests, were they claimed to keep their level, would be found out.</summary>
    [Fact]
    public void Claims_AreHeldAgainstWhatWasMeasured()
    {
        var outcomes = DailyConversions.Measure(14, Short with { Scale = 0.01 });

        outcomes.Where(outcome => !outcome.IsBorneOut).ShouldBeEmpty();
        var naive = outcomes.Single(outcome => outcome.Rule.Name == AllRules.Naive().Name);
        naive.Null.Rate.ShouldBeGreaterThan(0.17);
        (naive with { Rule = naive.Rule with { Claim = Claim.AtMost } }).IsBorneOut.ShouldBeFalse();
        var cautious = outcomes.Single(outcome => outcome.Rule.Name == AllRules.Statsig().Name);
        (cautious with { Rule = cautious.Rule with { Claim = Claim.Equal } }).IsBorneOut.ShouldBeFalse();
        (cautious with { Rule = cautious.Rule with { Claim = Claim.AtMost } }).IsBorneOut.ShouldBeTrue();
    }
}
