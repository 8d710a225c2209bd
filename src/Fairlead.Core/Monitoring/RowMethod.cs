namespace Fairlead.Core.Monitoring;

/// <summary>How all columns are compared together, row by row.</summary>
public enum RowMethod
{
    /// <summary>How well a classifier tells the rows of one side from those of the other, on rows that it had not seen.
    /// </summary>
    DomainClassifier,

    /// <summary>Whether rows lie farther from the plane that the reference lies near, or nearer.</summary>
    Reconstruction,

    /// <summary>The maximum mean discrepancy under a Gaussian kernel, by permutations.</summary>
    Mmd,

    /// <summary>The energy distance, by permutations.</summary>
    Energy,
}

/// <summary>What is to be known of each <see cref="RowMethod"/>.</summary>
public static class RowMethods
{
    /// <summary>
    /// The size from which on a difference matters, unless a policy says otherwise. An area of 0.55 is what the best
    /// classifier reaches where one column moved by 0.18 standard deviations.
    /// </summary>
    public static double DefaultThreshold(this RowMethod method) => method switch
    {
        RowMethod.DomainClassifier or RowMethod.Reconstruction => 0.05,
        _ => 0.002,
    };

    /// <summary>What the size of the difference is called.</summary>
    public static string EffectName(this RowMethod method) => method switch
    {
        RowMethod.DomainClassifier => "area under the ROC curve less one half, of a classifier of the two sides",
        RowMethod.Reconstruction => "chance of the greater reconstruction error less one half",
        RowMethod.Mmd => "MMD², unbiased",
        _ => "energy distance by twice the mean distance across",
    };

    /// <summary>Why one would want it.</summary>
    public static string Purpose(this RowMethod method) => method switch
    {
        RowMethod.DomainClassifier =>
            "it sees shifts, spreads and dependence, says how far apart the sides are, and keeps to its law where "
            + "p-values are small",
        RowMethod.Reconstruction => "it sees linear dependence between columns break or grow",
        RowMethod.Mmd => "it sees any difference of the joint distribution, the local ones best",
        _ => "it sees any difference of the joint distribution, the wide ones best",
    };
}
