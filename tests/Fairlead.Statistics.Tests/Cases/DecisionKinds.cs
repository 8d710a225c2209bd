namespace Fairlead.Statistics.Tests.Cases;

/// <summary>Kinds that are decisions of the rollout machine.</summary>
internal static class DecisionKinds
{
    internal static readonly IReadOnlyDictionary<string, KindRunner> Kinds = new Dictionary<string, KindRunner>
    {
    };

    /// <summary>Kinds whose functions are still being written; a case of them is counted as not passed.</summary>
    internal static readonly string[] Awaited = ["argo_metric_assessment", "flagger_weight_schedule"];
}
