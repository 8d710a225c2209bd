using Fairlead.Serving.Predict;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Enters a variant's bulkhead and leaves it.</summary>
internal sealed class AdmitStep : IStep
{
    private readonly Bulkhead _bulkhead = new(capacity: 64);

    public void Do()
    {
        if (_bulkhead.TryEnter() != Admission.Admitted)
            throw new InvalidOperationException("The bulkhead is full.");
        _bulkhead.Leave();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
