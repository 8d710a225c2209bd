namespace Fairlead.Serving.Predict;

/// <summary>The key that signs prediction ids now.</summary>
/// <param name="Id">Written into each id, to find the key again.</param>
/// <param name="Secret">32 random bytes.</param>
public sealed record PredictionKey(byte Id, ReadOnlyMemory<byte> Secret);

/// <summary>Gives the signing keys of prediction ids. Reading <see cref="Current"/> never waits.</summary>
public interface IPredictionKeys
{
    PredictionKey Current { get; }

    /// <summary>The secret of an id in use or retired; empty when there is none.</summary>
    ReadOnlyMemory<byte> Find(byte id);
}
