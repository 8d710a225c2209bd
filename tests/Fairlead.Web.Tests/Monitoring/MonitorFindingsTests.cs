using Fairlead.Client.Api;
using Fairlead.Web.Monitoring;

namespace Fairlead.Web.Tests.Monitoring;

public sealed class MonitorFindingsTests
{
    [Fact]
    public void Lines_FollowTheGravestSubjectsThroughAllLooks()
    {
        var start = DateTimeOffset.UnixEpoch;
        var looks = new[]
        {
            Look(start.AddMinutes(5), Finding("age", "clear", 0.1), Finding("income", "breach", 0.9)),
            Look(start, Finding("age", "clear", 0.2)),
        };

        var lines = MonitorFindings.Lines(looks);

        lines.Select(line => line.Name).ShouldBe(["column income", "column age"]);
        lines[0].Points.Select(point => point.Y).ShouldBe([null, 0.9]);
        lines[1].Points.Select(point => (point.X, point.Y)).ShouldBe([(0, 0.2), (300, 0.1)]);
    }

    private static MonitorLookInfo Look(DateTimeOffset at, params MonitorFindingInfo[] findings) =>
        new() { At = at, State = "clear", Findings = findings };

    private static MonitorFindingInfo Finding(string column, string state, double value) => new()
    {
        Subject = new Dictionary<string, string> { ["column"] = column },
        State = state,
        Value = value,
    };
}
