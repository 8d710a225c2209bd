using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;

namespace Fairlead.Serving.Tests.Predict;

/// <summary>One float in and the same one out.</summary>
internal abstract class EchoRuntime : IModelRuntime
{
    public Signature Signature { get; } = new(
        [new TensorSpec("x", ElementType.Float32, [-1])], [new TensorSpec("y", ElementType.Float32, [-1])]);

    public abstract ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected static void Echo(TensorSet inputs, TensorSet outputs)
    {
        outputs.Resize(1);
        outputs[0].Reset(ElementType.Float32, inputs[0].Shape);
        inputs[0].Bytes.CopyTo(outputs[0].Bytes);
    }
}

/// <summary>Takes rows of many numbers each; it is never asked.</summary>
internal sealed class WideRuntime(int width) : IModelRuntime
{
    public Signature Signature { get; } = new([new TensorSpec("x", ElementType.Float32, [-1, width])], []);

    public ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control) =>
        throw new NotSupportedException("Its requests are refused.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Answers at once.</summary>
internal sealed class QuickRuntime : EchoRuntime
{
    public override ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control)
    {
        Echo(inputs, outputs);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Answers when it is told to, or stops when it is asked to.</summary>
internal sealed class HeldRuntime : EchoRuntime
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;

    /// <summary>Runs under way.</summary>
    public int Running => Volatile.Read(ref _running);

    public void Release() => _released.TrySetResult();

    public override async ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control)
    {
        var stop = new Stop();
        control.Begin(stop);
        Interlocked.Increment(ref _running);
        try
        {
            await Task.WhenAny(_released.Task, stop.Asked);
            if (!_released.Task.IsCompleted)
                throw new OperationCanceledException("stopped");
            Echo(inputs, outputs);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            control.End();
        }
    }

    private sealed class Stop : IStoppable
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        void IStoppable.Stop() => _asked.TrySetResult();
    }
}

/// <summary>Fails as a model does.</summary>
internal sealed class FailingRuntime(bool callersFault) : EchoRuntime
{
    public override ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control) =>
        throw new ModelRunException("The model failed.", callersFault);
}

/// <summary>Fails as a defect does.</summary>
internal sealed class BrokenRuntime : EchoRuntime
{
    public override ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control) =>
        throw new InvalidOperationException("secret");
}

/// <summary>Waits for what happens on other threads.</summary>
internal static class Waiting
{
    public static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        condition().ShouldBeTrue();
    }
}
