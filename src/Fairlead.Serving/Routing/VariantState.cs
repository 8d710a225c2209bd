using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Loading;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Serving.Routing;

/// <summary>
/// A variant that is loaded here: its model, its queue, its bulkhead and its counts. It lives on across generations in
/// which only its weight changes.
/// </summary>
public sealed class VariantState : IDisposable
{
    public VariantState(VariantSpec spec, PlacedVersion placed, RunGate gate, int capacity)
    {
        Name = spec.Name;
        ArmNumber = spec.ArmNumber;
        Settings = spec.Settings;
        IsShadow = IsShadowArm(spec);
        Placed = placed;
        Bulkhead = new Bulkhead(capacity);
        VersionText = placed.Id.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Queue = new RunQueue(placed.Runtime, BatchingInForce(spec.Settings, placed), gate);
    }

    public VariantName Name { get; }

    public int ArmNumber { get; }

    public VersionId Version => Placed.Id;

    /// <summary>The version's number as the protocols write it.</summary>
    public string VersionText { get; }

    public VariantSettings Settings { get; }

    public PlacedVersion Placed { get; }

    public Signature Signature => Placed.Runtime.Signature;

    public Bulkhead Bulkhead { get; }

    public RunQueue Queue { get; }

    public VariantMeter Meter { get; } = new();

    /// <summary>It answers nobody and gets copies only.</summary>
    public bool IsShadow { get; }

    /// <summary>Says that this state can go on under another generation's specification of the variant.</summary>
    public bool Serves(VariantSpec spec) =>
        spec.Name == Name && spec.ArmNumber == ArmNumber && spec.Version == Version && spec.Settings == Settings
        && IsShadowArm(spec) == IsShadow;

    /// <summary>Says that an arm gets copies only; such arms run behind a gate of their own.</summary>
    public static bool IsShadowArm(VariantSpec spec) => spec is { Weight: 0, Mirror: > 0 };

    public void Dispose() => Queue.Dispose();

    private static BatchSettings BatchingInForce(VariantSettings settings, PlacedVersion placed) =>
        placed.Probe.Batchable ? settings.Batching : new BatchSettings { MaxRows = 1 };
}
