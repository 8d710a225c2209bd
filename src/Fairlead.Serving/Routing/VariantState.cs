using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Loading;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;
using Fairlead.Serving.Windows;

namespace Fairlead.Serving.Routing;

/// <summary>
/// An arm that answers here: its model and queue, or what it answers without one, its bulkhead and its counts. It lives
/// on across generations in which only its weight changes.
/// </summary>
public sealed class VariantState : IDisposable
{
    /// <summary>An arm with a model.</summary>
    public VariantState(VariantSpec spec, PlacedVersion placed, RunGate gate, int capacity)
        : this(spec, capacity)
    {
        IsShadow = IsShadowArm(spec);
        Placed = placed;
        ModelText = placed.Id.Model.ToString();
        VersionText = placed.Id.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Queue = new RunQueue(placed.Runtime, BatchingInForce(spec.Settings, placed), gate);
        Signature = RequestSignature = placed.Runtime.Signature;
        Windows = new ArmWindows(RequestSignature, Signature);
    }

    /// <summary>An arm without a model, which reads requests as the stable version does.</summary>
    public VariantState(VariantSpec spec, Signature stable, int capacity)
        : this(spec, capacity)
    {
        Control = new ControlArm(
            spec.Control ?? throw new ArgumentException("The arm has a version.", nameof(spec)), stable);
        ModelText = "";
        VersionText = ControlAnswer.Word(Control.Answer.Kind);
        Signature = Control.Signature;
        RequestSignature = Control.Reads;
        Windows = new ArmWindows(RequestSignature, Signature);
    }

    private VariantState(VariantSpec spec, int capacity)
    {
        Name = spec.Name;
        ArmNumber = spec.ArmNumber;
        Settings = spec.Settings;
        Bulkhead = new Bulkhead(capacity);
        ModelText = VersionText = "";
        Signature = RequestSignature = null!;
        Windows = null!;
    }

    public VariantName Name { get; }

    public int ArmNumber { get; }

    /// <summary>The version that answers; null for an arm without a model.</summary>
    public VersionId? Version => Placed?.Id;

    /// <summary>The model's name; empty for an arm without one.</summary>
    public string ModelText { get; }

    /// <summary>
    /// The version's number as the protocols write it; <c>none</c>, <c>constant</c> or <c>rule</c> for an arm without a
    /// model.
    /// </summary>
    public string VersionText { get; }

    /// <summary>What is answered without a model; null for an arm with one.</summary>
    public ControlArm? Control { get; }

    public VariantSettings Settings { get; }

    /// <summary>The loaded version; null for an arm without a model.</summary>
    public PlacedVersion? Placed { get; }

    /// <summary>What it takes and gives.</summary>
    public Signature Signature { get; }

    /// <summary>By which requests are read: the same, or stable's for an arm without a model.</summary>
    public Signature RequestSignature { get; }

    public Bulkhead Bulkhead { get; }

    /// <summary>The queue before the model; null for an arm without one.</summary>
    public RunQueue? Queue { get; }

    public VariantMeter Meter { get; } = new();

    /// <summary>What it was asked and answered, minute by minute.</summary>
    public ArmWindows Windows { get; }

    /// <summary>It answers nobody and gets copies only.</summary>
    public bool IsShadow { get; }

    /// <summary>Says that this state can go on under another generation's specification of the variant.</summary>
    /// <param name="spec">The arm.</param>
    /// <param name="stable">The signature of that generation's stable version, once it is known.</param>
    public bool Serves(VariantSpec spec, Signature? stable = null) =>
        spec.Name == Name && spec.ArmNumber == ArmNumber && spec.Version == Version && spec.Settings == Settings
        && spec.Control == Control?.Answer && IsShadowArm(spec) == IsShadow
        && (Control is null || stable is null || Control.Reads.Equals(stable));

    /// <summary>Says that an arm gets copies only; such arms run behind a gate of their own.</summary>
    public static bool IsShadowArm(VariantSpec spec) => spec is { Weight: 0, Mirror: > 0 };

    public void Dispose() => Queue?.Dispose();

    private static BatchSettings BatchingInForce(VariantSettings settings, PlacedVersion placed) =>
        placed.Probe.Batchable ? settings.Batching : new BatchSettings { MaxRows = 1 };
}
