namespace Fairlead.Serving.Predict;

/// <summary>
/// Random numbers for request units and prediction ids: SplitMix64 over a shared counter, so that any number of threads
/// draw without a lock and a seed gives the same sequence. They make ids unique; what makes ids unforgeable is their
/// signature.
/// </summary>
public sealed class RequestRandomness(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = Interlocked.Add(ref _state, 0x9E3779B97F4A7C15UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to below 1.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));
}
