namespace Fairlead.Statistics.Sequential;

/// <summary>In which directions an effect may be found.</summary>
public enum Sides
{
    /// <summary>Only an effect above the null counts; to look for one below, turn the sign of the estimate.</summary>
    One,

    /// <summary>An effect in either direction counts.</summary>
    Two,
}
