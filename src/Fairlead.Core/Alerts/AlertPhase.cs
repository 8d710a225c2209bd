namespace Fairlead.Core.Alerts;

/// <summary>Where an alert is in its life.</summary>
public enum AlertPhase
{
    /// <summary>The condition does not hold.</summary>
    Inactive,

    /// <summary>The condition holds, but not yet for long enough.</summary>
    Pending,

    /// <summary>The condition has held for long enough, or has not been gone for long enough.</summary>
    Firing,

    /// <summary>The condition held and is gone; shown for a while, then inactive.</summary>
    Resolved,

    /// <summary>There is too little data to say anything. Never taken for "inactive".</summary>
    InsufficientData,

    /// <summary>The condition could not be evaluated.</summary>
    Error,
}

/// <summary>What one evaluation of the condition says, from least to most telling: of several at one moment the most
/// telling counts.</summary>
public enum AlertSign
{
    /// <summary>The condition does not hold, and enough was seen to say so.</summary>
    Clear,

    /// <summary>Too little was seen.</summary>
    NoData,

    /// <summary>The evaluation failed.</summary>
    Failed,

    /// <summary>The condition holds.</summary>
    Breach,
}

/// <summary>One evaluation of a condition.</summary>
/// <param name="Sign">What it says.</param>
/// <param name="Value">The figure that it was decided by; NaN without one.</param>
/// <param name="Why">One sentence with the numbers.</param>
public readonly record struct AlertReading(AlertSign Sign, double Value, string Why);
