namespace Fairlead.Core.Alerts;

/// <summary>Everything that an alert remembers. It is stored whole after every evaluation.</summary>
public sealed record AlertState
{
    /// <summary>An alert that was never evaluated.</summary>
    public static AlertState New { get; } = new();

    /// <summary>Where it is in its life.</summary>
    public AlertPhase Phase { get; init; }

    /// <summary>When that began; null before the first evaluation.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The last evaluation. Later ones never count as before it, whatever the clock says.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>While pending how long the condition was seen to hold, while firing how long it was seen to be gone,
    /// while resolved how long that was shown.</summary>
    public TimeSpan Held { get; init; }

    /// <summary>While firing, for how long nothing could be said.</summary>
    public TimeSpan Blind { get; init; }

    /// <summary>While firing, whether the last evaluation saw the condition gone.</summary>
    public bool WasClear { get; init; }

    /// <summary>The figure of the last evaluation.</summary>
    public double Value { get; init; } = double.NaN;

    /// <summary>Its sentence.</summary>
    public string Why { get; init; } = "";

    /// <summary>How many transitions there were: the number of the last one, and so its key.</summary>
    public long Transitions { get; init; }
}

/// <summary>A change of phase, to be stored once under its alert and number.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="From">The phase before.</param>
/// <param name="To">The phase after.</param>
/// <param name="At">When.</param>
/// <param name="Value">The figure that it was decided by.</param>
/// <param name="Why">One sentence with the numbers.</param>
public sealed record AlertTransition(
    long Number, AlertPhase From, AlertPhase To, DateTimeOffset At, double Value, string Why);

/// <summary>What an evaluation made of an alert.</summary>
/// <param name="State">What it is now.</param>
/// <param name="Transition">The change, if its phase changed.</param>
public readonly record struct AlertStep(AlertState State, AlertTransition? Transition);
