using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Asks the prediction log.</summary>
    public Task<QueriedPredictions> QueryPredictionsAsync(
        QueryPredictionsRequest request, CancellationToken cancellation = default) =>
        SendAsync<QueryPredictionsRequest, QueriedPredictions>(
            HttpMethod.Post, "api/v1/predictions/query", request, cancellation);

    /// <summary>Removes every record of a person from an endpoint's log.</summary>
    public Task<ForgottenPredictions> ForgetPredictionsAsync(
        string endpoint, ForgetPredictionsRequest request, CancellationToken cancellation = default) =>
        SendAsync<ForgetPredictionsRequest, ForgottenPredictions>(
            HttpMethod.Post, $"api/v1/endpoints/{Segment(endpoint)}/predictions/forget", request, cancellation);

    /// <summary>Writes the records of an endpoint to a stream.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="format"><c>csv</c>, <c>parquet</c> or <c>jsonl</c>.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="from">The first moment; left out: from the beginning.</param>
    /// <param name="to">The moment after the last one; left out: to the end.</param>
    public async Task<IReadOnlyList<string>> ExportPredictionsAsync(
        string endpoint, string format, Stream destination, DateTimeOffset? from = null, DateTimeOffset? to = null,
        CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(
            $"api/v1/endpoints/{Segment(endpoint)}/predictions", ("format", format), ("from", from), ("to", to)));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfProblemAsync(response, cancellation);
        await response.Content.CopyToAsync(destination, cancellation);
        return response.Headers.TryGetValues(NotIncludedHeader.Name, out var names)
            ? NotIncludedHeader.Read(string.Join(',', names))
            : [];
    }
}
