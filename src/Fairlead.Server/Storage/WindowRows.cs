namespace Fairlead.Server.Storage;

/// <summary>
/// The index of windows: which statistics are kept of which arm over which stretch, and which artifact holds them.
/// </summary>
internal sealed class WindowRow
{
    /// <summary>The endpoint's number.</summary>
    public int Endpoint { get; set; }

    /// <summary>The arm's number within the endpoint.</summary>
    public int Arm { get; set; }

    /// <summary>What answered: <c>model/3</c>, or <c>none</c>, <c>constant</c>, <c>rule</c>.</summary>
    public required string Version { get; set; }

    /// <summary>0: a minute of one replica; 1: an hour, 2: a day of all.</summary>
    public int Level { get; set; }

    /// <summary>Its first minute, since 1970 UTC.</summary>
    public long Minute { get; set; }

    /// <summary>The replica; empty for what is of all.</summary>
    public required string Replica { get; set; }

    /// <summary>The arm's name.</summary>
    public required string ArmName { get; set; }

    public long Requests { get; set; }

    /// <summary>Those of them that were answered.</summary>
    public long Answered { get; set; }

    /// <summary>Those that ended by the server's or the model's fault.</summary>
    public long Failed { get; set; }

    /// <summary>SHA-256 of the artifact.</summary>
    public required string Digest { get; set; }

    public long Bytes { get; set; }
}
