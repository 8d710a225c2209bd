using System.Collections.Frozen;
using System.Diagnostics.Metrics;

namespace Fairlead.Serving.Telemetry;

/// <summary>
/// Counters by one word of a closed list, for the metrics page and for exporters alike. Words that never happened are
/// there with 0, so that a rate is known from the first time on.
/// </summary>
public sealed class ReasonCounts
{
    private readonly string[] _reasons;
    private readonly FrozenDictionary<string, int> _places;
    private readonly long[] _counts;

    /// <summary>Makes counters.</summary>
    /// <param name="reasons">All words that are ever counted.</param>
    public ReasonCounts(params string[] reasons)
    {
        _reasons = reasons;
        _places = reasons.Index().ToFrozenDictionary(each => each.Item, each => each.Index, StringComparer.Ordinal);
        _counts = new long[reasons.Length];
    }

    /// <summary>All of them together.</summary>
    public long Total => ReadAll().Sum(each => each.Count);

    /// <summary>Counts; throws for a word that is not in the list.</summary>
    public void Add(string reason, long count = 1) => Interlocked.Add(ref _counts[_places[reason]], count);

    public long Count(string reason) => Volatile.Read(ref _counts[_places[reason]]);

    public IEnumerable<(string Reason, long Count)> ReadAll() =>
        _reasons.Select((reason, place) => (reason, Volatile.Read(ref _counts[place])));

    /// <summary>Writes one sample a word.</summary>
    public void Write(PrometheusWriter page, string name, string label)
    {
        foreach (var (reason, count) in ReadAll())
            page.Sample(name, $"{label}=\"{reason}\"", count);
    }

    /// <summary>Offers them to exporters under a name with a tag.</summary>
    public void Observe(Meter meter, string name, string tag, string description) =>
        meter.CreateObservableCounter(name, () => ReadAll().Select(each => new Measurement<long>(
            each.Count, new KeyValuePair<string, object?>(tag, each.Reason))), description: description);
}
