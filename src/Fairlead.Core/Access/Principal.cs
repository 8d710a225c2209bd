using System.Collections.Immutable;

namespace Fairlead.Core.Access;

/// <summary>Who is calling, as far as access is concerned.</summary>
/// <param name="Name">For the audit log: the name of the key, or <c>local</c> while access control is off.</param>
/// <param name="Role">The most that this caller may do.</param>
public sealed record Principal(string Name, Role Role)
{
    /// <summary>The key's number; 0 while access control is off.</summary>
    public long KeyId { get; init; }

    /// <summary>The endpoints that the key is limited to; empty: all.</summary>
    public ImmutableHashSet<string> Endpoints { get; init; } = [];

    /// <summary>The models that the key is limited to; empty: all.</summary>
    public ImmutableHashSet<string> Models { get; init; } = [];

    /// <summary>Most predictions a second with this key; 0: no limit.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>The caller on a server without access control, which listens on loopback only.</summary>
    public static Principal Local { get; } = new("local", Role.Admin);
}
