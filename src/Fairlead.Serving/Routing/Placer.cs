using System.Collections.Immutable;
using Fairlead.Core.Endpoints;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Loading;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Records;
using Fairlead.Serving.Shadow;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Serving.Routing;

/// <summary>
/// Brings this replica to what the routing feed asks for: place and warm every version of a generation, then route to
/// it in one swap, then let the generation before drain and unload what nobody uses any more. While anything of a
/// generation cannot be placed, the generation before goes on answering.
/// </summary>
public sealed class Placer(
    IRoutingFeed feed, RoutingTable table, PlacedVersions versions, LoadJournal journal, RunGate gate,
    TimeProvider time, ILogger<Placer> log, ShadowRunner shadows, AnswerRecords records, RecordLog? recordLog = null)
    : BackgroundService
{
    /// <summary>A generation that could not be placed is tried again after this long.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(15);

    private readonly Dictionary<EndpointName, EndpointState> _endpoints = [];
    private readonly Dictionary<EndpointName, Attempt> _failed = [];
    private readonly Dictionary<EndpointName, Task> _placing = [];
    private readonly Lock _lock = new();
    private bool _placedOnce;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        journal.Released += TryFailedAgain;
        var signs = SignOfLifeAsync(stoppingToken);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
                await RoundAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process; what is loaded stays loaded until the last request has been answered.
        }

        await signs.ConfigureAwait(false);
    }

    private async Task RoundAsync(CancellationToken cancellation)
    {
        RoutingSnapshot snapshot;
        try
        {
            snapshot = await feed.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            log.FeedFailed(e);
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation).ConfigureAwait(false);
            return;
        }

        var started = Reconcile(snapshot, cancellation);
        if (!_placedOnce)
        {
            await Task.WhenAll(started).ConfigureAwait(false);
            _placedOnce = true;
            table.Placed();
        }

        await feed.WaitForChangeAsync(snapshot.Revision, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Starts placing what is new, each endpoint on its own, so that a slow load delays no other endpoint.
    /// </summary>
    private List<Task> Reconcile(RoutingSnapshot snapshot, CancellationToken cancellation)
    {
        lock (_lock)
        {
            foreach (var wanted in snapshot.Endpoints)
            {
                if (!_endpoints.ContainsKey(wanted.Spec.Name))
                    _endpoints.Add(wanted.Spec.Name, new EndpointState(wanted.Spec.Name));
                if (_placing.ContainsKey(wanted.Spec.Name) || !IsNews(wanted))
                    continue;
                _placing[wanted.Spec.Name] = Task.Run(() => PlaceAsync(wanted, cancellation), CancellationToken.None);
            }

            var names = snapshot.Endpoints.Select(wanted => wanted.Spec.Name).ToHashSet();
            foreach (var gone in _endpoints.Keys.Where(name => !names.Contains(name) && !_placing.ContainsKey(name))
                .ToList())
            {
                var state = _endpoints[gone];
                _endpoints.Remove(gone);
                _failed.Remove(gone);
                var variants = state.Serving?.Variants ?? [];

                // First out of the routing, then retired: a request that holds the endpoint must find the way out.
                state.Swap(null);
                _ = RetireAsync(variants);
                log.EndpointRemoved(gone.ToString());
            }

            table.Replace(_endpoints.Values);
            return [.. _placing.Values];
        }
    }

    private bool IsNews(RoutedEndpoint wanted)
    {
        if (_endpoints[wanted.Spec.Name].Serving is { } serving && serving.Route.Generation == wanted.Generation
            && serving.WithoutContact == wanted.WithoutContact)
        {
            return false;
        }

        return !_failed.TryGetValue(wanted.Spec.Name, out var attempt)
            || attempt.Generation != wanted.Generation
            || time.GetElapsedTime(attempt.At) >= RetryAfter;
    }

    private async Task PlaceAsync(RoutedEndpoint wanted, CancellationToken cancellation)
    {
        var name = wanted.Spec.Name;
        var report = new PlacementReport(name, wanted.Generation, PlacementState.Placing);
        try
        {
            // Told while the versions load: the news may take as long as the load.
            var telling = wanted.WithoutContact
                ? Task.CompletedTask
                : feed.AcknowledgeAsync(report, cancellation);
            await SwapAsync(wanted, cancellation).ConfigureAwait(false);
            await telling.ConfigureAwait(false);
            lock (_lock)
                _failed.Remove(name);
            report = report with { State = PlacementState.Serving };
            if (wanted.WithoutContact)
                log.EndpointWithoutContact(name.ToString(), wanted.Generation, wanted.Spec.Stable.ToString());
            else
                log.EndpointServing(name.ToString(), wanted.Generation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            lock (_lock)
                _failed[name] = new Attempt(wanted.Generation, time.GetTimestamp());
            report = report with { State = PlacementState.Failed, Why = e.Message };
            log.PlacementFailed(name.ToString(), wanted.Generation, e.Message);
        }
        finally
        {
            lock (_lock)
                _placing.Remove(name);
        }

        if (!wanted.WithoutContact)
            await feed.AcknowledgeAsync(report, cancellation).ConfigureAwait(false);
    }

    private async Task SwapAsync(RoutedEndpoint wanted, CancellationToken cancellation)
    {
        EndpointState state;
        lock (_lock)
            state = _endpoints[wanted.Spec.Name];

        // First, before anything is loaded: without it an endpoint that shall be recorded is not served.
        var key = recordLog is null || wanted.Spec.Log is null
            ? null
            : await recordLog.ReadKeyAsync(cancellation).ConfigureAwait(false);
        var before = state.Serving?.Variants ?? [];
        var after = new List<VariantState?>();
        var taken = new List<PlacedVersion>();
        var arms = wanted.Spec.Arms;
        int[] capacities = [.. Bulkheads.Divide(wanted.Spec).Zip(arms, (places, arm) =>
            VariantState.IsShadowArm(arm) ? ShadowRunner.Capacity : places)];
        try
        {
            for (var i = 0; i < arms.Length; i++)
            {
                var spec = arms[i];
                var kept = before.FirstOrDefault(variant => variant.Serves(spec));
                if (kept is null && spec.Version is { } id)
                {
                    var version = wanted.Versions.Single(candidate => candidate.Id == id);
                    var placed = await versions.TakeAsync(version, spec.Settings.ThreadsPerRun, cancellation)
                        .ConfigureAwait(false);
                    taken.Add(placed);
                    var runs = VariantState.IsShadowArm(spec) ? shadows.Gate : gate;
                    kept = new VariantState(spec, placed, runs, capacities[i]);
                }

                after.Add(kept);
            }
        }
        catch
        {
            foreach (var placed in taken)
                await versions.ReleaseAsync(placed).ConfigureAwait(false);
            throw;
        }

        var route = new EndpointRoute(wanted.Spec, wanted.Number, wanted.Generation, wanted.Salt);
        var serving = Complete(after, arms, route.StableIndex, capacities);
        var next = new EndpointServing(route, serving)
        {
            Log = key is null ? null : recordLog!.Open(route, serving, key),
            Schemas = EndpointServing.SchemasOf(wanted.Spec.Schema, serving, state.Serving),
        };
        state.Swap(WithFacts(next, wanted, state.Serving, key));
        _ = RetireAsync([.. before.Except(serving)]);
    }

    /// <summary>
    /// Facts of a generation begin with it. Without contact none are kept, for what is served then is not that
    /// generation; when contact returns to the same generation, its facts go on.
    /// </summary>
    private EndpointServing WithFacts(
        EndpointServing next, RoutedEndpoint wanted, EndpointServing? before, byte[]? key)
    {
        var known = before?.Route.Generation == wanted.Generation ? before.Facts ?? before.Suspended : null;
        if (wanted.WithoutContact)
            return next with { WithoutContact = true, Suspended = known };
        if (wanted.Spec.Watched is null)
            return next;
        return next with
        {
            Facts = known is not null && next.Variants.SequenceEqual(before!.Variants)
                ? known
                : new EndpointFacts(next.Route, next.Variants, records, time, key),
        };
    }

    /// <summary>Arms without a model read requests as stable does, so they come when its version is there.</summary>
    private static List<VariantState> Complete(
        List<VariantState?> placed, ImmutableArray<VariantSpec> arms, int stable, int[] capacities)
    {
        var reads = placed[stable]!.Signature;
        var complete = new List<VariantState>(arms.Length);
        for (var i = 0; i < arms.Length; i++)
        {
            var arm = placed[i] is { } kept && kept.Serves(arms[i], reads)
                ? kept
                : new VariantState(arms[i], reads, capacities[i]);
            arm.Bulkhead.Capacity = capacities[i];
            complete.Add(arm);
        }

        return complete;
    }

    private void TryFailedAgain()
    {
        lock (_lock)
            _failed.Clear();
    }

    /// <summary>Waits until the last request has left, then gives the versions back.</summary>
    private async Task RetireAsync(IReadOnlyList<VariantState> variants)
    {
        foreach (var variant in variants)
        {
            await variant.Bulkhead.RetireAsync().ConfigureAwait(false);
            variant.Dispose();
            if (variant.Placed is { } placed)
                await versions.ReleaseAsync(placed).ConfigureAwait(false);
            log.VariantDrained(variant.Name.ToString(), variant.Version?.ToString() ?? variant.VersionText);
        }
    }

    private async Task SignOfLifeAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                try
                {
                    journal.Touch();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    log.SignOfLifeFailed(e.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the process.
        }
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Attempt(long Generation, long At);
}
