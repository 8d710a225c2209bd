namespace Fairlead.Server.Storage;

// What the tables hold. Instants are microseconds since 1970 UTC; documents are JSON text; names are as written.

/// <summary>The one row that every change of the control plane locks first and counts up.</summary>
internal sealed class ControlRow
{
    public int Id { get; set; } = 1;

    /// <summary>Grows with every write.</summary>
    public long Revision { get; set; }

    /// <summary>The revision of the last write that changed an endpoint.</summary>
    public long RoutingRevision { get; set; }

    /// <summary>The revision of the last write that changed a key.</summary>
    public long KeysRevision { get; set; }

    public ControlRow Copy() => (ControlRow)MemberwiseClone();

    public void TakeFrom(ControlRow other)
    {
        Revision = other.Revision;
        RoutingRevision = other.RoutingRevision;
        KeysRevision = other.KeysRevision;
    }
}

/// <summary>A model. A deleted one keeps its row, so that its version numbers are never given again.</summary>
internal sealed class ModelRow
{
    public required string Name { get; set; }

    public string Description { get; set; } = "";

    public string Tags { get; set; } = "{}";

    public int NextVersion { get; set; } = 1;

    public long CreatedAt { get; set; }

    public long ChangedAt { get; set; }

    public long? DeletedAt { get; set; }
}

internal sealed class VersionRow
{
    public required string Model { get; set; }

    public int Number { get; set; }

    public string Description { get; set; } = "";

    public string Tags { get; set; } = "{}";

    public string Metrics { get; set; } = "{}";

    public string Parameters { get; set; } = "{}";

    public string Lineage { get; set; } = "{}";

    public string Manifest { get; set; } = "{}";

    public string Probe { get; set; } = "{}";

    public long CreatedAt { get; set; }

    public string CreatedBy { get; set; } = "";

    public long ChangedAt { get; set; }

    /// <summary><c>Staging</c>, <c>Production</c>, <c>Archived</c>, or empty for none.</summary>
    public string Stage { get; set; } = "";

    /// <summary>Where its files were when it was registered, in the words of whoever registered it.</summary>
    public string Source { get; set; } = "";

    /// <summary>The run that made it; empty for none.</summary>
    public string Run { get; set; } = "";

    public string RunLink { get; set; } = "";

    /// <summary>The logged model that it was registered from; empty for none.</summary>
    public string LoggedModel { get; set; } = "";

    /// <summary>What is missing before it can be served; empty for a version that can be.</summary>
    public string Needs { get; set; } = "";
}

/// <summary>Says that a version refers to an artifact; the garbage collector asks nothing else.</summary>
internal sealed class VersionFileRow
{
    public required string Model { get; set; }

    public int Number { get; set; }

    public required string Digest { get; set; }
}

/// <summary>
/// The idempotency key under which a version was registered, so that asking again answers the same version. It outlives
/// the version: a request that comes late must not bring a deleted version back.
/// </summary>
internal sealed class RegistrationKeyRow
{
    public required string Model { get; set; }

    public required string Key { get; set; }

    /// <summary>SHA-256 of what was asked for.</summary>
    public byte[] Content { get; set; } = [];

    public int Number { get; set; }

    public long At { get; set; }
}

internal sealed class AliasRow
{
    public required string Model { get; set; }

    public required string Alias { get; set; }

    public int Version { get; set; }

    public long ChangedAt { get; set; }
}

/// <summary>An endpoint. A deleted one keeps its row, so that its number is never given again.</summary>
internal sealed class EndpointRow
{
    public int Number { get; set; }

    public required string Name { get; set; }

    public string Spec { get; set; } = "{}";

    public long Generation { get; set; }

    /// <summary>The unsigned salt, as the signed number of the same bits.</summary>
    public long Salt { get; set; }

    public long CreatedAt { get; set; }

    public long ChangedAt { get; set; }

    public string ChangedBy { get; set; } = "";

    public long? DeletedAt { get; set; }
}

/// <summary>The number of an arm, given for ever.</summary>
internal sealed class ArmRow
{
    public int Endpoint { get; set; }

    public required string Name { get; set; }

    public int Arm { get; set; }
}

/// <summary>Says that an endpoint's present generation names a version.</summary>
internal sealed class EndpointUseRow
{
    public int Endpoint { get; set; }

    public required string Model { get; set; }

    public int Version { get; set; }
}

internal sealed class EndpointHistoryRow
{
    public long Id { get; set; }

    public int Endpoint { get; set; }

    public required string Name { get; set; }

    public long Generation { get; set; }

    /// <summary><c>created</c>, <c>changed</c> or <c>deleted</c>.</summary>
    public string Change { get; set; } = "";

    public string? Spec { get; set; }

    public string Who { get; set; } = "";

    public string? Reason { get; set; }

    public long At { get; set; }
}

internal sealed class KeyRow
{
    public long Id { get; set; }

    public required string Name { get; set; }

    /// <summary>SHA-256 of the key's text; the key itself is stored nowhere.</summary>
    public byte[] Hash { get; set; } = [];

    public string Role { get; set; } = "";

    public string Endpoints { get; set; } = "[]";

    public string Models { get; set; } = "[]";

    public double RequestsPerSecond { get; set; }

    public long CreatedAt { get; set; }

    public string CreatedBy { get; set; } = "";

    public long? ExpiresAt { get; set; }

    public long? RevokedAt { get; set; }
}

/// <summary>A key that signs prediction ids.</summary>
internal sealed class PredictionKeyRow
{
    public int Id { get; set; }

    public byte[] Secret { get; set; } = [];

    public long CreatedAt { get; set; }
}

internal sealed class ReplicaRow
{
    public required string Name { get; set; }

    public string Version { get; set; } = "";

    public long StartedAt { get; set; }

    public long HeartbeatAt { get; set; }
}

/// <summary>How far a replica is with an endpoint.</summary>
internal sealed class PlacementRow
{
    public required string Replica { get; set; }

    public int Endpoint { get; set; }

    public long Generation { get; set; }

    public long ServingGeneration { get; set; }

    public string State { get; set; } = "";

    public string? Why { get; set; }

    public long At { get; set; }
}
