using System.Buffers;
using System.Globalization;
using Fairlead.Core.Monitoring;
using Fairlead.Inference.Batching;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Shadow;

namespace Fairlead.Serving.Telemetry;

/// <summary>Writes the counts of the data plane in Prometheus's text format, version 0.0.4.</summary>
public sealed class MetricsPage(
    RoutingTable table, RefusalMeter refusals, ProcessMeter process, ShadowRunner? shadows = null,
    AnswerRecords? records = null, IEnumerable<IMetricsSource>? sources = null, FactsShipper? facts = null)
{
    public void Write(IBufferWriter<byte> to)
    {
        var page = new PrometheusWriter(to);
        var variants = table.Endpoints
            .Where(endpoint => endpoint.Serving is not null)
            .SelectMany(endpoint => endpoint.Serving!.Variants.Select(variant => new Labelled(endpoint, variant)))
            .ToList();
        WriteRequests(page, variants);
        WriteLatencies(page, variants);
        WriteBatches(page, variants);
        WriteLoads(page, variants);
        WriteSchemas(page, variants);
        WriteEndpoints(page);
        WriteRefusals(page);
        WriteFacts(page);
        foreach (var source in sources ?? [])
            source.Write(page);
        process.Write(page);
    }

    private static void WriteRequests(PrometheusWriter page, List<Labelled> variants)
    {
        page.Family("fairlead_requests_total", "counter", "Requests by how they ended; reason none is an answer.");
        foreach (var variant in variants)
        {
            for (var failure = 0; failure < FailureTable.Count; failure++)
            {
                var count = variant.Meter.Count((PredictFailure)failure);
                if (count > 0 || failure == 0)
                    page.Sample("fairlead_requests_total", variant.With("reason", ((PredictFailure)failure).Code()),
                        count);
            }
        }

        page.Family("fairlead_rows_total", "counter", "Rows answered.");
        foreach (var variant in variants)
            page.Sample("fairlead_rows_total", variant.Labels, variant.Meter.Rows);
    }

    private static void WriteLatencies(PrometheusWriter page, List<Labelled> variants)
    {
        page.Family("fairlead_request_duration_seconds", "histogram",
            "Time by stage: total from arrival to the written answer, queue before the run, compute the run, encode "
                + "the answer.");
        foreach (var variant in variants)
        {
            page.Histogram("fairlead_request_duration_seconds", variant.With("stage", "total"), variant.Meter.Total);
            page.Histogram("fairlead_request_duration_seconds", variant.With("stage", "queue"), variant.Meter.Queue);
            page.Histogram("fairlead_request_duration_seconds", variant.With("stage", "compute"),
                variant.Meter.Compute);
            page.Histogram("fairlead_request_duration_seconds", variant.With("stage", "encode"), variant.Meter.Encode);
        }
    }

    private static void WriteBatches(PrometheusWriter page, List<Labelled> variants)
    {
        page.Family("fairlead_batch_rows", "histogram", "Rows of each run of the model.");
        Span<long> counts = stackalloc long[VariantMeter.BatchBounds.Length + 1];
        foreach (var variant in variants)
        {
            variant.Meter.ReadBatches(counts);
            page.Histogram("fairlead_batch_rows", variant.Labels, VariantMeter.BatchBounds, counts,
                variant.Meter.BatchRows);
        }

        page.Family("fairlead_batches_total", "counter", "Runs of the model by why they began when they did.");
        foreach (var variant in variants)
        {
            foreach (var reason in Enum.GetValues<DispatchReason>())
                page.Sample("fairlead_batches_total", variant.With("reason", reason.ToString().ToLowerInvariant()),
                    variant.Meter.Runs(reason));
        }
    }

    private static void WriteLoads(PrometheusWriter page, List<Labelled> variants)
    {
        Gauge(page, variants, "fairlead_in_flight", "Requests running or waiting.", variant =>
            variant.State.Bulkhead.Inside);
        Gauge(page, variants, "fairlead_in_flight_limit", "Most requests running or waiting.", variant =>
            variant.State.Bulkhead.Capacity);
        Gauge(page, variants, "fairlead_queue_depth", "Requests waiting for a processor or for company.", variant =>
            variant.State.Queue?.Depth ?? 0);
        Gauge(page, variants, "fairlead_load_seconds", "Time to load and warm the version here.", variant =>
            variant.State.Placed?.LoadTime.TotalSeconds ?? 0);
        Gauge(page, variants, "fairlead_model_memory_bytes", "Resident memory of the version, as probed.", variant =>
            variant.State.Placed?.AccountedBytes ?? 0);
        page.Family("fairlead_compute_cpu_seconds_total", "counter", "Processor time of the model's runs.");
        foreach (var variant in variants)
            page.Sample("fairlead_compute_cpu_seconds_total", variant.Labels, variant.Meter.ProcessorTime.TotalSeconds);
    }

    private static void Gauge(PrometheusWriter page, List<Labelled> variants, string name, string help, Func<Labelled,
        double> value)
    {
        page.Family(name, "gauge", help);
        foreach (var variant in variants)
            page.Sample(name, variant.Labels, value(variant));
    }

    private static void WriteSchemas(PrometheusWriter page, List<Labelled> variants)
    {
        page.Family("fairlead_schema_faults_total", "counter",
            "Rows that broke the endpoint's schema, by column and fault.");
        foreach (var variant in variants)
        {
            foreach (var (column, fault, rows) in variant.Endpoint.Serving?.SchemaOf(variant.State)?.Read() ?? [])
            {
                page.Sample("fairlead_schema_faults_total",
                    $"{variant.With("column", PrometheusWriter.Escape(column))},fault=\"{SchemaRules.Word(fault)}\"",
                    rows);
            }
        }
    }

    private void WriteEndpoints(PrometheusWriter page)
    {
        page.Family("fairlead_requests_without_unit_total", "counter",
            "Requests without a unit, which went to the stable variant.");
        foreach (var endpoint in table.Endpoints)
            page.Sample("fairlead_requests_without_unit_total", Label(endpoint), endpoint.WithoutUnit);
        page.Family("fairlead_requests_unknown_version_total", "counter",
            "Requests for a version that the endpoint does not serve.");
        foreach (var endpoint in table.Endpoints)
            page.Sample("fairlead_requests_unknown_version_total", Label(endpoint), endpoint.UnknownVersion);
        page.Family("fairlead_endpoint_generation", "gauge", "Generation of the routing in force.");
        foreach (var endpoint in table.Endpoints)
            page.Sample("fairlead_endpoint_generation", Label(endpoint), endpoint.Serving?.Route.Generation ?? 0);
        page.Family("fairlead_endpoint_without_contact", "gauge",
            "1 while the endpoint is back at stable here because nobody can control its rollout.");
        foreach (var endpoint in table.Endpoints)
        {
            page.Sample("fairlead_endpoint_without_contact", Label(endpoint),
                endpoint.Serving is { WithoutContact: true } ? 1 : 0);
        }

        page.Family("fairlead_endpoint_contact_losses_total", "counter",
            "Times that an endpoint went back to stable here because nobody could control its rollout.");
        foreach (var endpoint in table.Endpoints)
            page.Sample("fairlead_endpoint_contact_losses_total", Label(endpoint), endpoint.ContactLosses);
        page.Family("fairlead_requests_unknown_endpoint_total", "counter", "Requests for endpoints that do not exist.");
        page.Sample("fairlead_requests_unknown_endpoint_total", "", table.UnknownEndpoints);
    }

    private void WriteRefusals(PrometheusWriter page)
    {
        page.Family("fairlead_refusals_total", "counter",
            "Requests refused before any variant had them, by the door that they came to.");
        foreach (var (door, reason, count) in refusals.ReadAll())
            page.Sample("fairlead_refusals_total", $"door=\"{door}\",reason=\"{reason}\"", count);
    }

    private void WriteFacts(PrometheusWriter page)
    {
        if (shadows is not null)
        {
            page.Family("fairlead_shadow_copies_total", "counter", "Copies of requests that candidates ran.");
            page.Sample("fairlead_shadow_copies_total", "", shadows.Ran);
            page.Family("fairlead_shadow_drops_total", "counter", "Copies that were not run, by why.");
            shadows.Drops.Write(page, "fairlead_shadow_drops_total", "reason");
        }

        if (records is not null)
        {
            page.Family("fairlead_record_drops_total", "counter",
                "Records of answers that were dropped because too many waited to be stored.");
            page.Sample("fairlead_record_drops_total", "", records.Dropped);
            page.Family("fairlead_record_rows_left_out_total", "counter",
                "Rows of long requests that left no record.");
            page.Sample("fairlead_record_rows_left_out_total", "", records.LeftOut);
        }

        if (facts is not null)
        {
            page.Family("fairlead_facts_given_up_total", "counter",
                "Generations whose last facts were given up because too many waited to be stored.");
            page.Sample("fairlead_facts_given_up_total", "", facts.GivenUp);
        }
    }

    private static string Label(EndpointState endpoint) =>
        $"endpoint=\"{PrometheusWriter.Escape(endpoint.Name.ToString())}\"";

    private sealed record Labelled(EndpointState Endpoint, VariantState State)
    {
        public VariantMeter Meter => State.Meter;

        public string Labels { get; } = string.Create(CultureInfo.InvariantCulture,
            $"{Label(Endpoint)},variant=\"{PrometheusWriter.Escape(State.Name.ToString())}\","
            + $"model=\"{PrometheusWriter.Escape(State.ModelText)}\","
            + $"version=\"{State.VersionText}\"");

        public string With(string label, string value) => $"{Labels},{label}=\"{value}\"";
    }
}
