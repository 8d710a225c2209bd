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
    /// <param name="ids">2 to 20 runs.</param>
    /// <param name="curves">The values over the steps come too.</param>
    public Task<RunComparison> CompareRunsAsync(
        IReadOnlyList<string> ids, bool curves = false, CancellationToken cancellation = default) =>
        GetAsync<RunComparison>(
            Address("api/v1/runs/compare", ("runs", string.Join(',', ids)), ("curves", curves)), cancellation);

    /// <summary>Writes the note of a run, in Markdown.</summary>
    public Task<RunInfo> PutRunNoteAsync(string id, string text, CancellationToken cancellation = default) =>
        SendAsync<RunNoteRequest, RunInfo>(
            HttpMethod.Put, $"api/v1/runs/{Segment(id)}/note", new RunNoteRequest { Text = text }, cancellation);
}
