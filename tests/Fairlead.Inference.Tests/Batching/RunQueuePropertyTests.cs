using System.Globalization;
using System.Runtime.InteropServices;
using CsCheck;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Tests.Batching;

/// <summary>
/// Many callers at once, with requests of every kind: each gets exactly its own rows or its own failure, nobody waits
/// for ever, and no place of the gate is lost. Whoever is told has his tensors back and writes over them at once,
/// unless he is told that a run still has them: then the run finds them as they were.
/// </summary>
public class RunQueuePropertyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Most requests are good, so that batches form.</summary>
    private static readonly Gen<Oddity> Oddities = Gen.Frequency(
        (12, Gen.Const(Oddity.None)),
        (3, Gen.Const(Oddity.Slow)),
        (1, Gen.Const(Oddity.Blocking)),
        (1, Gen.Const(Oddity.Refused)),
        (1, Gen.Const(Oddity.Broken)),
        (1, Gen.Const(Oddity.GivesUp)),
        (1, Gen.Const(Oddity.RowTooMany)),
        (1, Gen.Const(Oddity.NoRows)));

    private static readonly Gen<Request> Requests =
        from rows in Gen.Int[0, 4]
        from width in Gen.Int[1, 2]
        from oddity in Oddities
        from zRows in Gen.Frequency((6, Gen.Const(rows)), (1, Gen.Int[1, 5]))
        from bias in Gen.Frequency((6, Gen.Const(0)), (1, Gen.Int[1, 9]))
        from deadline in Gen.Frequency((5, Gen.Const(0)), (1, Gen.Int[1, 30]))
        from cancel in Gen.Frequency((5, Gen.Const(-1)), (1, Gen.Int[0, 30]))
        from pause in Gen.Frequency((5, Gen.Const(0)), (1, Gen.Int[1, 4]))
        from queue in Gen.Int[0, 1]
        select new Request(rows, width, oddity, zRows, bias, deadline, cancel, pause, queue);

    private static readonly Gen<BatchSettings> Settings =
        from maxRows in Gen.Frequency((1, Gen.Const(1)), (6, Gen.Int[2, 12]))
        from delay in Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 5]))
        from preferred in Gen.Int[1, 12].Array[0, 2]
        select new BatchSettings
        {
            MaxRows = maxRows,
            MaxDelay = TimeSpan.FromMilliseconds(delay),
            PreferredRows = [.. preferred],
        };

    [Fact]
    public Task Run_AnyMixOfRequests_GivesEachItsOwn() =>
        Gen.Select(Settings, Gen.Int[1, 3], Requests.Array[1, 6].Array[1, 12])
            .SampleAsync(
                sample => CheckAsync(sample.Item1, sample.Item2, sample.Item3), iter: 60, threads: 1);

    private static async Task CheckAsync(BatchSettings settings, int places, Request[][] callers)
    {
        using var gate = new RunGate(places, TimeProvider.System);
        OddRuntime[] runtimes = [new(), new()];
        RunQueue[] queues = [new(runtimes[0], settings, gate), new(runtimes[1], settings, gate)];

        var work = callers.Select((requests, caller) => Task.Run(async () =>
        {
            // One item for all requests of a caller: what the watch still knows of the last must not touch the next.
            var item = new RunItem();
            for (var i = 0; i < requests.Length; i++)
                await AskAsync(queues[requests[i].Queue], item, requests[i], seed: (caller * 100) + i);
        }));
        await Task.WhenAll(work).WaitAsync(Patience);

        foreach (var queue in queues)
        {
            queue.Depth.ShouldBe(0);
            queue.Dispose();
        }

        await AllPlacesComeBackAsync(gate);
        runtimes.ShouldAllBe(runtime => runtime.Violations == 0);
    }

    private static async Task AllPlacesComeBackAsync(RunGate gate)
    {
        // The last callers have their answers shortly before their places are free.
        var free = 0;
        for (var tries = 0; free < gate.ConcurrentRuns; tries++)
        {
            tries.ShouldBeLessThan(10_000, "a place of the gate is lost");
            if (gate.TryEnter(isShort: false, out _))
                free++;
            else
                await Task.Delay(1);
        }

        gate.TryEnter(isShort: false, out _).ShouldBeFalse();
    }

    private static async Task AskAsync(RunQueue queue, RunItem item, Request request, int seed)
    {
        if (request.Pause > 0)
            await Task.Delay(request.Pause);

        var inputs = TensorSet.Rent(3);
        var outputs = TensorSet.Rent(2);
        using var expected = TensorSet.Rent(2);
        using var cancel = new CancellationTokenSource();
        request.Fill(inputs, seed);
        OddRuntime.Answer(inputs, expected);
        if (request.Cancel >= 0)
            cancel.CancelAfter(request.Cancel);

        var now = TimeProvider.System.GetTimestamp();
        var deadline = request.Deadline == 0
            ? long.MaxValue
            : now + (request.Deadline * TimeProvider.System.TimestampFrequency / 1000);
        item.Prepare(inputs, outputs, request.Rows, deadline, cancel.Token);
        Exception? failure = null;
        try
        {
            await queue.RunAsync(item);
        }
        catch (Exception e)
        {
            failure = e;
        }

        ShouldBeItsOwn(request, item, failure, outputs, expected);
        if (item.TensorsTaken)
            item.Stopped.ShouldNotBe(StopCause.None);
        else
            GiveBack(inputs, outputs);
        item.Forget();
    }

    /// <summary>Writes over what is nobody else's any more, as its next user would.</summary>
    private static void GiveBack(TensorSet inputs, TensorSet outputs)
    {
        foreach (var set in new[] { inputs, outputs })
        {
            for (var i = 0; i < set.Count; i++)
                set[i].Bytes.Fill(0xAA);
            set.Dispose();
        }
    }

    private static void ShouldBeItsOwn(
        Request request, RunItem item, Exception? failure, TensorSet outputs, TensorSet expected)
    {
        if (item.Stopped == StopCause.Deadline)
            request.Deadline.ShouldBeGreaterThan(0, "stopped by somebody else's deadline");
        if (item.Stopped == StopCause.Cancelled)
            request.Cancel.ShouldBeGreaterThanOrEqualTo(0, "stopped by somebody else's cancellation");

        switch (failure)
        {
            case null:
                request.Fails.ShouldBeFalse();
                item.Stopped.ShouldBe(StopCause.None);
                item.BatchRows.ShouldBeGreaterThanOrEqualTo(item.Rows);
                ShouldEqual(outputs, expected);
                break;
            case OperationCanceledException when item.Stopped != StopCause.None:
                break;
            case OperationCanceledException:
                request.HasRowsWith(Oddity.GivesUp).ShouldBeTrue(failure.ToString());
                break;
            case ModelRunException:
                request.HasRowsWith(Oddity.Refused).ShouldBeTrue(failure.ToString());
                break;
            case InvalidOperationException:
                request.HasRowsWith(Oddity.Broken).ShouldBeTrue(failure.ToString());
                break;
            default:
                throw failure;
        }
    }

    private static void ShouldEqual(TensorSet actual, TensorSet expected)
    {
        actual.Count.ShouldBe(expected.Count);
        for (var i = 0; i < actual.Count; i++)
        {
            actual[i].Type.ShouldBe(expected[i].Type);
            actual[i].Shape.ToArray().ShouldBe(expected[i].Shape.ToArray());
            actual[i].StringCount.ShouldBe(expected[i].StringCount);
            actual[i].Bytes.SequenceEqual(expected[i].Bytes).ShouldBeTrue("rows of somebody else");
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Request(
        int Rows, int Width, Oddity Oddity, int ZRows, int Bias, int Deadline, int Cancel, int Pause, int Queue)
    {
        public bool Fails =>
            HasRowsWith(Oddity.Refused) || HasRowsWith(Oddity.Broken) || HasRowsWith(Oddity.GivesUp);

        public bool HasRowsWith(Oddity oddity) => Rows > 0 && Oddity == oddity;

        public void Fill(TensorSet inputs, int seed)
        {
            inputs[0].Reset(ElementType.Int64, [Rows, Width]);
            for (var i = 0; i < inputs[0].ElementCount; i++)
                inputs[0].As<long>()[i] = (((seed * 100) + i) * 10L) + (int)Oddity;
            inputs[1].Reset(ElementType.Int64, [ZRows]);
            for (var i = 0; i < ZRows; i++)
                inputs[1].As<long>()[i] = seed + i;
            if (Bias == 0)
                return;
            inputs[2].Reset(ElementType.Int64, [1]);
            inputs[2].As<long>()[0] = Bias * 1_000_000;
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Rows}x{Width} {Oddity} z{ZRows} b{Bias} d{Deadline} c{Cancel} p{Pause} q{Queue}");
    }
}
