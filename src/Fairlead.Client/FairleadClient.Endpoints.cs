using System.Net.Http.Headers;
using System.Text;
using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Endpoints by name.</summary>
    public Task<Page<EndpointInfo>> ListEndpointsAsync(
        PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<EndpointInfo>>(
            Address("api/v1/endpoints", ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    public Task<EndpointInfo> GetEndpointAsync(string endpoint, CancellationToken cancellation = default) =>
        GetAsync<EndpointInfo>(Endpoint(endpoint), cancellation);

    /// <summary>Creates or changes an endpoint.</summary>
    /// <param name="wait">
    /// How long the answer may be held back until the answering replica serves the new generation, or failed to; at
    /// most 10 minutes. <see cref="EndpointInfo.ServingGeneration"/> says what came of it.
    /// </param>
    public Task<EndpointInfo> PutEndpointAsync(
        string endpoint, PutEndpointRequest request, TimeSpan? wait = null, CancellationToken cancellation = default) =>
        SendAsync<PutEndpointRequest, EndpointInfo>(
            HttpMethod.Put, Address(Endpoint(endpoint), ("wait", wait)), request, cancellation);

    /// <summary>Deletes an endpoint; its callers get 404 from then on.</summary>
    public Task DeleteEndpointAsync(
        string endpoint, long? expectedGeneration = null, string? reason = null,
        CancellationToken cancellation = default) =>
        DeleteAsync(
            Address(Endpoint(endpoint), ("expectedGeneration", expectedGeneration), ("reason", reason)), cancellation);

    /// <summary>The changes of an endpoint, newest first; kept after it is deleted.</summary>
    public Task<Page<EndpointHistoryEntry>> ListEndpointHistoryAsync(
        string endpoint, PageRequest page = default, DateTimeOffset? at = null,
        CancellationToken cancellation = default) =>
        GetAsync<Page<EndpointHistoryEntry>>(
            Address($"{Endpoint(endpoint)}/history",
                ("at", at), ("limit", page.Limit), ("pageToken", page.PageToken)),
            cancellation);

    /// <summary>What an endpoint is worth beside its control group; what is left out is as it declares.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="metric"><c>outcome:NAME</c> or <c>outcome:NAME/OTHER</c>.</param>
    /// <param name="unit">The unit of the values, such as <c>EUR</c>.</param>
    /// <param name="labelDelay">How long an outcome takes.</param>
    /// <param name="against">The arm that is the control group; else the holdout.</param>
    public Task<EndpointValueInfo> GetEndpointValueAsync(
        string endpoint, string? metric = null, string? unit = null, TimeSpan? labelDelay = null,
        string? against = null, CancellationToken cancellation = default) =>
        GetAsync<EndpointValueInfo>(
            Address($"{Endpoint(endpoint)}/value", ("metric", metric), ("unit", unit), ("labelDelay", labelDelay),
                ("against", against)), cancellation);

    /// <summary>What was asked of an endpoint and answered: counts, times and statistics of every column.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="from">Beginning; by default 24 h before the end.</param>
    /// <param name="to">End; by default now.</param>
    /// <param name="variant">Only this variant.</param>
    /// <param name="by"><c>minute</c>, <c>hour</c> or <c>day</c>: the stretch in parts.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<WindowsInfo> GetWindowsAsync(
        string endpoint, DateTimeOffset? from = null, DateTimeOffset? to = null, string? variant = null,
        string? by = null, CancellationToken cancellation = default) =>
        GetAsync<WindowsInfo>(
            Address($"{Endpoint(endpoint)}/windows", ("from", from), ("to", to), ("variant", variant), ("by", by)),
            cancellation);

    /// <summary>Holds what an endpoint is asked and answers against what it was asked and answered before.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="question">What is looked at, and what it is held against.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<DriftInfo> GetDriftAsync(
        string endpoint, DriftQuestion? question = null, CancellationToken cancellation = default) =>
        GetAsync<DriftInfo>(
            Address($"{Endpoint(endpoint)}/drift", ("from", question?.From), ("to", question?.To),
                ("referenceFrom", question?.ReferenceFrom), ("referenceTo", question?.ReferenceTo),
                ("variant", question?.Variant), ("alpha", question?.Alpha), ("reference", question?.Reference)),
            cancellation);

    /// <summary>Proposes a schema of an endpoint's inputs, somewhat wider than a reference.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="reference">
    /// <c>dataset:NAME/VERSION</c>, <c>training</c> or <c>rolling:7d</c>; by default <c>training</c>.
    /// </param>
    /// <param name="variant">Whose inputs; by default the stable variant's.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<SchemaInfo> InferSchemaAsync(
        string endpoint, string? reference = null, string? variant = null, CancellationToken cancellation = default) =>
        GetAsync<SchemaInfo>(
            Address($"{Endpoint(endpoint)}/schema/infer", ("reference", reference), ("variant", variant)),
            cancellation);

    /// <summary>Holds what an endpoint was asked in a stretch to its schema.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="from">Beginning; by default an hour before the end.</param>
    /// <param name="to">End; by default now.</param>
    /// <param name="variant">Only this variant.</param>
    /// <param name="reference">What distances are taken from; by default <c>training</c>.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<SchemaCheckInfo> CheckSchemaAsync(
        string endpoint, DateTimeOffset? from = null, DateTimeOffset? to = null, string? variant = null,
        string? reference = null, CancellationToken cancellation = default) =>
        GetAsync<SchemaCheckInfo>(
            Address($"{Endpoint(endpoint)}/schema/check", ("from", from), ("to", to), ("variant", variant),
                ("reference", reference)),
            cancellation);

    /// <summary>
    /// Applies documents of <c>kind: Model</c>, <c>Endpoint</c> and <c>Rollout</c>, written as YAML or JSON.
    /// </summary>
    /// <param name="documents">One or several documents, separated by <c>---</c>; JSON is YAML too.</param>
    /// <param name="dryRun">Only says what would change.</param>
    public async Task<ApplyInfo> ApplyAsync(
        string documents, bool dryRun = false, string? reason = null, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, Address("api/v1/apply", ("dryRun", dryRun), ("reason", reason)));
        request.Content = new StringContent(documents, Encoding.UTF8, new MediaTypeHeaderValue("application/yaml"));
        return await SendAsync<ApplyInfo>(request, cancellation);
    }

    private static string Endpoint(string endpoint) => $"api/v1/endpoints/{Segment(endpoint)}";
}
