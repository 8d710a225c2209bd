namespace Fairlead.Statistics.Drift;

/// <summary>How many bins of equal width a sample is told apart in; those of numpy, by its names.</summary>
public enum BinRule
{
    /// <summary>log₂ n + 1 bins. H. A. Sturges 1926.</summary>
    Sturges,

    /// <summary>1 + log₂ n + log₂(1 + |g₁|/√(6(n − 2)/((n + 1)(n + 3)))), g₁ the skewness. D. P. Doane 1976.</summary>
    Doane,

    /// <summary>Width 2·IQR/n^(1/3). D. Freedman, P. Diaconis 1981.</summary>
    FreedmanDiaconis,

    /// <summary>Width (24√π/n)^(1/3)·s. D. W. Scott 1979.</summary>
    Scott,

    /// <summary>√n bins.</summary>
    SquareRoot,

    /// <summary>2·n^(1/3) bins.</summary>
    Rice,

    /// <summary>The narrower of Freedman–Diaconis and Sturges; Sturges where the quartiles agree.</summary>
    Auto,
}
