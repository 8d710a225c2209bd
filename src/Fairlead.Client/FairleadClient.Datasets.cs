using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Datasets by name.</summary>
    public Task<Page<DatasetInfo>> ListDatasetsAsync(
        PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<DatasetInfo>>(
            Address("api/v1/datasets", ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>Versions of a dataset, newest first.</summary>
    public Task<Page<DatasetVersionInfo>> ListDatasetVersionsAsync(
        string dataset, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<DatasetVersionInfo>>(
            Address($"{Dataset(dataset)}/versions", ("limit", page.Limit), ("pageToken", page.PageToken)),
            cancellation);

    /// <summary>A version of a dataset with statistics of its columns and the models that name it.</summary>
    public Task<DatasetVersionInfo> GetDatasetVersionAsync(
        string dataset, int number, CancellationToken cancellation = default) =>
        GetAsync<DatasetVersionInfo>($"{Dataset(dataset)}/versions/{number}", cancellation);

    /// <summary>
    /// Registers a version of a dataset; content that is registered under this name keeps its number, so that sending
    /// it again changes nothing.
    /// </summary>
    public Task<DatasetVersionInfo> RegisterDatasetAsync(
        string dataset, RegisterDatasetRequest request, CancellationToken cancellation = default) =>
        SendAsync<RegisterDatasetRequest, DatasetVersionInfo>(
            HttpMethod.Post, $"{Dataset(dataset)}/versions", request, cancellation);

    /// <summary>What differs between two versions of data, in columns and in distributions.</summary>
    /// <param name="dataset">The first dataset.</param>
    /// <param name="number">Its version.</param>
    /// <param name="to">The second, as <c>NAME/VERSION</c>.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<DatasetDiffInfo> GetDatasetDiffAsync(
        string dataset, int number, string to, CancellationToken cancellation = default) =>
        GetAsync<DatasetDiffInfo>(Address($"{Dataset(dataset)}/versions/{number}/diff", ("to", to)), cancellation);

    private static string Dataset(string dataset) => $"api/v1/datasets/{Segment(dataset)}";
}
