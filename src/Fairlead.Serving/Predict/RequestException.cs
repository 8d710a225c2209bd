namespace Fairlead.Serving.Predict;

/// <summary>Ends a request from within a decoder; the pipeline turns it into the failure that it names.</summary>
public sealed class RequestException(PredictFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public PredictFailure Failure { get; } = failure;
}
