using System.Diagnostics;
using Fairlead.Core.Endpoints;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Tensors;
using Fairlead.TestModels;

namespace Fairlead.Inference.Tests.Runtimes.Onnx;

/// <summary>Runs that are stopped, and models that are closed under runs.</summary>
public class OnnxStopTests
{
    private const string Loop = "control_loop.onnx";
    private const long Forever = 1_000_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Stop_OfALongRun_EndsItAndLeavesTheModelUsable()
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf(Loop));
        for (var i = 0; i < 5; i++)
        {
            var control = new RunControl();
            var run = SlowRunAsync(model, control);
            await Task.Delay(10 * i);
            control.Stop();

            await Should.ThrowAsync<OperationCanceledException>(() => run.WaitAsync(Patience));
            await model.ShouldAnswerAsync(Catalogue.Get(Loop).Examples[0]);
        }
    }

    [Fact]
    public async Task Stop_OfOneRun_LeavesTheOtherAlone()
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf(Loop));
        var (one, two) = (new RunControl(), new RunControl());
        var first = SlowRunAsync(model, one);
        var second = SlowRunAsync(model, two);
        await Task.Delay(50);

        one.Stop();
        await Should.ThrowAsync<OperationCanceledException>(() => first.WaitAsync(Patience));
        second.IsCompleted.ShouldBeFalse();
        two.Stop();
        await Should.ThrowAsync<OperationCanceledException>(() => second.WaitAsync(Patience));
    }

    [Theory]
    [InlineData(StopCause.Deadline)]
    [InlineData(StopCause.Cancelled)]
    public async Task Queue_LongRun_IsStoppedByItsDeadlineOrItsCaller(StopCause cause)
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf(Loop));
        using var gate = new RunGate(1, TimeProvider.System);
        using var queue = new RunQueue(model, new BatchSettings { MaxRows = 1 }, gate);
        using var inputs = Inputs(Forever);
        using var outputs = TensorSet.Rent(1);
        using var gone = new CancellationTokenSource();
        var item = new RunItem();
        var deadline = cause == StopCause.Deadline
            ? TimeProvider.System.GetTimestamp() + (TimeProvider.System.TimestampFrequency / 20)
            : long.MaxValue;
        item.Prepare(inputs, outputs, 1, deadline, gone.Token);
        if (cause == StopCause.Cancelled)
            gone.CancelAfter(50);

        var clock = Stopwatch.StartNew();
        var run = Task.Run(() => queue.RunAsync(item).AsTask());
        await Should.ThrowAsync<OperationCanceledException>(() => run.WaitAsync(Patience));

        item.Stopped.ShouldBe(cause);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        await model.ShouldAnswerAsync(Catalogue.Get(Loop).Examples[0]);
    }

    [Fact]
    public async Task Dispose_UnderARun_WaitsForItsEnd()
    {
        var model = OnnxModel.Load(Catalogue.PathOf(Loop));
        var control = new RunControl();
        var run = SlowRunAsync(model, control);
        await Task.Delay(50);

        var (first, second) = (model.DisposeAsync().AsTask(), model.DisposeAsync().AsTask());
        await Task.Delay(50);
        run.IsCompleted.ShouldBeFalse();
        first.IsCompleted.ShouldBeFalse();
        second.IsCompleted.ShouldBeFalse();
        await Should.ThrowAsync<ObjectDisposedException>(() => SlowRunAsync(model, new RunControl()));

        control.Stop();
        await Should.ThrowAsync<OperationCanceledException>(() => run.WaitAsync(Patience));
        await Task.WhenAll(first, second).WaitAsync(Patience);
    }

    /// <summary>A session that is freed under a run, or run after it was freed, would kill this very process.</summary>
    [Fact]
    public async Task Dispose_RacingWithRunsAThousandTimes_LetsNoRunIntoAFreedModel()
    {
        var path = Catalogue.PathOf("linear_regressor.onnx");
        var example = Catalogue.Get("linear_regressor.onnx").Examples[0];
        for (var race = 0; race < 1000; race++)
        {
            var model = OnnxModel.Load(path);
            var runs = Enumerable.Range(0, 2).Select(_ => Task.Run(() => RunUntilClosedAsync(model, example))).ToList();
            Thread.SpinWait(race * 20);
            await model.DisposeAsync();
            await Task.WhenAll(runs).WaitAsync(Patience);
        }
    }

    private static async Task RunUntilClosedAsync(OnnxModel model, Example example)
    {
        while (true)
        {
            try
            {
                await model.ShouldAnswerAsync(example);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static Task SlowRunAsync(OnnxModel model, RunControl control) => Task.Run(async () =>
    {
        using var inputs = Inputs(Forever);
        using var outputs = TensorSet.Rent(1);
        await model.RunAsync(inputs, outputs, control);
    });

    private static TensorSet Inputs(long iterations)
    {
        var inputs = TensorSet.Rent(2);
        inputs[0].Put([1f, 2f], 2);
        inputs[1].Put([iterations]);
        return inputs;
    }
}
