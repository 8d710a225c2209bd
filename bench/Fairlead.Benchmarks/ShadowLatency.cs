using System.Diagnostics;
using System.Globalization;
using Fairlead.Benchmarks.Steps.Serving;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;

namespace Fairlead.Benchmarks;

/// <summary>
/// How long callers wait beside candidates in the shadow that sleep or that burn processor time. Requests come one by
/// one at a steady pace; the rounds of the three cases take turns, so that a busy machine hits all.
/// </summary>
internal static class ShadowLatency
{
    private const int Rounds = 15;
    private const int Requests = 1000;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ChampionComputes = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan ShadowSleeps = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShadowComputes = 10 * ChampionComputes;

    public static async Task WriteAsync()
    {
        (string Name, NullRuntime? Shadow)[] cases =
        [
            ("no candidate in the shadow", null),
            ("one that sleeps for a second", new NullRuntime(sleeps: ShadowSleeps)),
            ("one that computes ten times as long as the champion", new NullRuntime(computes: ShadowComputes)),
        ];
        var planes = cases
            .Select(each => new CreditPlane(new NullRuntime(ChampionComputes), null, each.Shadow)).ToList();
        foreach (var plane in planes)
            await plane.Shadows.StartAsync(CancellationToken.None);
        foreach (var plane in planes)
            Ask(plane);

        var waits = cases.Select(_ => new List<(double Median, double Late)>()).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < planes.Count; i++)
                waits[i].Add(Ask(planes[i]));
        }

        Console.WriteLine("| every request is copied to | p50 µs | p99 µs | copies run | copies dropped |");
        Console.WriteLine("|---|---|---|---|---|");
        for (var i = 0; i < planes.Count; i++)
        {
            var (shadows, late) = (planes[i].Shadows, waits[i].Select(wait => wait.Late).Order().ToList());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {cases[i].Name} | {waits[i].Select(wait => wait.Median).Order().ElementAt(Rounds / 2):0} | "
                + $"{late[Rounds / 2]:0} ({late[0]:0}–{late[^1]:0}) | {shadows.Ran} | {shadows.Dropped} |"));
        }

        Console.WriteLine();
        foreach (var plane in planes)
        {
            await plane.Shadows.StopAsync(CancellationToken.None);
            await plane.DisposeAsync();
        }
    }

    /// <summary>Microseconds that callers of one round wait.</summary>
    private static (double Median, double Late) Ask(CreditPlane plane)
    {
        using var codec = new NativeCodec(new RequestLimits());
        var (body, waits, began) = (CreditPlane.Body(rows: 1), new double[Requests], Stopwatch.GetTimestamp());
        for (var i = 0; i < Requests; i++)
        {
            while (Stopwatch.GetElapsedTime(began) < i * Pace)
                Thread.SpinWait(20);
            var asked = Stopwatch.GetTimestamp();
            var call = plane.Calls.Rent();
            codec.Begin(body, null);
            plane.Predict(call, codec);
            codec.End();
            plane.Calls.Return(call);
            waits[i] = Stopwatch.GetElapsedTime(asked).TotalMicroseconds;
        }

        Array.Sort(waits);
        return (waits[Requests / 2], waits[Requests * 99 / 100]);
    }
}
