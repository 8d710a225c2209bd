using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Lists experiments, newest first.</summary>
    public Task<Page<ExperimentInfo>> ListExperimentsAsync(
        PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<ExperimentInfo>>(
            Address("api/v1/experiments", ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>Lists the runs of an experiment.</summary>
    public Task<Page<RunInfo>> ListRunsAsync(
        RunFilter filter, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<RunInfo>>(
            Address("api/v1/runs", ("experiment", filter.Experiment), ("filter", filter.Filter),
                ("order", filter.Order), ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>Shows a run.</summary>
    public Task<RunInfo> GetRunAsync(string id, CancellationToken cancellation = default) =>
        GetAsync<RunInfo>($"api/v1/runs/{Segment(id)}", cancellation);

    /// <summary>Puts runs side by side.</summary>
    /// <param name="ids">1 to 20 runs.</param>
    /// <param name="curves">The values over the steps come too.</param>
    public Task<RunComparison> CompareRunsAsync(
        IReadOnlyList<string> ids, bool curves = false, CancellationToken cancellation = default) =>
        GetAsync<RunComparison>(
            Address("api/v1/runs/compare", ("runs", string.Join(',', ids)), ("curves", curves)), cancellation);

    /// <summary>Writes the note of a run, in Markdown.</summary>
    public Task<RunInfo> PutRunNoteAsync(string id, string text, CancellationToken cancellation = default) =>
        SendAsync<RunNoteRequest, RunInfo>(
            HttpMethod.Put, $"api/v1/runs/{Segment(id)}/note", new RunNoteRequest { Text = text }, cancellation);

    /// <summary>The files and folders of a run, one level.</summary>
    /// <param name="path">The folder; null: the root.</param>
    public async Task<IReadOnlyList<RunFileInfo>> ListRunFilesAsync(
        string id, string? path = null, CancellationToken cancellation = default) =>
        (await GetAsync<Page<RunFileInfo>>(
            Address($"api/v1/runs/{Segment(id)}/files", ("path", path)), cancellation)).Items;

    /// <summary>Copies the bytes of a run's file to <paramref name="destination"/>.</summary>
    public async Task ReadRunFileAsync(
        string id, string path, Stream destination, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, Address($"api/v1/runs/{Segment(id)}/files/content", ("path", path)));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfProblemAsync(response, cancellation);
        await response.Content.CopyToAsync(destination, cancellation);
    }
}
