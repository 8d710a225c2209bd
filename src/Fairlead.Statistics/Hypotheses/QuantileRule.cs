namespace Fairlead.Statistics.Hypotheses;

/// <summary>
/// What a quantile between two sample values is: the definitions of R. J. Hyndman, Y. Fan, Am. Stat. 50 (1996) that
/// are in use, and the four ways to settle definition 7 on a sample value.
/// </summary>
public enum QuantileRule
{
    /// <summary>Definition 7: linear between ranks at (n − 1)p + 1. The library's own.</summary>
    Linear,

    /// <summary>The sample value at or below the place of definition 7.</summary>
    Lower,

    /// <summary>The sample value at or above the place of definition 7.</summary>
    Higher,

    /// <summary>The sample value nearest to the place of definition 7; of two as near the one with the even
    /// index from 0.</summary>
    Nearest,

    /// <summary>The middle of lower and higher.</summary>
    Midpoint,

    /// <summary>Definition 5: linear between ranks at n p + 1/2.</summary>
    Hazen,

    /// <summary>Definition 6: linear between ranks at (n + 1)p.</summary>
    Weibull,

    /// <summary>Definition 8: linear between ranks at (n + 1/3)p + 1/3, median-unbiased for any distribution.</summary>
    MedianUnbiased,

    /// <summary>Definition 1: the least value at or below which a share p of the sample lies.</summary>
    InvertedCdf,
}
