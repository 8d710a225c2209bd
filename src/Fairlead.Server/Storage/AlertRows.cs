namespace Fairlead.Server.Storage;

// What the tables hold of alerts and of whom they are told to, in the forms that Rows.cs tells of.

/// <summary>An alert of a monitor, as its last evaluation left it.</summary>
internal sealed class AlertRow
{
    public long Id { get; set; }

    public long Monitor { get; set; }

    /// <summary>The monitor's name, which outlives the monitor.</summary>
    public string Name { get; set; } = "";

    /// <summary>Of the labels; one alert of a monitor has it.</summary>
    public required string Fingerprint { get; set; }

    public string Labels { get; set; } = "{}";

    /// <summary>The label of that name, to search by; so with <see cref="Severity"/>.</summary>
    public string Endpoint { get; set; } = "";

    public string Severity { get; set; } = "";

    /// <summary>Names of the receivers that it is told to.</summary>
    public string Receivers { get; set; } = "[]";

    /// <summary>The phase in <see cref="State"/>, to search by.</summary>
    public string Phase { get; set; } = "";

    public string State { get; set; } = "{}";

    /// <summary>The last evaluation that spoke of it.</summary>
    public long SeenAt { get; set; }

    /// <summary>When its monitor went; null while there is one.</summary>
    public long? EndedAt { get; set; }

    public string? AckedBy { get; set; }

    public long? AckedAt { get; set; }

    public string? AckComment { get; set; }
}

/// <summary>A change of an alert's phase, stored once.</summary>
internal sealed class AlertTransitionRow
{
    public long Alert { get; set; }

    public long Number { get; set; }

    public long At { get; set; }

    public string From { get; set; } = "";

    public string To { get; set; } = "";

    /// <summary>Null where it was decided without a figure.</summary>
    public double? Value { get; set; }

    public string Why { get; set; } = "";

    /// <summary>The alert, which may have no number yet.</summary>
    public AlertRow? Of { get; set; }
}

/// <summary>Whom alerts are told to.</summary>
internal sealed class ReceiverRow
{
    public required string Name { get; set; }

    /// <summary>As its owner wrote it, without what is secret.</summary>
    public string Spec { get; set; } = "{}";

    /// <summary>What is secret of it; read where it is used and nowhere else.</summary>
    public string Secrets { get; set; } = "{}";

    public long CreatedAt { get; set; }

    public long ChangedAt { get; set; }

    public string ChangedBy { get; set; } = "";
}

/// <summary>What a receiver was told of the alerts that belong together.</summary>
internal sealed class AlertGroupRow
{
    public required string Receiver { get; set; }

    /// <summary>The fingerprint of <see cref="Labels"/>.</summary>
    public required string Key { get; set; }

    /// <summary>The labels that its alerts have in common.</summary>
    public string Labels { get; set; } = "{}";

    public string State { get; set; } = "{}";
}

/// <summary>One message to one receiver.</summary>
internal sealed class AlertDeliveryRow
{
    public long Id { get; set; }

    /// <summary>The id that is sent with every attempt, so that a receiver can tell a repeat.</summary>
    public string Token { get; set; } = "";

    public required string Receiver { get; set; }

    public required string Key { get; set; }

    /// <summary><c>waiting</c>, <c>delivered</c> or <c>dropped</c>.</summary>
    public string Status { get; set; } = "";

    /// <summary>What is told.</summary>
    public string Notice { get; set; } = "{}";

    public long CreatedAt { get; set; }

    /// <summary>The next attempt; null when there is none.</summary>
    public long? DueAt { get; set; }

    /// <summary>The lease's token under which an attempt is under way; null while none is.</summary>
    public long? Claim { get; set; }

    /// <summary>Begun attempts.</summary>
    public int Attempts { get; set; }

    public long? EndedAt { get; set; }

    /// <summary>What became of the last attempt.</summary>
    public string? Why { get; set; }
}

/// <summary>Says that a message spoke of an alert.</summary>
internal sealed class AlertToldRow
{
    public long Alert { get; set; }

    public long Delivery { get; set; }

    /// <summary>As what it was told.</summary>
    public bool IsFiring { get; set; }
}

internal sealed class SilenceRow
{
    public long Id { get; set; }

    public string Matchers { get; set; } = "[]";

    public long StartsAt { get; set; }

    public long EndsAt { get; set; }

    public string Author { get; set; } = "";

    public string Comment { get; set; } = "";

    public long CreatedAt { get; set; }
}

internal sealed class InhibitionRow
{
    public required string Name { get; set; }

    public string Spec { get; set; } = "{}";

    public long ChangedAt { get; set; }

    public string ChangedBy { get; set; } = "";
}
