namespace Fairlead.Client.Api;

/// <summary>The newest link of the chain that seals the audit log. Whoever notes it elsewhere can tell later whether
/// anything up to it was changed.</summary>
public sealed record AuditHeadInfo
{
    /// <summary>Links so far; 0 while nothing is sealed.</summary>
    public long Sequence { get; init; }

    /// <summary>Its hash, 64 hexadecimal digits; empty while nothing is sealed.</summary>
    public string Hash { get; set; } = "";

    /// <summary>Entries that are not sealed yet; they are within seconds.</summary>
    public long Unsealed { get; init; }
}

/// <summary>What a verification of the audit log found.</summary>
public sealed record AuditVerificationInfo
{
    /// <summary>Everything is as it was sealed.</summary>
    public bool Intact { get; init; }

    /// <summary>Links that were walked.</summary>
    public long Links { get; init; }

    /// <summary>The last link that retention removed; 0 while none was.</summary>
    public long RemovedUpTo { get; init; }

    /// <summary>The last link, and what is not sealed yet.</summary>
    public AuditHeadInfo Head { get; set; } = new();

    /// <summary>How many faults there are.</summary>
    public long FaultCount { get; init; }

    /// <summary>The first 100 of them.</summary>
    public IReadOnlyList<AuditFaultInfo> Faults { get; set; } = [];
}

/// <summary>Something about the audit log that is not as it was sealed.</summary>
/// <param name="Kind"><c>edited</c>, <c>missing</c>, <c>gap</c>, <c>order</c>, <c>added</c>, <c>truncated</c>,
/// <c>head</c> or <c>cut</c>.</param>
/// <param name="Sequence">The link that it was found at; 0 for none.</param>
/// <param name="Entry">The entry; 0 for none.</param>
/// <param name="Message">What is wrong.</param>
public sealed record AuditFaultInfo(string Kind, long Sequence, long Entry, string Message);

/// <summary>How long the audit log is kept.</summary>
public sealed record AuditRetentionInfo
{
    /// <summary>Days that an entry is kept; null: for ever.</summary>
    public int? Days { get; init; }

    /// <summary>The last link that was removed; 0 while none was.</summary>
    public long RemovedUpTo { get; init; }

    /// <summary>What is kept whatever the days say.</summary>
    public IReadOnlyList<AuditHoldInfo> Holds { get; set; } = [];
}

/// <summary>Sets how long the audit log is kept.</summary>
public sealed record PutAuditRetentionRequest
{
    /// <summary>1 to 36,500 days; null: for ever.</summary>
    public int? Days { get; init; }

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// A legal hold. Entries are removed from the oldest on and without a gap, so nothing from the oldest held entry on is.
/// </summary>
public sealed record AuditHoldInfo
{
    public string Name { get; set; } = "";

    public string Reason { get; set; } = "";

    /// <summary>Entries from this instant on are held; null: all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only entries whose subject begins so are held; empty: all.</summary>
    public string Subject { get; set; } = "";

    public string Who { get; set; } = "";

    public DateTimeOffset When { get; init; }
}

/// <summary>Places a legal hold.</summary>
public sealed record PutAuditHoldRequest
{
    /// <summary>Why; also for the audit log.</summary>
    public required string Reason { get; init; }

    /// <summary>Entries from this instant on are held; left out: all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only entries whose subject begins so are held, such as <c>models/credit</c>; empty: all.</summary>
    public string Subject { get; set; } = "";
}
