using System.Reflection;
using Fairlead.Statistics.Tests.Cases;

namespace Fairlead.Statistics.Tests.Monitoring;

/// <summary>
/// Every case of <c>monitoring-cases.json</c>, or of the file that the environment variable
/// <c>FAIRLEAD_MONITORING_CASES</c> names, is reproduced within its tolerance. A family without a runner fails.
/// </summary>
public sealed class MonitoringCases(ITestOutputHelper output)
{
    /// <summary>Names another file of the same format to run instead of the one beside the tests.</summary>
    private const string Variable = "FAIRLEAD_MONITORING_CASES";

    private static readonly Dictionary<string, KindRunner> Families = FindFamilies();

    [Fact]
    public void EveryCase_IsReproduced()
    {
        var cases = CaseFile.Read(CaseFile.PathOf(Variable, "monitoring-cases.json")).Select(WithCorrection).ToArray();
        var failed = cases.Select(item => (item.Kind, Lines: CaseRunner.Failures(item, Families)))
            .Where(each => each.Lines.Count > 0).ToArray();

        var summary = $"{cases.Length - failed.Length}/{cases.Length} cases passed";
        output.WriteLine(summary);
        TestContext.Current.SendDiagnosticMessage(summary);

        cases.ShouldNotBeEmpty();
        failed.SelectMany(each => each.Lines).ShouldBeEmpty(summary);
    }

    [Theory]
    [InlineData("drift.no_such_family")]
    [InlineData("perf.no_such_family")]
    [InlineData("metrics.no_such_family")]
    [InlineData("alerts.no_such_family")]
    [InlineData("validation.no_such_family")]
    [InlineData("sketch.no_such_family")]
    [InlineData("no_such_group.ks")]
    public void ACaseOfAnUnknownFamily_Fails(string family)
    {
        var json = $$$"""
            {"cases": [{"name": "planted", "family": "{{{family}}}", "inputs": {}, "expected": {},
                        "tolerance": 1e-9, "source": "planted"}]}
            """;
        CaseRunner.Failures(CaseFile.Parse(json).Single(), Families).ShouldHaveSingleItem()
            .ShouldContain($"unknown kind '{family}'");
    }

    /// <summary>The one input that the file leaves to the name of a case: which correction adjusts the
    /// p-values.</summary>
    private static ReferenceCase WithCorrection(ReferenceCase item) =>
        item.Kind == "drift.multipletesting" && item.Name.StartsWith("adjusted_p_", StringComparison.Ordinal)
            ? item with { Kind = $"{item.Kind}.{item.Name["adjusted_p_".Length..]}" }
            : item;

    private static Dictionary<string, KindRunner> FindFamilies() =>
        typeof(MonitoringCases).Assembly.GetTypes()
            .Where(type => !type.IsInterface && type.IsAssignableTo(typeof(ICaseFamilies)))
            .SelectMany(type => (IReadOnlyDictionary<string, KindRunner>)type
                .GetProperty(nameof(ICaseFamilies.Families), BindingFlags.Static | BindingFlags.Public)!
                .GetValue(null)!)
            .ToDictionary(StringComparer.Ordinal);
}
