using Fairlead.Client.Api;
using Fairlead.Web.Monitoring;

namespace Fairlead.Web.Tests.Monitoring;

public sealed class DriftColumnsTests
{
    [Fact]
    public void Columns_ThatDrifted_ComeFirst_AndOfEachTheGravestAspect()
    {
        var arm = new ArmDriftInfo
        {
            Variant = "stable",
            Version = "credit/1",
            State = "drift",
            Findings =
            [
                Finding("age", "missing", "no_drift", 0.4), Finding("income", "values", "no_drift", 0.2),
                Finding("income", "missing", "drift", 0.001), Finding("home", "values", "insufficient_data", null),
            ],
        };

        var columns = DriftColumns.Of(arm);

        columns.Select(column => column[0].Column).ShouldBe(["income", "home", "age"]);
        columns[0].Select(finding => finding.Aspect).ShouldBe(["missing", "values"]);
    }

    private static DriftFindingInfo Finding(string column, string aspect, string state, double? p) =>
        new() { Column = column, Aspect = aspect, State = state, Test = "ks", P = p };
}
