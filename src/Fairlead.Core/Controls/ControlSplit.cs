using System.Collections.Immutable;
using Fairlead.Core.Endpoints;

namespace Fairlead.Core.Controls;

/// <summary>
/// How an endpoint divides its units into those that are answered as usual and the control group that they are held
/// against.
/// </summary>
/// <param name="Control">Arm numbers of the control group.</param>
/// <param name="Treated">Arm numbers of the others, as far as they have a model.</param>
/// <param name="Share">Share of the control group, 0 to 1: while it stays, units stay in their group.</param>
public sealed record ControlSplit(ImmutableArray<int> Control, ImmutableArray<int> Treated, double Share)
{
    /// <summary>
    /// The split of an endpoint; null when nobody is held out. The control group is the holdout where there is one,
    /// else the variants without a model, or the arm that is named.
    /// </summary>
    /// <param name="spec">The endpoint, with arm numbers.</param>
    /// <param name="against">The arm to hold the others against; null: as told above.</param>
    public static ControlSplit? Of(EndpointSpec spec, VariantName? against)
    {
        bool IsControl(VariantSpec arm) => against is { } name
            ? arm.Name == name
            : spec.Holdout is { } holdout ? arm.Name == holdout.Arm.Name : arm.Control is not null;
        var weights = spec.Variants.Sum(variant => variant.Weight);
        var rest = 1 - (spec.Holdout?.Share ?? 0);
        double Share(VariantSpec arm) => spec.Holdout is { } holdout && arm.Name == holdout.Arm.Name
            ? holdout.Share
            : arm.Weight / weights * rest;

        var answering = spec.Arms.Where(arm => Share(arm) > 0).ToList();
        var control = answering.Where(IsControl).ToList();
        var treated = answering.Where(arm => !IsControl(arm) && arm.Version is not null
            && arm.Name != HoldoutSpec.Name).ToList();
        return control.Count == 0 || treated.Count == 0
            ? null
            : new ControlSplit([.. control.Select(arm => arm.ArmNumber).Order()],
                [.. treated.Select(arm => arm.ArmNumber).Order()], control.Sum(Share));
    }

    /// <summary>Units that were in a group stay in it from one split to the other.</summary>
    public bool KeepsGroupsOf(ControlSplit before) =>
        Math.Abs(Share - before.Share) < 1e-12 && Control.SequenceEqual(before.Control);
}
