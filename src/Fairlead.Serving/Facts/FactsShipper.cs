using Fairlead.Serving.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Serving.Facts;

/// <summary>
/// Brings the facts of observed endpoints to whoever decides about them, each second, and records of answers as they
/// come. What a generation counted after the next one took over (its last requests) is brought too: each generation is
/// reported until a report has succeeded after its last request can have ended. While the database is away, the
/// generations that are over wait, at most <see cref="MaxWaiting"/>; then the oldest are given up, counted.
/// </summary>
public sealed class FactsShipper(
    RoutingTable routing, AnswerRecords records, IFactsSink sink, TimeProvider time, ILogger<FactsShipper> log)
    : BackgroundService
{
    /// <summary>Time between two reports.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long a generation is reported after another took over.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(30);

    /// <summary>Most generations that are over and wait for the database.</summary>
    public const int MaxWaiting = 64;

    /// <summary>Most records that are stored at once.</summary>
    private const int MaxRecords = 5_000;

    private readonly Dictionary<EndpointFacts, long> _known = [];
    private long _givenUp;

    /// <summary>Generations whose last facts were given up, since the start.</summary>
    public long GivenUp => Volatile.Read(ref _givenUp);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(ReportAsync(stoppingToken), StoreRecordsAsync(stoppingToken));

    private async Task ReportAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
                await ReportOnceAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The end of the process: one last report follows.
        }

        await ReportOnceAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Reports everything that is known, and lets go of what is over and stored.</summary>
    internal async Task ReportOnceAsync(CancellationToken cancellation)
    {
        foreach (var endpoint in routing.Endpoints)
        {
            if (endpoint.Serving?.Facts is { } facts)
                _known[facts] = time.GetTimestamp();
        }

        if (_known.Count == 0)
            return;

        // Told before the report: what is over by now has counted its last request.
        var over = _known.Where(each => time.GetElapsedTime(each.Value) > Aftermath)
            .OrderBy(each => each.Value).Select(each => each.Key).ToList();
        try
        {
            await sink.StoreAsync([.. _known.Keys.SelectMany(Reports)], cancellation).ConfigureAwait(false);
            foreach (var facts in _known.Keys)
                await StoreExamplesAsync(facts, cancellation).ConfigureAwait(false);
            foreach (var facts in over)
                _known.Remove(facts);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            log.FactsNotStored(failure.Message);
            GiveUp(over);
        }
    }

    /// <summary>Of the generations that are over, forgets the oldest where there are too many.</summary>
    private void GiveUp(List<EndpointFacts> over)
    {
        foreach (var facts in over.Take(over.Count - MaxWaiting))
        {
            _known.Remove(facts);
            Interlocked.Increment(ref _givenUp);
            log.FactsGivenUp(facts.Route.Spec.Name.ToString(), facts.Route.Generation);
        }
    }

    private static IEnumerable<FactsReport> Reports(EndpointFacts facts)
    {
        var route = facts.Route;
        var arms = route.Spec.Arms;
        for (var i = 0; i < arms.Length; i++)
        {
            yield return new FactsReport(route.Spec.Name, route.EndpointNumber, route.Generation,
                arms[i].Name, FactsImage.Of(facts.Arm(i)));
        }
    }

    /// <summary>What is not stored now is tried again with the next report, unless worse examples take its place.
    /// </summary>
    private async Task StoreExamplesAsync(EndpointFacts facts, CancellationToken cancellation)
    {
        var variants = facts.Route.Spec.Variants;
        for (var i = 0; i < variants.Length; i++)
        {
            var examples = facts.Arm(i).Worst.Unstored();
            if (examples.Count == 0)
                continue;
            await sink.StoreAsync(variants[i].Name, examples, cancellation).ConfigureAwait(false);
            facts.Arm(i).Worst.Stored(examples);
        }
    }

    private async Task StoreRecordsAsync(CancellationToken cancellation)
    {
        var batch = new List<AnswerRecord>();
        try
        {
            while (await records.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                while (batch.Count < MaxRecords && records.Reader.TryRead(out var record))
                    batch.Add(record);
                await StoreAsync(batch, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            while (records.Reader.TryRead(out var record))
                batch.Add(record);
            await StoreAsync(batch, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Stores a batch. While that fails, the batch waits and the queue before it fills; requests drop their records
    /// then, counted.
    /// </summary>
    private async Task StoreAsync(List<AnswerRecord> batch, CancellationToken cancellation)
    {
        while (batch.Count > 0)
        {
            try
            {
                await sink.StoreAsync(batch, cancellation).ConfigureAwait(false);
                batch.Clear();
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                log.RecordsNotStored(batch.Count, failure.Message);
                if (cancellation == CancellationToken.None)
                    return;
                await Task.Delay(Interval, time, cancellation).ConfigureAwait(false);
            }
        }

        // A short rest lets records gather, so that a transaction is paid for by many.
        await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellation).ConfigureAwait(false);
    }
}
