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

    /// <summary>Families that nothing computes yet; while one has no runner, its cases count as not passed.</summary>
    private static readonly HashSet<string> NotYetComputed =
    [
        "drift.anderson", "drift.binning", "drift.chi2", "drift.cvm", "drift.edge", "drift.epps", "drift.evidently",
        "drift.fisher", "drift.hellinger", "drift.js", "drift.kl", "drift.ks", "drift.mannwhitney", "drift.mmd",
        "drift.multipletesting", "drift.multivariate", "drift.nannyml", "drift.psi", "drift.selection",
        "drift.threshold", "drift.ttest", "drift.tvd", "drift.wasserstein",
        "sketch.ddsketch", "sketch.hll", "sketch.kll", "sketch.quantile",
        "validation.ge", "validation.tfdv",
    ];

    private static readonly Dictionary<string, KindRunner> Families = FindFamilies();

    [Fact]
    public void EveryCase_IsReproduced()
    {
        var cases = CaseFile.Read(CaseFile.PathOf(Variable, "monitoring-cases.json"));
        var failed = cases.Select(item => (item.Kind, Lines: CaseRunner.Failures(item, Families)))
            .Where(each => each.Lines.Count > 0).ToArray();

        var summary = $"{cases.Count - failed.Length}/{cases.Count} cases passed";
        output.WriteLine(summary);
        TestContext.Current.SendDiagnosticMessage(summary);

        cases.ShouldNotBeEmpty();
        failed.Where(each => Families.ContainsKey(each.Kind) || !NotYetComputed.Contains(each.Kind))
            .SelectMany(each => each.Lines).ShouldBeEmpty(summary);
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

    private static Dictionary<string, KindRunner> FindFamilies() =>
        typeof(MonitoringCases).Assembly.GetTypes()
            .Where(type => !type.IsInterface && type.IsAssignableTo(typeof(ICaseFamilies)))
            .SelectMany(type => (IReadOnlyDictionary<string, KindRunner>)type
                .GetProperty(nameof(ICaseFamilies.Families), BindingFlags.Static | BindingFlags.Public)!
                .GetValue(null)!)
            .ToDictionary(StringComparer.Ordinal);
}
