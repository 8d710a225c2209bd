namespace Fairlead.Server.Storage;

// What the tables hold beside the prediction log, which is in files.

/// <summary>A secret of the installation that is made once and never changes.</summary>
internal sealed class SecretRow
{
    public required string Name { get; set; }

    public byte[] Secret { get; set; } = [];

    public long CreatedAt { get; set; }
}

/// <summary>
/// A person whose records up to a moment are removed, and kept out wherever they turn up later. Every replica works
/// through these rows in their order.
/// </summary>
internal sealed class ForgottenSubjectRow
{
    public long Id { get; set; }

    /// <summary>The endpoint's number.</summary>
    public int Endpoint { get; set; }

    /// <summary>The keyed hash of the person; nothing else is kept.</summary>
    public required string Subject { get; set; }

    /// <summary>Records of this moment and before are removed.</summary>
    public long At { get; set; }
}
