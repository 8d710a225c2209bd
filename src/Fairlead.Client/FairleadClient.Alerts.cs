using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    private const string Alerts = "api/v1/alerts";
    private const string Silences = "api/v1/silences";
    private const string Inhibitions = "api/v1/inhibitions";
    private const string Receivers = "api/v1/receivers";

    /// <summary>Alerts of monitors, newest first.</summary>
    public Task<Page<AlertInfo>> ListAlertsAsync(
        AlertFilter? filter = null, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<AlertInfo>>(
            Address(Alerts,
                ("state", filter?.State), ("endpoint", filter?.Endpoint), ("monitor", filter?.Monitor),
                ("severity", filter?.Severity), ("limit", page.Limit), ("pageToken", page.PageToken)),
            cancellation);

    /// <summary>An alert, what happened to it and who was told of it.</summary>
    public Task<AlertDetail> GetAlertAsync(long id, CancellationToken cancellation = default) =>
        GetAsync<AlertDetail>($"{Alerts}/{id}", cancellation);

    /// <summary>Says that one looks after a firing alert: it is not told again until it ends.</summary>
    public Task<AlertDetail> AckAlertAsync(long id, string comment, CancellationToken cancellation = default) =>
        SendAsync<AckRequest, AlertDetail>(
            HttpMethod.Post, $"{Alerts}/{id}/ack", new AckRequest { Comment = comment }, cancellation);

    /// <summary>Silences, newest first.</summary>
    /// <param name="all">Also those that are over.</param>
    public Task<Page<SilenceInfo>> ListSilencesAsync(
        bool all = false, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<SilenceInfo>>(
            Address(Silences, ("all", all), ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>Keeps alerts from people for a while.</summary>
    public Task<SilenceInfo> CreateSilenceAsync(SilenceRequest request, CancellationToken cancellation = default) =>
        SendAsync<SilenceRequest, SilenceInfo>(HttpMethod.Post, Silences, request, cancellation);

    /// <summary>Ends a silence now.</summary>
    public Task ExpireSilenceAsync(long id, string? reason = null, CancellationToken cancellation = default) =>
        DeleteAsync(Address($"{Silences}/{id}", ("reason", reason)), cancellation);

    /// <summary>Inhibitions by name.</summary>
    public Task<Page<InhibitionInfo>> ListInhibitionsAsync(
        PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<InhibitionInfo>>(
            Address(Inhibitions, ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>Makes or changes an inhibition.</summary>
    public Task<InhibitionInfo> PutInhibitionAsync(
        string name, InhibitionRequest request, CancellationToken cancellation = default) =>
        SendAsync<InhibitionRequest, InhibitionInfo>(
            HttpMethod.Put, $"{Inhibitions}/{Segment(name)}", request, cancellation);

    /// <summary>Deletes an inhibition.</summary>
    public Task DeleteInhibitionAsync(
        string name, string? reason = null, CancellationToken cancellation = default) =>
        DeleteAsync(Address($"{Inhibitions}/{Segment(name)}", ("reason", reason)), cancellation);

    /// <summary>Whom alerts are told to, by name and without secrets.</summary>
    public Task<Page<ReceiverInfo>> ListReceiversAsync(
        PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<ReceiverInfo>>(
            Address(Receivers, ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>A receiver without its secrets.</summary>
    public Task<ReceiverInfo> GetReceiverAsync(string name, CancellationToken cancellation = default) =>
        GetAsync<ReceiverInfo>($"{Receivers}/{Segment(name)}", cancellation);

    /// <summary>Makes or changes a receiver; secrets that are left out stay.</summary>
    public Task<ReceiverInfo> PutReceiverAsync(
        string name, ReceiverRequest request, CancellationToken cancellation = default) =>
        SendAsync<ReceiverRequest, ReceiverInfo>(
            HttpMethod.Put, $"{Receivers}/{Segment(name)}", request, cancellation);

    /// <summary>Deletes a receiver; what waits for it is dropped.</summary>
    public Task DeleteReceiverAsync(
        string name, string? reason = null, CancellationToken cancellation = default) =>
        DeleteAsync(Address($"{Receivers}/{Segment(name)}", ("reason", reason)), cancellation);

    /// <summary>Sends a message to try a receiver.</summary>
    public async Task<ReceiverTest> TestReceiverAsync(string name, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Receivers}/{Segment(name)}/test");
        return await SendAsync<ReceiverTest>(request, cancellation);
    }
}
