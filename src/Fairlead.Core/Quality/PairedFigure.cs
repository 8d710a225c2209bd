namespace Fairlead.Core.Quality;

/// <summary>A figure of two models on the same rows.</summary>
/// <param name="Metric">The figure.</param>
/// <param name="Champion">Of the first.</param>
/// <param name="Challenger">Of the second.</param>
/// <param name="Low">Lower end of the two-sided interval of challenger − champion; NaN where none is defined.</param>
/// <param name="High">Its upper end.</param>
/// <param name="P">Two-sided p-value of no difference; NaN where none is defined.</param>
/// <param name="Method">How it was tested.</param>
/// <param name="Rows">The rows that entered, or lists of a ranking.</param>
public sealed record PairedFigure(
    QualityMetric Metric, double Champion, double Challenger, double Low, double High, double P, string Method,
    long Rows)
{
    /// <summary>Challenger − champion.</summary>
    public double Difference => Challenger - Champion;
}
