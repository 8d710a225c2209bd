using Fairlead.Client.Api;
using Fairlead.Core.Monitoring;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitoring;

/// <summary>A stretch of minutes since 1970 UTC; the last one is no longer in it.</summary>
internal readonly record struct Stretch(long From, long To);

/// <summary>
/// Holds what every arm of an endpoint did in a stretch against what the same version did there before, column by
/// column, as <see cref="DriftJudgement"/> judges it.
/// </summary>
internal sealed class DriftRead(WindowRead windows)
{
    private const string Confidence = "confidence";

    public async Task<IReadOnlyList<ArmDriftInfo>> ReadAsync(
        int endpoint, Stretch now, Stretch reference, Func<string, bool> wanted, DriftPolicy policy,
        CancellationToken cancellation)
    {
        var current = await windows.ReadAsync(endpoint, now.From, now.To, 0, wanted, cancellation);
        var before = await windows.ReadAsync(endpoint, reference.From, reference.To, 0, wanted, cancellation);
        return
        [
            .. current.Select(arm => Shown(arm, DriftJudgement.Judge(
                Pairs(arm.Window, before.FirstOrDefault(each => (each.Arm, each.Version) == (arm.Arm, arm.Version))
                    ?.Window), policy))),
        ];
    }

    /// <summary>Every column that is looked at; one that the reference does not have is held against nothing.</summary>
    public static List<ColumnPair> Pairs(WindowSketch current, WindowSketch? reference)
    {
        var nothing = new ColumnSketch();
        var pairs = current.Columns.Select(column => Pair(
            column.Name,
            reference?.Columns.FirstOrDefault(each => (each.Name, each.IsOutput) == (column.Name, column.IsOutput))
                ?.Sketch ?? nothing,
            column.Sketch)).ToList();
        if (current.Confidence.Rows > 0)
            pairs.Add(Pair(Confidence, reference?.Confidence ?? nothing, current.Confidence));
        return pairs;
    }

    private static ColumnPair Pair(string name, ColumnSketch reference, ColumnSketch current)
    {
        var kind = ColumnEvidence.KindOf(reference.Rows > 0 ? reference : current);
        return new ColumnPair(name, ColumnEvidence.Of(reference, kind), ColumnEvidence.Of(current, kind));
    }

    private static ArmDriftInfo Shown(ArmStretch arm, DriftReport report) => new()
    {
        Variant = arm.Arm,
        Version = arm.Version,
        State = Word(report.State),
        Alpha = report.Alpha,
        Findings =
        [
            .. report.Findings.Select(finding => new DriftFindingInfo
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
            }),
        ],
    };

    /// <summary>The word for what of a column is compared.</summary>
    public static string Word(DriftAspect aspect) => aspect switch
    {
        DriftAspect.Missing => "missing",
        DriftAspect.NewCategories => "new_categories",
        _ => "distribution",
    };

    private static string Word(DriftState state) => state switch
    {
        DriftState.Drift => "drift",
        DriftState.Ok => "ok",
        _ => "insufficient_data",
    };
}
