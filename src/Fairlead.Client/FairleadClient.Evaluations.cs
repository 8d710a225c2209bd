using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>
    /// Begins an evaluation, or answers the one that asks for the same: an unfinished one goes on behind the rows that
    /// it has, a finished one is done.
    /// </summary>
    public Task<EvaluationInfo> BeginEvaluationAsync(
        string model, int number, EvaluationRequest request, CancellationToken cancellation = default) =>
        SendAsync<EvaluationRequest, EvaluationInfo>(
            HttpMethod.Post, $"{Version(model, number)}/evaluations", request, cancellation);

    /// <summary>Evaluations of a version, newest first, without their segments.</summary>
    public Task<Page<EvaluationInfo>> ListEvaluationsAsync(
        string model, int number, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<EvaluationInfo>>(
            Address($"{Version(model, number)}/evaluations", ("limit", page.Limit), ("pageToken", page.PageToken)),
            cancellation);

    public Task<EvaluationInfo> GetEvaluationAsync(long id, CancellationToken cancellation = default) =>
        GetAsync<EvaluationInfo>($"api/v1/evaluations/{id}", cancellation);

    /// <summary>Has the next rows scored by the version.</summary>
    public Task<EvaluationInfo> AddEvaluationRowsAsync(
        long id, EvaluationRowsRequest rows, CancellationToken cancellation = default) =>
        SendAsync<EvaluationRowsRequest, EvaluationInfo>(
            HttpMethod.Post, $"api/v1/evaluations/{id}/rows", rows, cancellation);

    /// <summary>All rows were sent: the figures are computed and stored with the version.</summary>
    public async Task<EvaluationInfo> FinishEvaluationAsync(long id, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/evaluations/{id}/finish");
        return await SendAsync<EvaluationInfo>(request, cancellation);
    }

    /// <summary>Holds a finished evaluation against another one of the same rows.</summary>
    public Task<EvaluationComparisonInfo> CompareEvaluationsAsync(
        long id, long against, CancellationToken cancellation = default) =>
        GetAsync<EvaluationComparisonInfo>($"api/v1/evaluations/{id}/against/{against}", cancellation);
}
