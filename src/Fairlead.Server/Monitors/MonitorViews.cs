using Fairlead.Client.Api;
using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Monitors;

/// <summary>Monitors as the API tells them.</summary>
internal static class MonitorViews
{
    /// <summary>The longest sentence that is kept with a look of the past.</summary>
    private const int BriefText = 200;

    public static MonitorInfo Info(MonitorRow row, bool withFindings) => new()
    {
        Name = row.Name,
        Endpoint = row.EndpointName,
        Kind = StoredJson.Read<MonitorSpec>(row.Spec).Watch.Word,
        State = row.State,
        Request = StoredJson.Read<MonitorRequest>(row.Request),
        LookedAt = Instants.FromMicroseconds(row.LookedAt),
        DueAt = Instants.FromMicroseconds(row.DueAt),
        Revision = row.Revision,
        ChangedBy = row.ChangedBy,
        ChangedAt = Instants.FromMicroseconds(row.ChangedAt),
        Findings = withFindings ? Findings(row.Findings) : [],
    };

    public static MonitorLookInfo Info(MonitorLookRow row) => new()
    {
        At = Instants.FromMicroseconds(row.At),
        State = row.State,
        Findings = Findings(row.Findings),
    };

    /// <summary>A finding as it is kept of looks of the past, of which there are many.</summary>
    public static MonitorFinding Brief(MonitorFinding finding)
    {
        var why = finding.Reading.Sign == AlertSign.Clear ? "" : finding.Reading.Why;
        return finding with
        {
            Reading = finding.Reading with { Why = why.Length > BriefText ? why[..BriefText] : why },
        };
    }

    public static string Word(AlertSign sign) => sign switch
    {
        AlertSign.Breach => "breach",
        AlertSign.Failed => "failed",
        AlertSign.Clear => "clear",
        _ => "insufficient_data",
    };

    private static List<MonitorFindingInfo> Findings(string stored) =>
        StoredJson.Read<List<MonitorFinding>>(stored).ConvertAll(finding => new MonitorFindingInfo
        {
            Subject = finding.Subject,
            State = Word(finding.Reading.Sign),
            Value = StoredJson.Figure(finding.Reading.Value),
            Low = StoredJson.Figure(finding.Low),
            High = StoredJson.Figure(finding.High),
            Why = finding.Reading.Why,
        });
}
