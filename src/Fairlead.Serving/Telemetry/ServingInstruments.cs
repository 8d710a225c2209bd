using System.Diagnostics.Metrics;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Shadow;

namespace Fairlead.Serving.Telemetry;

/// <summary>
/// The same counts as on the metrics page, as instruments for an OpenTelemetry exporter. They are read when an export
/// is due and cost a request nothing, but for the histogram, which is recorded only while somebody exports it.
/// </summary>
public sealed class ServingInstruments : IDisposable
{
    /// <summary>The name under which exporters subscribe.</summary>
    public const string MeterName = "Fairlead.Serving";

    private readonly Meter _meter;
    private readonly RoutingTable _table;
    private readonly Histogram<double> _duration;

    public ServingInstruments(
        RoutingTable table, RefusalMeter refusals, IMeterFactory meters, ShadowRunner? shadows = null,
        AnswerRecords? records = null, FactsShipper? facts = null)
    {
        _table = table;
        Refusals = refusals;
        _meter = meters.Create(MeterName);
        _duration = _meter.CreateHistogram<double>(
            "fairlead.request.duration", "s", "From the arrival of a request to its written answer.");
        _meter.CreateObservableCounter("fairlead.requests", Requests, "{request}", "Requests by how they ended.");
        _meter.CreateObservableCounter(
            "fairlead.refusals", ReadRefusals, "{request}", "Requests refused before any variant had them.");
        _meter.CreateObservableCounter("fairlead.rows", () =>
            Each(state => state.Meter.Rows), "{row}", "Rows answered.");
        _meter.CreateObservableCounter(
            "fairlead.compute.cpu.time", () =>
                Each(state => state.Meter.ProcessorTime.TotalSeconds), "s", "Processor time of the model's runs.");
        _meter.CreateObservableGauge(
            "fairlead.in_flight", () =>
                Each(state => state.Bulkhead.Inside), "{request}", "Requests running or waiting.");
        _meter.CreateObservableGauge(
            "fairlead.queue.depth", () =>
                Each(state => state.Queue?.Depth ?? 0), "{request}",
            "Requests waiting for a processor or for company.");
        _meter.CreateObservableGauge(
            "fairlead.model.memory", () =>
                Each(state => state.Placed?.AccountedBytes ?? 0), "By", "Resident memory of the version, as probed.");
        Observe(shadows, records, facts);
    }

    /// <summary>The count of requests that no variant was charged with.</summary>
    internal RefusalMeter Refusals { get; }

    public void Dispose() => _meter.Dispose();

    internal void Record(PredictCall call, TimeSpan duration)
    {
        if (!_duration.Enabled || call.Variant is not { } variant)
            return;

        _duration.Record(
            duration.TotalSeconds,
            new("fairlead.endpoint", call.EndpointName),
            new("fairlead.variant", variant.Name.ToString()),
            new("fairlead.version", VersionOf(variant)));
    }

    private void Observe(ShadowRunner? shadows, AnswerRecords? records, FactsShipper? facts)
    {
        if (shadows is not null)
        {
            _meter.CreateObservableCounter("fairlead.shadow.copies", () => shadows.Ran, "{copy}",
                "Copies of requests that candidates ran.");
            shadows.Drops.Observe(_meter, "fairlead.shadow.drops", "fairlead.reason", "Copies that were not run.");
        }

        if (records is not null)
        {
            _meter.CreateObservableCounter("fairlead.record.drops", () => records.Dropped, "{record}",
                "Records of answers that were dropped.");
            _meter.CreateObservableCounter("fairlead.record.rows_left_out", () => records.LeftOut, "{row}",
                "Rows of long requests that left no record.");
        }

        if (facts is not null)
        {
            _meter.CreateObservableCounter("fairlead.facts.given_up", () => facts.GivenUp, "{generation}",
                "Generations whose last facts were given up.");
        }
    }

    private IEnumerable<Measurement<long>> Requests()
    {
        foreach (var (endpoint, state) in Variants())
        {
            for (var failure = 0; failure < FailureTable.Count; failure++)
            {
                var count = state.Meter.Count((PredictFailure)failure);
                if (count == 0 && failure > 0)
                    continue;
                yield return new Measurement<long>(
                    count, [.. Tags(endpoint, state), new("fairlead.reason", ((PredictFailure)failure).Code())]);
            }
        }
    }

    private IEnumerable<Measurement<long>> ReadRefusals() =>
        Refusals.ReadAll().Select(each => new Measurement<long>(
            each.Count, new("fairlead.door", each.Door), new("fairlead.reason", each.Reason)));

    private IEnumerable<Measurement<T>> Each<T>(Func<VariantState, T> value)
        where T : struct
    {
        foreach (var (endpoint, state) in Variants())
            yield return new Measurement<T>(value(state), Tags(endpoint, state));
    }

    private IEnumerable<(EndpointState Endpoint, VariantState State)> Variants() =>
        from endpoint in _table.Endpoints
        where endpoint.Serving is not null
        from state in endpoint.Serving!.Variants
        select (endpoint, state);

    /// <summary>The number of the version; for an arm without a model the word of its answer.</summary>
    private static object VersionOf(VariantState state) =>
        state.Version is { } version ? version.Number : state.VersionText;

    private static KeyValuePair<string, object?>[] Tags(EndpointState endpoint, VariantState state) =>
    [
        new("fairlead.endpoint", endpoint.Name.ToString()),
        new("fairlead.variant", state.Name.ToString()),
        new("fairlead.model", state.ModelText),
        new("fairlead.version", VersionOf(state)),
    ];
}
