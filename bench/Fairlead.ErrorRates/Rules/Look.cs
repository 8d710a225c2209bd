namespace Fairlead.ErrorRates.Rules;

/// <summary>What a rule sees when it looks.</summary>
/// <param name="Number">1 for the first look.</param>
/// <param name="Last">No look follows.</param>
/// <param name="Information">Share of the planned information; at the last look at least 1.</param>
/// <param name="Control">Figure of the control.</param>
/// <param name="Difference">Treatment − control.</param>
/// <param name="Error">Standard error of the difference.</param>
/// <param name="Units">Units of both arms.</param>
internal readonly record struct Look(
    int Number, bool Last, double Information, double Control, double Difference, double Error, double Units)
{
    /// <summary>The statistic; 0 where there is no variance yet, which decides nothing.</summary>
    public double Z => Error > 0 ? Difference / Error : 0;

    /// <summary>The relative lift.</summary>
    public double Lift => Difference / Control;
}

/// <summary>What a study is planned to be; every rule is set up by it.</summary>
/// <param name="Looks">Number of looks.</param>
/// <param name="Units">Units of both arms at the end.</param>
/// <param name="Effect">The smallest difference worth finding.</param>
internal sealed record Plan(int Looks, double Units, double Effect)
{
    /// <summary>Information times of equally spaced looks.</summary>
    public double[] Times => [.. Enumerable.Range(1, Looks).Select(k => k / (double)Looks)];
}
