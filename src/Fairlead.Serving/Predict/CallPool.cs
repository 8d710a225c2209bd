namespace Fairlead.Serving.Predict;

/// <summary>The calls of all doors.</summary>
public sealed class CallPool()
    : Pool<PredictCall>(Capacity, static () => new PredictCall(), static call => call.Clear())
{
    private const int Capacity = 1024;
}
