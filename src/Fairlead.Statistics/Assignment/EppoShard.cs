using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Statistics.Assignment;

/// <summary>
/// The shard 0…<c>totalShards</c> − 1 that Eppo's clients give a unit: the first four bytes of MD5("salt-unit") as a
/// big-endian number, mod the number of shards. An allocation owns ranges [start, end) of shards.
/// <para>Source: Eppo's documentation of its SDKs.</para>
/// </summary>
public static class EppoShard
{
    /// <summary>The shard of a unit.</summary>
    /// <param name="salt">Salt of the allocation.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="totalShards">Number of shards, at least 1; Eppo uses 10,000.</param>
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms",
        Justification = "The hash spreads units over shards as another product does; it protects nothing.")]
    public static int Of(string salt, string unit, int totalShards = 10_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(totalShards, 1);
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(Encoding.UTF8.GetBytes($"{salt}-{unit}"), digest);
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(digest) % (uint)totalShards);
    }
}
