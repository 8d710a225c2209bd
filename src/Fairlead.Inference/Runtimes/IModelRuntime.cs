using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Runtimes;

/// <summary>
/// A loaded model that answers batches. An implementation may run elsewhere than in this process.
/// <para>
/// Contract: any number of runs may be under way at once; a run either fills every output or throws; after
/// <see cref="IAsyncDisposable.DisposeAsync"/>, which waits for runs under way, no run may begin.
/// </para>
/// </summary>
public interface IModelRuntime : IAsyncDisposable
{
    /// <summary>What the model takes and gives.</summary>
    Signature Signature { get; }

    /// <summary>
    /// Runs the model once.
    /// </summary>
    /// <param name="inputs">Aligned with the signature's inputs; only read.</param>
    /// <param name="outputs">Resized to the signature's outputs and filled.</param>
    /// <param name="control">Stops the run where the runtime is able to.</param>
    /// <exception cref="ModelRunException">The model refused these inputs or failed on them.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control);
}

/// <summary>A model could not be opened: its file is broken or asks for what this runtime does not have.</summary>
public sealed class ModelLoadException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A run failed. <paramref name="callersFault"/> tells inputs that do not fit the model from a model that failed on
/// inputs that do.
/// </summary>
public sealed class ModelRunException(string message, bool callersFault, Exception? inner = null)
    : Exception(message, inner)
{
    public bool CallersFault { get; } = callersFault;
}
