using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Web.Value;

/// <summary>What an endpoint brings and takes: its lift in all that turned out, and the cost of serving.</summary>
public sealed class EndpointWorth
{
    /// <summary>Outcomes of one endpoint that are shown.</summary>
    private const int MostLifts = 6;

    private EndpointWorth(string endpoint) => Endpoint = endpoint;

    public string Endpoint { get; }

    /// <summary>What the endpoint declares as its value first, then every other outcome that was reported.</summary>
    public IReadOnlyList<EndpointValueInfo> Lifts { get; private init; } = [];

    /// <summary>Why there is none.</summary>
    public string? Why { get; private init; }

    public long Predictions { get; private init; }

    public double CpuSeconds { get; private init; }

    /// <summary>Bytes of memory times the hours for which they were held.</summary>
    public long ByteHours { get; private init; }

    /// <summary>At the prices that were given.</summary>
    public double Cost { get; private init; }

    /// <summary>The same for 1,000 predictions; null: there were none.</summary>
    public double? PerThousand => Predictions > 0 ? Cost / Predictions * 1000 : null;

    public static async Task<EndpointWorth> ReadAsync(
        FairleadClient client, EndpointInfo endpoint, IEnumerable<string> outcomes, CostQuestion question)
    {
        var cost = await client.GetCostAsync(endpoint.Name, question);
        var (lifts, why) = await LiftsAsync(client, endpoint, outcomes);
        return new EndpointWorth(endpoint.Name)
        {
            Lifts = lifts,
            Why = why,
            Predictions = cost.Arms.Sum(arm => arm.Predictions),
            CpuSeconds = cost.Arms.Sum(arm => arm.CpuSeconds),
            ByteHours = (long)(cost.Arms.Sum(arm => arm.GibibyteSeconds) / 3600 * (1L << 30)),
            Cost = cost.Arms.Sum(arm => arm.Total),
        };
    }

    private static async Task<(List<EndpointValueInfo> Lifts, string? Why)> LiftsAsync(
        FairleadClient client, EndpointInfo endpoint, IEnumerable<string> outcomes)
    {
        var declared = endpoint.Value?.Metric;
        List<string> metrics = [.. outcomes.Order(StringComparer.Ordinal).Select(name => "outcome:" + name)
            .Where(metric => metric != declared)];
        if (declared is not null)
            metrics.Insert(0, declared);
        if (metrics.Count == 0)
            return ([], "Nobody has reported what turned out: fairlead outcomes send.");
        List<EndpointValueInfo> lifts = [];
        string? why = null;
        foreach (var metric in metrics.Take(MostLifts))
        {
            try
            {
                lifts.Add(await client.GetEndpointValueAsync(endpoint.Name, metric));
            }
            catch (FairleadApiException refused)
            {
                // Without a control group every metric is refused alike; an outcome of words has no value.
                why ??= refused.Message;
            }
        }

        return (lifts, lifts.Count == 0 ? why : null);
    }
}
