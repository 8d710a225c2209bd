namespace Fairlead.Core.Checks;

/// <summary>Combines figures over phases.</summary>
internal static class Pooled
{
    /// <summary>
    /// The figure of one arm over its phases, weighted by units. For what is shown and for limits; differences between
    /// arms are never taken of pooled figures.
    /// </summary>
    public static ArmFigure Of(IEnumerable<ArmFigure> figures)
    {
        double units = 0, sum = 0, variance = 0;
        foreach (var figure in figures)
        {
            if (!(figure.Units > 0) || double.IsNaN(figure.Value))
                continue;
            units += figure.Units;
            sum += figure.Units * figure.Value;
            variance += figure.Units * figure.Units * figure.Variance;
        }

        return units > 0 ? new ArmFigure(units, sum / units, variance / (units * units)) : ArmFigure.None;
    }

    /// <summary>
    /// The difference candidate − stable over phases, each difference taken within its phase and weighted by the
    /// inverse of its variance; phases of which one arm has no variance to tell are left out.
    /// </summary>
    public static ArmFigure Difference(IEnumerable<PhaseFigures> phases)
    {
        double weights = 0, sum = 0, units = 0;
        foreach (var phase in phases)
        {
            var variance = phase.Candidate.Variance + phase.Stable.Variance;
            if (!(variance > 0) || !double.IsFinite(variance))
                continue;
            weights += 1 / variance;
            sum += (phase.Candidate.Value - phase.Stable.Value) / variance;
            units += phase.Candidate.Units;
        }

        return weights > 0 ? new ArmFigure(units, sum / weights, 1 / weights) : ArmFigure.None;
    }
}
