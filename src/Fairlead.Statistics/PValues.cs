using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics;

/// <summary>
/// The p-values of one statistic against each alternative; positive statistics speak for "greater". All NaN where the
/// statistic is not defined.
/// </summary>
public readonly record struct PValues(double TwoSided, double Greater, double Less)
{
    /// <summary>The p-values of a statistic that its data do not define.</summary>
    public static PValues Undefined { get; } = new(double.NaN, double.NaN, double.NaN);

    /// <summary>The p-values of a statistic that is standard normal under the null hypothesis.</summary>
    public static PValues OfNormal(double z) => new(Normal.TwoSided(z), Normal.UpperTail(z), Normal.Cdf(z));

    /// <summary>The p-values of a statistic that is Student's t under the null hypothesis.</summary>
    public static PValues OfStudentT(double t, double degrees) =>
        new(StudentT.TwoSided(t, degrees), StudentT.UpperTail(t, degrees), StudentT.Cdf(t, degrees));
}
