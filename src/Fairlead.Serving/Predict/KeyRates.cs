using System.Collections.Concurrent;
using Fairlead.Core.Access;

namespace Fairlead.Serving.Predict;

/// <summary>
/// Keeps each key to its rate with a token bucket that holds one second's worth. On several replicas each keeps its own
/// bucket: a key may then ask that often of every replica.
/// </summary>
public sealed class KeyRates(TimeProvider time)
{
    private readonly ConcurrentDictionary<long, Bucket> _buckets = new();

    /// <summary>
    /// Takes one request from a key's bucket; false when it is empty. Keys without a rate always pass.
    /// </summary>
    public bool TryTake(Principal principal)
    {
        if (principal.RequestsPerSecond <= 0)
            return true;

        var bucket = _buckets.GetOrAdd(principal.KeyId, static _ => new Bucket());
        return bucket.TryTake(principal.RequestsPerSecond, time.GetTimestamp(), time.TimestampFrequency);
    }

    private sealed class Bucket
    {
        private readonly Lock _lock = new();
        private double _tokens = double.NaN;
        private long _at;

        public bool TryTake(double rate, long now, long frequency)
        {
            var size = Math.Max(1, rate);
            lock (_lock)
            {
                _tokens = double.IsNaN(_tokens) ? size : Math.Min(size, _tokens + ((now - _at) * rate / frequency));
                _at = now;
                if (_tokens < 1)
                    return false;

                _tokens -= 1;
                return true;
            }
        }
    }
}
