using System.Globalization;
using System.Text;
using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;
using Tensor = Fairlead.Inference.Tensors.Tensor;

namespace Fairlead.Inference.Tests.Batching;

/// <summary>What a request does to the model when its first number says so.</summary>
public enum Oddity
{
    None,

    /// <summary>Answers later, on another thread.</summary>
    Slow,

    /// <summary>Holds its thread, until it is stopped or 60 ms are over.</summary>
    Blocking,

    Refused,

    /// <summary>Fails with an exception that no contract names.</summary>
    Broken,

    /// <summary>Gives up though nobody asked it to.</summary>
    GivesUp,

    /// <summary>Answers one row too many.</summary>
    RowTooMany,

    /// <summary>Answers without dimensions.</summary>
    NoRows,
}

/// <summary>
/// A model whose answer is a function of each row alone, as long as every input has as many rows as the first. A number
/// of x carries in its last decimal digit the <see cref="Oddity"/> of its request.
/// </summary>
internal sealed class OddRuntime : IModelRuntime
{
    private int _runs;
    private int _violations;

    /// <summary>Runs whose inputs were changed by somebody while they lasted.</summary>
    public int Violations => Volatile.Read(ref _violations);

    public Signature Signature { get; } = new(
        [
            new TensorSpec("x", ElementType.Int64, [-1, -1]),
            new TensorSpec("z", ElementType.Int64, [-1]),
            new TensorSpec("bias", ElementType.Int64, [1]) { Optional = true },
        ],
        [
            new TensorSpec("y", ElementType.Int64, [-1, -1]),
            new TensorSpec("text", ElementType.String, [-1]),
        ]);

    public int Runs => Volatile.Read(ref _runs);

    /// <summary>Set to hold every run until it is released.</summary>
    public TaskCompletionSource? Held { get; set; }

    public ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control)
    {
        Interlocked.Increment(ref _runs);
        var given = inputs[0].Bytes.ToArray();
        ValueTask run;
        try
        {
            run = RunOnceAsync(inputs, outputs, control);
        }
        catch
        {
            Check(inputs, given);
            throw;
        }

        if (run.IsCompleted)
            Check(inputs, given);
        return run.IsCompleted ? run : CheckAfterAsync(run, inputs, given);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask RunOnceAsync(TensorSet inputs, TensorSet outputs, RunControl control)
    {
        var oddities = inputs[0].As<long>().ToArray().Select(number => (Oddity)(number % 10)).ToHashSet();
        if (Held is { } held)
            return HoldAsync(held.Task, inputs, outputs);
        if (oddities.Contains(Oddity.Refused))
            throw new ModelRunException("refused", callersFault: true);
        if (oddities.Contains(Oddity.Broken))
            throw new InvalidOperationException("broken");
        if (oddities.Contains(Oddity.GivesUp))
            throw new OperationCanceledException("gave up");
        if (oddities.Contains(Oddity.Blocking))
            Block(control);
        if (oddities.Contains(Oddity.Slow))
            return LaterAsync(inputs, outputs, control);

        Answer(inputs, outputs);
        return ValueTask.CompletedTask;
    }

    private async ValueTask CheckAfterAsync(ValueTask run, TensorSet inputs, byte[] given)
    {
        try
        {
            await run;
        }
        finally
        {
            Check(inputs, given);
        }
    }

    private void Check(TensorSet inputs, byte[] given)
    {
        if (inputs.Count == 0 || !inputs[0].Bytes.SequenceEqual(given))
            Interlocked.Increment(ref _violations);
    }

    /// <summary>Fills the answer, as the test also does by itself to know what to expect.</summary>
    public static void Answer(TensorSet inputs, TensorSet outputs)
    {
        outputs.Resize(2);
        var x = inputs[0].As<long>();
        var rows = (int)inputs[0].Shape[0];
        var width = (int)inputs[0].Shape[1];
        var extra = 0;
        foreach (var number in x)
            extra |= number % 10 == (int)Oddity.RowTooMany ? 1 : 0;
        var bias = inputs[2].Present ? inputs[2].As<long>()[0] : 0;

        outputs[0].Reset(ElementType.Int64, [rows + extra, width]);
        outputs[0].As<long>().Clear();
        for (var i = 0; i < x.Length; i++)
            outputs[0].As<long>()[i] = (2 * x[i]) + bias + Weight(inputs[1], rows, i / width);

        outputs[1].Reset(ElementType.String, [rows + extra]);
        for (var row = 0; row < rows + extra; row++)
        {
            var text = row < rows && width > 0 ? x[row * width].ToString(CultureInfo.InvariantCulture) : "extra";
            outputs[1].AddString(Encoding.UTF8.GetBytes(text));
        }

        foreach (var number in x)
        {
            if (number % 10 == (int)Oddity.NoRows)
                outputs[0].Reset(ElementType.Int64, []);
        }
    }

    private static long Weight(Tensor z, int rows, int row)
    {
        if (z.ElementCount == rows)
            return z.As<long>()[row];

        long sum = 0;
        foreach (var number in z.As<long>())
            sum += number;
        return sum;
    }

    private static void Block(RunControl control)
    {
        for (var i = 0; i < 60; i++)
        {
            if (control.StopRequested)
                throw new OperationCanceledException("stopped");
            Thread.Sleep(1);
        }
    }

    private static async ValueTask LaterAsync(TensorSet inputs, TensorSet outputs, RunControl control)
    {
        await Task.Delay(2);
        if (control.StopRequested)
            throw new OperationCanceledException("stopped");
        Answer(inputs, outputs);
    }

    private static async ValueTask HoldAsync(Task held, TensorSet inputs, TensorSet outputs)
    {
        await held;
        Answer(inputs, outputs);
    }
}
