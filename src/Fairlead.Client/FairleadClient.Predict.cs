using System.Net.Http.Json;
using System.Text.Json;
using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Asks an endpoint for predictions.</summary>
    /// <param name="endpoint">Its name.</param>
    /// <param name="request">The rows.</param>
    /// <param name="header">A header to send along, where the endpoint finds the unit of assignment in one.</param>
    /// <param name="cancellation">Stops the waiting, and the work on the server.</param>
    public async Task<PredictAnswer> PredictAsync(
        string endpoint, PredictRequest request, (string Name, string Value)? header = null,
        CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{Endpoint(endpoint)}/predict");
        message.Content = JsonContent.Create(request, PredictJsonContext.Default.PredictRequest);
        if (header is { } unit)
            message.Headers.TryAddWithoutValidation(unit.Name, unit.Value);
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfProblemAsync(response, cancellation);
        return await response.Content.ReadFromJsonAsync(PredictJsonContext.Default.PredictAnswer, cancellation)
            ?? throw new JsonException($"The endpoint '{endpoint}' answered 'null'.");
    }
}
