using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Tests.Batching;

public sealed class RunQueueTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly RunGate _gate = new(2, TimeProvider.System);
    private readonly OddRuntime _runtime = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Run_MoreRequestsThanSixtyFour_ReachAPreferredSizeAbove()
    {
        using var queue = Queue(maxRows: 4096, delay: TimeSpan.FromSeconds(1), preferred: 100);
        var calls = Enumerable.Range(0, 100).Select(_ => new Call(1)).ToList();

        await Task.WhenAll(calls.Select(call => call.RunAsync(queue).AsTask())).WaitAsync(Patience);

        calls.ShouldAllBe(call => call.Item.Reason == DispatchReason.Preferred && call.Item.BatchRows == 100);
        calls.Count(call => call.Item.LeadsBatch).ShouldBe(1);
        _runtime.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Run_RequestsWithoutRows_AreNotMergedWhereBatchingIsOff()
    {
        using var queue = Queue(maxRows: 1, delay: TimeSpan.FromMilliseconds(20));
        Call[] calls = [new(0), new(1), new(0)];

        await Task.WhenAll(calls.Select(call => call.RunAsync(queue).AsTask())).WaitAsync(Patience);

        _runtime.Runs.ShouldBe(3);
    }

    [Fact]
    public async Task Run_OneBrokenRequestAmongMany_FailsAlone()
    {
        using var queue = Queue(maxRows: 10, delay: TimeSpan.FromMilliseconds(500));
        var calls = Enumerable.Range(0, 10)
            .Select(i => new Call(1, oddity: i == 5 ? Oddity.Broken : Oddity.None)).ToList();
        var tasks = calls.Select(call => call.RunAsync(queue).AsTask()).ToList();

        await Task.WhenAll(tasks.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)))
            .WaitAsync(Patience);

        tasks.Where(task => task.IsFaulted).ShouldBe([tasks[5]]);
        calls[4].Item.BatchRows.ShouldBe(1);
    }

    /// <summary>
    /// The second shape is ready when the first leaves; with a free place it must not wait for its run.
    /// </summary>
    [Fact]
    public async Task Run_TwoShapesAndTwoPlaces_RunAtOnce()
    {
        using var queue = Queue(maxRows: 1000, delay: TimeSpan.FromMilliseconds(5));
        _runtime.Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = new Call(1, width: 1).RunAsync(queue).AsTask();
        var second = new Call(1, width: 2).RunAsync(queue).AsTask();

        await UntilAsync(() => _runtime.Runs == 2);
        _runtime.Held.SetResult();
        await Task.WhenAll(first, second).WaitAsync(Patience);
    }

    [Fact]
    public async Task Dispose_WithWaitingWork_LetsItLeave()
    {
        var queue = Queue(maxRows: 1000, delay: BatchSettings.LimitMaxDelay);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var call = new Call(1).RunAsync(queue).AsTask();

        queue.Dispose();
        await call.WaitAsync(Patience);

        clock.Elapsed.ShouldBeLessThan(BatchSettings.LimitMaxDelay);
        await new Call(1).RunAsync(queue).AsTask().WaitAsync(Patience);
    }

    [Fact]
    public async Task Run_WhoseDeadlinePassesWhileItWaits_IsToldSoWithoutARun()
    {
        using var queue = Queue(maxRows: 4, delay: TimeSpan.Zero);
        _gate.TryEnter(isShort: false, out var a).ShouldBeTrue();
        _gate.TryEnter(isShort: false, out var b).ShouldBeTrue();
        var call = new Call(1, deadlineMilliseconds: 20);

        await Should.ThrowAsync<OperationCanceledException>(() => call.RunAsync(queue).AsTask().WaitAsync(Patience));

        call.Item.Stopped.ShouldBe(StopCause.Deadline);
        _runtime.Runs.ShouldBe(0);
        _gate.Exit(a);
        _gate.Exit(b);
    }

    /// <summary>The run is held until both callers know: whoever waits for its end waits for ever.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_WhoseCallerGoesWhileHisBatchRuns_TellsHimBeforeItEnds(bool byDeadline)
    {
        using var queue = Queue(maxRows: 2, delay: TimeSpan.FromSeconds(10));
        using var cancel = new CancellationTokenSource();
        _runtime.Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new Call(1, deadlineMilliseconds: byDeadline ? 300 : 0, aborted: cancel.Token);
        var staying = new Call(1);
        var (goneTask, stayingTask) = (gone.RunAsync(queue).AsTask(), staying.RunAsync(queue).AsTask());
        await UntilAsync(() => _runtime.Runs == 1);

        if (!byDeadline)
            await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => goneTask.WaitAsync(Patience));

        gone.Item.Stopped.ShouldBe(byDeadline ? StopCause.Deadline : StopCause.Cancelled);
        gone.Item.TensorsTaken.ShouldBeTrue();
        gone.Inputs.Count.ShouldBe(3, "the run still has them");
        stayingTask.IsCompleted.ShouldBeFalse();

        // The item is free for other work while the run that it was part of goes on.
        var next = new Call(1, item: gone.Item);
        using var other = Queue(maxRows: 1, delay: TimeSpan.Zero);
        var held = _runtime.Held;
        _runtime.Held = null;
        await next.RunAsync(other).AsTask().WaitAsync(Patience);
        held.SetResult();
        await stayingTask.WaitAsync(Patience);

        staying.Item.BatchRows.ShouldBe(2);
        staying.Item.LeadsBatch.ShouldBeTrue("the only one left to count the run under");
        next.Item.BatchRows.ShouldBe(1);
        await UntilAsync(() => gone.Inputs.Count == 0);
    }

    [Fact]
    public async Task Run_WhoseCallerGoesWhileHeRunsAlone_TellsHimBeforeItEnds()
    {
        using var queue = Queue(maxRows: 1, delay: TimeSpan.Zero);
        using var cancel = new CancellationTokenSource();
        _runtime.Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new Call(1, aborted: cancel.Token);
        var task = gone.RunAsync(queue).AsTask();

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => task.WaitAsync(Patience));

        gone.Item.TensorsTaken.ShouldBeTrue();
        gone.Inputs.Count.ShouldBe(3, "the run still has them");
        _runtime.Held.SetResult();
        await UntilAsync(() => gone.Inputs.Count == 0);
    }

    [Fact]
    public async Task Run_InlineAfterABatch_HasNoReasonLeftOver()
    {
        using var batching = Queue(maxRows: 2, delay: TimeSpan.FromMilliseconds(200));
        using var direct = Queue(maxRows: 2, delay: TimeSpan.Zero);
        var (call, other) = (new Call(1), new Call(1));
        await Task.WhenAll(call.RunAsync(batching).AsTask(), other.RunAsync(batching).AsTask()).WaitAsync(Patience);
        call.Item.Reason.ShouldBe(DispatchReason.Full);

        await call.RunAsync(direct);

        call.Item.Reason.ShouldBe(DispatchReason.Idle);
        call.Item.BatchRows.ShouldBe(1);
    }

    /// <summary>The watch may come late, with an item that is done or has other work by now.</summary>
    [Fact]
    public async Task Watch_OfAnItemThatIsDone_ChangesNothing()
    {
        using var queue = Queue(maxRows: 2, delay: TimeSpan.Zero);
        var call = new Call(1, deadlineMilliseconds: 5_000);
        await call.RunAsync(queue);

        ((IWatchedRun)call.Item).StopIfUnwanted(long.MaxValue);

        call.Item.Stopped.ShouldBe(StopCause.None);
        call.Item.Control.StopRequested.ShouldBeFalse();
    }

    [Fact]
    public void CanShare_InputsThatDisagreeAboutTheRows_IsFalse()
    {
        Batch.CanShare(_runtime.Signature, new Call(2).Prepared()).ShouldBeTrue();
        var disagreeing = new Call(2);
        disagreeing.Inputs[1].Reset(ElementType.Int64, [1]);
        Batch.CanShare(_runtime.Signature, disagreeing.Prepared()).ShouldBeFalse();
        var scalar = new Call(1);
        scalar.Inputs[1].Reset(ElementType.Int64, []);
        Batch.CanShare(_runtime.Signature, scalar.Prepared()).ShouldBeFalse();
        var biased = new Call(1);
        biased.Inputs[2].Reset(ElementType.Int64, [1]);
        Batch.CanShare(_runtime.Signature, biased.Prepared()).ShouldBeFalse();
    }

    [Fact]
    public void Gate_WithoutPlaces_IsRefused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RunGate(0, TimeProvider.System));

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            i.ShouldBeLessThan(10_000);
            await Task.Delay(1);
        }
    }

    private RunQueue Queue(int maxRows, TimeSpan delay, params int[] preferred) => new(
        _runtime, new BatchSettings { MaxRows = maxRows, MaxDelay = delay, PreferredRows = [.. preferred] }, _gate);

    private sealed class Call
    {
        private readonly int _rows;
        private readonly int _deadline;
        private readonly CancellationToken _aborted;
        private readonly TensorSet _outputs = TensorSet.Rent(2);

        public Call(
            int rows, int width = 1, Oddity oddity = Oddity.None, int deadlineMilliseconds = 0,
            RunItem? item = null, CancellationToken aborted = default)
        {
            Item = item ?? new RunItem();
            _aborted = aborted;
            _rows = rows;
            _deadline = deadlineMilliseconds;
            Inputs[0].Reset(ElementType.Int64, [rows, width]);
            Inputs[0].As<long>().Fill((int)oddity);
            Inputs[1].Reset(ElementType.Int64, [rows]);
            Inputs[1].As<long>().Clear();
        }

        public TensorSet Inputs { get; } = TensorSet.Rent(3);

        public RunItem Item { get; }

        public RunItem Prepared()
        {
            var deadline = _deadline == 0
                ? long.MaxValue
                : TimeProvider.System.GetTimestamp() + (_deadline * TimeProvider.System.TimestampFrequency / 1000);
            Item.Prepare(Inputs, _outputs, _rows, deadline, _aborted);
            return Item;
        }

        public ValueTask RunAsync(RunQueue queue) => queue.RunAsync(Prepared());
    }
}
