using Fairlead.Serving.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Serving.Windows;

/// <summary>
/// Takes the minutes that are over from every arm and brings them to storage. While storage is away they wait, as many
/// as <see cref="MostWaiting"/>; then the oldest go, counted. An arm that was retired is looked after until its last
/// request has been counted.
/// </summary>
public sealed class WindowSealer(
    RoutingTable routing, IWindowSink sink, WindowMeter meter, TimeProvider time, ILogger<WindowSealer> log)
    : BackgroundService
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Most windows that wait for storage.</summary>
    public const int MostWaiting = 2_000;

    /// <summary>How long an arm is looked after when it is no longer routed to.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(90);

    private readonly Dictionary<VariantState, Known> _known = [];
    private readonly Queue<SealedWindow> _waiting = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                await SealAsync(all: false, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process: the minute that is running is brought, too.
        }

        await SealAsync(all: true, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Takes what is over and stores what waits.</summary>
    internal async Task SealAsync(bool all, CancellationToken cancellation)
    {
        Look();
        var taken = new Dictionary<(int, int, string, string, long), SealedWindow>();
        foreach (var (variant, known) in _known.ToList())
        {
            foreach (var minute in variant.Windows.Take(all, time))
                Add(taken, Named(variant, known, minute));
            meter.Lose(variant.Windows.TakeLost());
            if (time.GetElapsedTime(known.SeenAt) > Aftermath && variant.Windows.IsIdle)
                _known.Remove(variant);
        }

        foreach (var window in taken.Values.OrderBy(window => window.Minute))
            Wait(window);
        while (_waiting.TryPeek(out var window))
        {
            try
            {
                await sink.StoreAsync(window, cancellation).ConfigureAwait(false);
                _waiting.Dequeue();
                meter.Store();
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                log.WindowsNotStored(_waiting.Count, failure.Message);
                return;
            }
        }
    }

    private void Look()
    {
        foreach (var endpoint in routing.Endpoints)
        {
            if (endpoint.Serving is not { } serving)
                continue;
            foreach (var variant in serving.Variants)
                _known[variant] = new Known(serving, time.GetTimestamp());
        }
    }

    /// <summary>An arm that went and came back within a minute has one window of it.</summary>
    private static void Add(
        Dictionary<(int, int, string, string, long), SealedWindow> taken, SealedWindow window)
    {
        var key = (window.EndpointNumber, window.ArmNumber, window.Model, window.Version, window.Minute);
        if (!taken.TryAdd(key, window))
            taken[key].Window.Merge(window.Window);
    }

    private void Wait(SealedWindow window)
    {
        _waiting.Enqueue(window);
        if (_waiting.Count <= MostWaiting)
            return;
        _waiting.Dequeue();
        meter.Lose(1);
    }

    private static SealedWindow Named(VariantState variant, Known known, ArmMinute minute) => new(
        known.Serving.Route.Spec.Name, known.Serving.Route.EndpointNumber, variant.Name, variant.ArmNumber,
        variant.ModelText, variant.VersionText, minute.Minute, minute.Window);

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Known(EndpointServing Serving, long SeenAt);
}
