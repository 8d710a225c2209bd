using System.Diagnostics;
using System.Globalization;
using Fairlead.Benchmarks.Steps;

namespace Fairlead.Benchmarks;

/// <summary>
/// What a rollout's facts cost a request, as processor time of pairs of rounds one beside the other, so that a busy
/// machine hits both.
/// </summary>
internal static class CanaryCost
{
    private const int WarmUp = 60_000;
    private const int Rounds = 101;
    private const int Iterations = 2000;
    private const double MostMicroseconds = 4;
    private const double MostBytes = 300;

    public static async Task WriteAsync()
    {
        await using var plain = AllSteps.ByName["pipeline.null"]();
        await using var canary = AllSteps.ByName["pipeline.null.canary"]();
        Do(plain, WarmUp);
        Do(canary, WarmUp);

        var (plains, canaries, differences) = (new double[Rounds], new double[Rounds], new double[Rounds]);
        for (var round = 0; round < Rounds; round++)
        {
            plains[round] = Microseconds(plain);
            canaries[round] = Microseconds(canary);
            differences[round] = canaries[round] - plains[round];
        }

        var more = Median(differences);
        var cheap = more <= MostMicroseconds ? "reached" : "missed";
        var bytes = Allocation.BytesPerCall(canary.Do) - Allocation.BytesPerCall(plain.Do);
        var small = bytes <= MostBytes ? "reached" : "missed";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            |  | a request |
            |---|---|
            | the pipeline without a model and without a rollout | {Median(plains):0.0} µs |
            | with a rollout: counts, times, an output, a slice and a record for outcomes | {Median(canaries):0.0} µs |
            | difference, median of {Rounds} pairs | {more:0.0} µs (at most {MostMicroseconds:0}: {cheap}) |
            | managed memory besides | {bytes:0} bytes (at most {MostBytes:0}: {small}) |

            """));
    }

    private static void Do(IStep step, int times)
    {
        for (var i = 0; i < times; i++)
            step.Do();
    }

    private static double Microseconds(IStep step)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        Do(step, Iterations);
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMicroseconds / Iterations;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
