namespace Fairlead.Statistics.Tests.Cases;

/// <summary>Kinds of sequential tests, Bayesian engines, bandits and assignment.</summary>
internal static class SequentialKinds
{
    internal static readonly IReadOnlyDictionary<string, KindRunner> Kinds = new Dictionary<string, KindRunner>
    {
    };

    /// <summary>Kinds whose functions are still being written; a case of them is counted as not passed.</summary>
    internal static readonly string[] Awaited =
    [
        "gs_bounds_spending", "gs_bounds", "gs_monitor", "gs_inflation", "peeking_fpr", "normal_mixture_boundary",
        "asymptotic_confidence_sequence", "asympcs_best_rho2_exact", "sequential_relative_lift", "sequential_abs_diff",
        "sequential_relative_lift_prop", "sequential_one_sided_abs", "msprt_normal", "msprt_running_p",
        "statsig_sequential_z", "srm_sequential", "beta_binomial_ab", "gaussian_effect_ab", "thompson_prob_best",
        "thompson_prob_best_normal", "ucb1", "kl_ucb", "lai_robbins", "hash_bucket", "monotone_ramp",
        "weighted_rendezvous",
    ];
}
