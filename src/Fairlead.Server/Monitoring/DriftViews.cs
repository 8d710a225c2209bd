using Fairlead.Client.Api;
using Fairlead.Core.Monitoring;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Monitoring;

/// <summary>What was found of drift, as the API tells it.</summary>
public static class DriftViews
{
    /// <summary>Every comparison of a look.</summary>
    public static IReadOnlyList<DriftFindingInfo> Findings(DriftReport report) =>
        [.. report.Findings.Select(Finding)];

    /// <summary>One comparison.</summary>
    public static DriftFindingInfo Finding(DriftFinding finding) => new()
    {
        Column = finding.Column,
        Aspect = Word(finding.Aspect),
        State = Word(finding.State),
        Test = finding.Test,
        Why = finding.Why,
        EffectName = finding.EffectName,
        Effect = StoredJson.Figure(finding.Effect),
        Error = finding.Error,
        Threshold = finding.Threshold,
        P = StoredJson.Figure(finding.AdjustedP),
        ReferenceRows = finding.ReferenceRows,
        CurrentRows = finding.CurrentRows,
        Sentence = finding.Sentence,
    };

    /// <summary>The word for what of a column is compared.</summary>
    public static string Word(DriftAspect aspect) => aspect switch
    {
        DriftAspect.Missing => "missing",
        DriftAspect.NewCategories => "new_categories",
        DriftAspect.Together => "together",
        _ => "distribution",
    };

    /// <summary><c>drift</c>, <c>ok</c> or <c>insufficient_data</c>.</summary>
    public static string Word(DriftState state) => state switch
    {
        DriftState.Drift => "drift",
        DriftState.Ok => "ok",
        _ => "insufficient_data",
    };
}
