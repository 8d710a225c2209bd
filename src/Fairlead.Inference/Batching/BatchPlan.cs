using System.Runtime.InteropServices;
using Fairlead.Core.Endpoints;

namespace Fairlead.Inference.Batching;

/// <summary>
/// What a queue shall do now: take the first <see cref="Items"/> items, or, when that is 0, wait for
/// <see cref="Wait"/>.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BatchDecision(int Items, DispatchReason Reason, TimeSpan Wait);

/// <summary>
/// Decides which waiting requests leave together. Pure. Requests are never split and never overtake each other; only
/// the first ones with the same shape can go together.
/// </summary>
public static class BatchPlan
{
    /// <summary>
    /// Decides about a queue that is not empty.
    /// </summary>
    /// <param name="settings">The variant's settings.</param>
    /// <param name="rows">Rows of each waiting request of the leading shape, oldest first; at least one.</param>
    /// <param name="shapeBreak">True when a request of another shape waits behind them.</param>
    /// <param name="oldestAge">How long the oldest has waited.</param>
    public static BatchDecision Decide(
        BatchSettings settings, ReadOnlySpan<int> rows, bool shapeBreak, TimeSpan oldestAge)
    {
        // Requests without rows would fit into any batch, but here none is to be made.
        if (settings.MaxRows <= 1)
            return new BatchDecision(1, DispatchReason.Full, TimeSpan.Zero);

        var fitting = 0;
        var preferred = 0;
        long sum = 0;
        while (fitting < rows.Length && (fitting == 0 || sum + rows[fitting] <= settings.MaxRows))
        {
            sum += rows[fitting++];
            if (settings.PreferredRows.Contains((int)Math.Min(sum, int.MaxValue)))
                preferred = fitting;
        }

        if (preferred > 0)
            return new BatchDecision(preferred, DispatchReason.Preferred, TimeSpan.Zero);
        if (sum >= settings.MaxRows || fitting < rows.Length)
            return new BatchDecision(fitting, DispatchReason.Full, TimeSpan.Zero);
        if (shapeBreak)
            return new BatchDecision(fitting, DispatchReason.Shape, TimeSpan.Zero);
        if (oldestAge >= settings.MaxDelay)
            return new BatchDecision(fitting, DispatchReason.Delay, TimeSpan.Zero);
        return new BatchDecision(0, DispatchReason.Delay, settings.MaxDelay - oldestAge);
    }
}
