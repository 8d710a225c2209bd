using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    private const string Receivers = "api/v1/receivers";

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
