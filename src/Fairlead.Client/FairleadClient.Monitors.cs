using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    private const string Monitors = "api/v1/monitors";
    private const string Series = "api/v1/series";

    /// <summary>Makes a monitor be as written.</summary>
    public Task<MonitorInfo> PutMonitorAsync(
        string name, MonitorRequest request, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync<MonitorRequest, MonitorInfo>(
            HttpMethod.Put, Address(Monitor(name), ("reason", reason)), request, cancellation);

    /// <summary>Monitors by name.</summary>
    /// <param name="endpoint">Only those of one endpoint.</param>
    public Task<Page<MonitorInfo>> ListMonitorsAsync(
        string? endpoint = null, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<MonitorInfo>>(
            Address(Monitors, ("endpoint", endpoint), ("limit", page.Limit), ("pageToken", page.PageToken)),
            cancellation);

    /// <summary>A monitor with everything that it found last.</summary>
    public Task<MonitorInfo> GetMonitorAsync(string name, CancellationToken cancellation = default) =>
        GetAsync<MonitorInfo>(Monitor(name), cancellation);

    /// <summary>Deletes a monitor; its alerts end.</summary>
    public Task DeleteMonitorAsync(string name, string? reason = null, CancellationToken cancellation = default) =>
        DeleteAsync(Address(Monitor(name), ("reason", reason)), cancellation);

    /// <summary>What a monitor found look by look, newest first.</summary>
    public Task<Page<MonitorLookInfo>> ListMonitorLooksAsync(
        string name, DateTimeOffset? from = null, PageRequest page = default,
        CancellationToken cancellation = default) =>
        GetAsync<Page<MonitorLookInfo>>(
            Address($"{Monitor(name)}/looks", ("from", from), ("limit", page.Limit),
                ("pageToken", page.PageToken)), cancellation);

    /// <summary>How good an endpoint's answers were, by their outcomes.</summary>
    public Task<QualityInfo> GetQualityAsync(
        string endpoint, QualityQuestion question, CancellationToken cancellation = default) =>
        GetAsync<QualityInfo>(
            Address($"{Endpoint(endpoint)}/quality", ("outcome", question.Outcome), ("task", question.Task),
                ("positive", question.Positive), ("score", question.Score), ("by", question.By),
                ("from", question.From), ("to", question.To), ("variant", question.Variant),
                ("alpha", question.Alpha),
                ("places", question.Places),
                ("classes", question.Classes is { Count: > 0 } classes ? string.Join(',', classes) : null)),
            cancellation);

    /// <summary>What serving an endpoint cost, variant by variant.</summary>
    public Task<CostInfo> GetCostAsync(
        string endpoint, CostQuestion question, CancellationToken cancellation = default) =>
        GetAsync<CostInfo>(
            Address($"{Endpoint(endpoint)}/cost", ("from", question.From), ("to", question.To),
                ("perCpuHour", question.PerCpuHour),
                ("perGibibyteHour", question.PerGibibyteHour)),
            cancellation);

    /// <summary>Adds points to a series; sent again they change nothing.</summary>
    public Task<SeriesPointsResult> PostSeriesPointsAsync(
        string series, SeriesPointsRequest request, CancellationToken cancellation = default) =>
        SendAsync<SeriesPointsRequest, SeriesPointsResult>(
            HttpMethod.Post, $"{Series}/{Segment(series)}/points", request, cancellation);

    /// <summary>The series that callers post.</summary>
    public Task<Page<SeriesInfo>> ListSeriesAsync(
        PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<SeriesInfo>>(
            Address(Series, ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>The points of a series, newest first.</summary>
    public Task<Page<SeriesPointRequest>> ListSeriesPointsAsync(
        string series, DateTimeOffset? from = null, PageRequest page = default,
        CancellationToken cancellation = default) =>
        GetAsync<Page<SeriesPointRequest>>(
            Address($"{Series}/{Segment(series)}/points", ("from", from), ("limit", page.Limit),
                ("pageToken", page.PageToken)), cancellation);

    private static string Monitor(string name) => $"{Monitors}/{Segment(name)}";
}
