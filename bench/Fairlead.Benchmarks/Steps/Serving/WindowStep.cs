using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Windows;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Adds a request of one row to the window of its minute: thirty numbers that never repeat, and a score.
/// </summary>
internal sealed class WindowStep : IStep
{
    private const int Features = 30;
    private const int Rows = 4096;

    private static readonly TimeSpan Took = TimeSpan.FromMicroseconds(70);

    private readonly CreditPlane _plane = new();
    private readonly PredictCall _call;
    private readonly ArmWindows _windows;
    private readonly StoppedClock _clock = new();
    private readonly float[] _values = new float[Rows * Features];
    private int _row;

    public WindowStep()
    {
        var random = new SplitMix64(1);
        for (var i = 0; i < _values.Length; i++)
            _values[i] = (float)random.NextNormal();
        _windows = new ArmWindows(
            new Signature([.. Enumerable.Range(0, Features).Select(i => Number($"x{i}"))], []),
            new Signature([], [Number("score")]));
        _call = _plane.Calls.Rent();
        _call.Inputs = TensorSet.Rent(Features);
        _call.Outputs = TensorSet.Rent(1);
        foreach (var tensor in Enumerable.Range(0, Features).Select(i => _call.Inputs[i]).Append(_call.Outputs[0]))
            tensor.Reset(ElementType.Float32, [1, 1]);
    }

    public void Do()
    {
        var first = (_row = (_row + 1) % Rows) * Features;
        for (var i = 0; i < Features; i++)
            _call.Inputs![i].As<float>()[0] = _values[first + i];
        _call.Outputs![0].As<float>()[0] = _values[first];
        _windows.Record(_call, PredictFailure.None, Took, Took, _clock);
    }

    public ValueTask DisposeAsync()
    {
        _plane.Calls.Return(_call);
        return _plane.DisposeAsync();
    }

    private static TensorSpec Number(string name) => new(name, ElementType.Float32, [-1, 1]);

    /// <summary>A minute that does not end, so that what is measured is the step and not the next minute's beginning.
    /// </summary>
    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
