using Fairlead.Core.Predictions;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Routing;

namespace Fairlead.Serving.Shadow;

/// <summary>
/// A request that was answered, on its way to the arms that get a copy of it. Owns its tensors: the request has let go
/// of them.
/// </summary>
internal sealed class ShadowCopy(
    EndpointServing serving, VariantState champion, TensorSet inputs, TensorSet outputs, int rows, int bucket,
    PredictionId id)
    : IDisposable
{
    /// <summary>The prediction that the caller got.</summary>
    public PredictionId Id { get; } = id;

    public EndpointServing Serving { get; } = serving;

    /// <summary>The arm that answered the caller.</summary>
    public VariantState Champion { get; } = champion;

    public TensorSet Inputs { get; } = inputs;

    public TensorSet Outputs { get; } = outputs;

    public int Rows { get; } = rows;

    /// <summary>The bucket of the request's unit.</summary>
    public int Bucket { get; } = bucket;

    public void Dispose()
    {
        Inputs.Dispose();
        Outputs.Dispose();
    }
}
