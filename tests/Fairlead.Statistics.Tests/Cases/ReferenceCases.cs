namespace Fairlead.Statistics.Tests.Cases;

/// <summary>
/// Every case of <c>statistics-cases.json</c>, or of the file that the environment variable
/// <c>FAIRLEAD_STATISTICS_CASES</c> names, is reproduced within its tolerance: |got − expected| ≤ abs or ≤
/// rel·|expected|.
/// </summary>
public sealed class ReferenceCases(ITestOutputHelper output)
{
    [Fact]
    public void EveryCase_IsReproduced()
    {
        var cases = CaseFile.Read(CaseFile.Path);
        var failed = cases.Select(item => CaseRunner.Failures(item)).Where(failures => failures.Count > 0).ToArray();

        var summary = $"{cases.Count - failed.Length}/{cases.Count} cases passed";
        output.WriteLine(summary);
        TestContext.Current.SendDiagnosticMessage(summary);

        cases.ShouldNotBeEmpty();
        failed.SelectMany(lines => lines).ShouldBeEmpty(summary);
    }

    [Theory]
    [InlineData("no_such_kind", """{"odds_ratio": 1}""", "unknown kind")]
    [InlineData("fisher_exact", """{"odds_ratio": 1}""", "expected 1, got")]
    [InlineData("fisher_exact", """{"odds_ratio": 0.25023430178, "invented": 1}""", "invented: not computed")]
    [InlineData("fisher_exact", """{"odds_ratio": [0.25]}""", "expected a list")]
    [InlineData("fisher_exact", """{"odds_ratio": "NaN"}""", "expected \"NaN\"")]
    public void ACaseThatIsNotReproduced_Fails(string kind, string expected, string because)
    {
        var json = $$"""
            {"cases": [{"name": "planted", "kind": "{{kind}}", "inputs": {"table": [[3, 97], [11, 89]]},
                        "expected": {{expected}}, "tolerance": {"abs": 1e-10} }]}
            """;
        CaseRunner.Failures(CaseFile.Parse(json).Single()).ShouldHaveSingleItem().ShouldContain(because);
    }
}
