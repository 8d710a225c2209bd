using Fairlead.Client.Api;

namespace Fairlead.Web.Monitoring;

/// <summary>What was found of a variant, column by column: the gravest aspect of each first. Pure.</summary>
public static class DriftColumns
{
    /// <summary>A list for each column, the columns that drifted first.</summary>
    public static IReadOnlyList<IReadOnlyList<DriftFindingInfo>> Of(ArmDriftInfo arm) =>
        [.. arm.Findings.GroupBy(finding => finding.Column, StringComparer.Ordinal)
            .Select(IReadOnlyList<DriftFindingInfo> (column) =>
                [.. column.OrderBy(finding => Gravity(finding.State)).ThenBy(finding => finding.P ?? 1)])
            .OrderBy(column => Gravity(column[0].State)).ThenBy(column => column[0].P ?? 1)
            .ThenBy(column => column[0].Column, StringComparer.Ordinal)];

    private static int Gravity(string state) => state switch
    {
        "drift" => 0,
        "insufficient_data" => 1,
        _ => 2,
    };
}
