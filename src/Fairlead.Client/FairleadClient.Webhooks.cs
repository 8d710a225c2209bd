using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Webhooks by name, with how they do.</summary>
    public Task<Page<WebhookInfo>> ListWebhooksAsync(
        PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<WebhookInfo>>(
            Address("api/v1/webhooks", ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>Makes or changes a webhook; it is told of what happens from then on.</summary>
    public Task<WebhookInfo> PutWebhookAsync(
        string name, WebhookRequest request, CancellationToken cancellation = default) =>
        SendAsync<WebhookRequest, WebhookInfo>(HttpMethod.Put, Webhook(name), request, cancellation);

    /// <summary>Removes a webhook; what waits for it is dropped.</summary>
    public Task DeleteWebhookAsync(
        string name, string? reason = null, CancellationToken cancellation = default) =>
        DeleteAsync(Address(Webhook(name), ("reason", reason)), cancellation);

    /// <summary>Sends a message to try a webhook.</summary>
    public async Task<WebhookTestInfo> TestWebhookAsync(string name, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Webhook(name)}/test");
        return await SendAsync<WebhookTestInfo>(request, cancellation);
    }

    /// <summary>Messages to a webhook, newest first.</summary>
    public Task<Page<WebhookDeliveryInfo>> ListWebhookDeliveriesAsync(
        string name, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<WebhookDeliveryInfo>>(
            Address($"{Webhook(name)}/deliveries", ("limit", page.Limit), ("pageToken", page.PageToken)),
            cancellation);

    private static string Webhook(string name) => $"api/v1/webhooks/{Segment(name)}";
}
