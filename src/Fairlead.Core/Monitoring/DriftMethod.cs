namespace Fairlead.Core.Monitoring;

/// <summary>How a column is compared with its reference: the size of a difference, and the test that it is no
/// chance.</summary>
public enum DriftMethod
{
    /// <summary>Wasserstein in standard deviations; the p-value of location or of Kolmogorov–Smirnov, to which four
    /// fifths and one fifth of the level go.</summary>
    ShapeAndMean,

    /// <summary>Wasserstein in standard deviations; Kolmogorov–Smirnov's p-value.</summary>
    Wasserstein,

    /// <summary>The energy distance by the root of a standard deviation; Kolmogorov–Smirnov's p-value.</summary>
    Energy,

    /// <summary>The greatest difference of the distribution functions and its p-value.</summary>
    KolmogorovSmirnov,

    /// <summary>The difference of the means in standard deviations; Welch's t.</summary>
    WelchT,

    /// <summary>The greatest difference of the distribution functions; Cramér–von Mises. Needs the rows.</summary>
    CramerVonMises,

    /// <summary>The greatest difference of the distribution functions; Anderson–Darling. Needs the rows.</summary>
    AndersonDarling,

    /// <summary>The greatest difference of the distribution functions; Epps–Singleton. Needs the rows.</summary>
    EppsSingleton,

    /// <summary>How far the chance of being the greater is from one half; the rank-sum test. Needs the rows.</summary>
    MannWhitney,

    /// <summary>PSI over tenths of the reference or categories, by its own critical value.</summary>
    PopulationStability,

    /// <summary>Kullback–Leibler in nats; χ² of the same cells.</summary>
    KullbackLeibler,

    /// <summary>The Jensen–Shannon distance in base two; χ² of the same cells.</summary>
    JensenShannon,

    /// <summary>The Hellinger distance; χ² of the same cells.</summary>
    Hellinger,

    /// <summary>The greatest difference of one cell; χ² of the same cells.</summary>
    LInfinity,

    /// <summary>Total variation; χ² of the same cells.</summary>
    ChiSquare,

    /// <summary>Total variation; the G test of the same cells.</summary>
    GTest,

    /// <summary>Total variation of two categories; Fisher's exact test.</summary>
    FisherExact,
}

/// <summary>What is to be known of each <see cref="DriftMethod"/>.</summary>
public static class DriftMethods
{
    /// <summary>The size of a difference from which on it matters, unless a policy says otherwise.</summary>
    public static double DefaultThreshold(this DriftMethod method) => method switch
    {
        DriftMethod.ShapeAndMean or DriftMethod.WelchT => 0.08,
        DriftMethod.KolmogorovSmirnov or DriftMethod.CramerVonMises or DriftMethod.AndersonDarling
            or DriftMethod.EppsSingleton or DriftMethod.MannWhitney or DriftMethod.LInfinity or DriftMethod.ChiSquare
            or DriftMethod.GTest or DriftMethod.FisherExact => 0.05,
        _ => 0.1,
    };

    /// <summary>What the size of the difference is called.</summary>
    public static string EffectName(this DriftMethod method) => method switch
    {
        DriftMethod.ShapeAndMean or DriftMethod.Wasserstein => "Wasserstein distance in standard deviations",
        DriftMethod.Energy => "energy distance, normalised",
        DriftMethod.WelchT => "difference of means in standard deviations",
        DriftMethod.MannWhitney => "chance of being the greater less one half",
        DriftMethod.PopulationStability => "PSI",
        DriftMethod.KullbackLeibler => "KL divergence (nats)",
        DriftMethod.JensenShannon => "JS distance (base 2)",
        DriftMethod.Hellinger => "Hellinger distance",
        DriftMethod.LInfinity => "greatest difference of a share",
        DriftMethod.ChiSquare or DriftMethod.GTest or DriftMethod.FisherExact => "total variation",
        _ => "greatest difference of the distribution functions",
    };

    /// <summary>It cannot be computed from sketches.</summary>
    public static bool NeedsRows(this DriftMethod method) => method is DriftMethod.CramerVonMises
        or DriftMethod.AndersonDarling or DriftMethod.EppsSingleton or DriftMethod.MannWhitney;

    /// <summary>It compares numbers by their order or distances, so names have no place in it.</summary>
    public static bool NeedsNumbers(this DriftMethod method) => method <= DriftMethod.MannWhitney;
}
