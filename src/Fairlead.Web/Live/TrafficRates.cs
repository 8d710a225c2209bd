using Fairlead.Client.Api;

namespace Fairlead.Web.Live;

/// <summary>
/// Makes rates out of counters that only grow: of this replica's where it is alone, else of the newest minute of all.
/// </summary>
internal static class TrafficRates
{
    /// <summary>Over which counters are compared; short enough to see a change, long enough not to flicker.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(10);

    /// <summary>The rates between an earlier reading and this one.</summary>
    /// <param name="before">The earlier reading; null at first.</param>
    /// <param name="now">This one.</param>
    /// <param name="alone">One replica serves everything.</param>
    public static Dictionary<string, TrafficRate> Between(TrafficInfo? before, TrafficInfo now, bool alone)
    {
        var earlier = before?.Endpoints.ToDictionary(each => each.Endpoint, StringComparer.Ordinal);
        var seconds = before is null ? 0 : (now.At - before.At).TotalSeconds;
        var rates = new Dictionary<string, TrafficRate>(StringComparer.Ordinal);
        foreach (var endpoint in now.Endpoints)
        {
            rates[endpoint.Endpoint] = alone && seconds > 0
                && earlier!.TryGetValue(endpoint.Endpoint, out var then)
                    ? OfCounters(then, endpoint, seconds)
                    : OfMinute(endpoint);
        }

        return rates;
    }

    private static TrafficRate OfCounters(EndpointTrafficInfo then, EndpointTrafficInfo now, double seconds)
    {
        var (requests, failed) = (0d, 0d);
        var variants = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var variant in now.Variants)
        {
            // A variant that was placed anew, or is another version now, counts from nothing.
            var start = then.Variants.FirstOrDefault(each =>
                each.Variant == variant.Variant && each.Version == variant.Version
                && each.Requests <= variant.Requests);
            var more = variant.Requests - (start?.Requests ?? 0);
            requests += more;
            failed += variant.Failed - (start?.Failed ?? 0);
            variants[variant.Variant] = variants.GetValueOrDefault(variant.Variant) + more / seconds;
        }

        return new TrafficRate(requests / seconds, requests > 0 ? failed / requests : null, variants);
    }

    private static TrafficRate OfMinute(EndpointTrafficInfo endpoint)
    {
        if (endpoint.Requests.Count == 0)
            return TrafficRate.None;
        var (requests, failed) = ((double)endpoint.Requests[^1], (double)endpoint.Failed[^1]);
        return new TrafficRate(
            requests / 60, requests > 0 ? failed / requests : null, new Dictionary<string, double>());
    }
}
