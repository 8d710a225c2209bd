using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Reports what turned out for predictions or units.</summary>
    public Task<OutcomesResult> ReportOutcomesAsync(
        OutcomesRequest request, CancellationToken cancellation = default) =>
        SendAsync<OutcomesRequest, OutcomesResult>(HttpMethod.Post, "api/v1/outcomes", request, cancellation);

    /// <summary>How many outcomes came, by endpoint and name.</summary>
    public Task<OutcomesInfo> GetOutcomesAsync(CancellationToken cancellation = default) =>
        GetAsync<OutcomesInfo>("api/v1/outcomes", cancellation);
}
