using Fairlead.Client.Api;
using Fairlead.Core.Monitoring;

namespace Fairlead.Server.Monitoring;

/// <summary>A stretch of minutes since 1970 UTC; the last one is no longer in it.</summary>
internal readonly record struct Stretch(long From, long To);

/// <summary>
/// Holds what every arm of an endpoint did in a stretch against a reference, column by column, as
/// <see cref="DriftJudgement"/> judges it.
/// </summary>
internal sealed class DriftRead(WindowRead windows, References references)
{
    /// <param name="endpoint">The endpoint's number.</param>
    /// <param name="look">What is looked at.</param>
    /// <param name="reference">What it is held against.</param>
    /// <param name="now">The present, which says what is still kept of the past.</param>
    /// <param name="wanted">Which arms.</param>
    /// <param name="policy">When a difference is an alarm.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyList<ArmDriftInfo>> ReadAsync(
        int endpoint, Stretch look, DriftReference reference, DateTimeOffset now, Func<string, bool> wanted,
        DriftPolicy policy, CancellationToken cancellation)
    {
        var arms = new List<ArmDriftInfo>();
        foreach (var arm in await windows.ReadAsync(endpoint, look.From, look.To, 0, wanted, cancellation))
        {
            var held = await references.ReadAsync(
                endpoint, arm.Arm, arm.Version, reference, look.From, now, cancellation);
            var report = DriftJudgement.Judge(held.PairsWith(arm.Window, out var left), policy);
            arms.Add(new ArmDriftInfo
            {
                Variant = arm.Arm,
                Version = arm.Version,
                State = DriftViews.Word(report.State),
                Alpha = report.Alpha,
                HeldAgainst = held.Sentence,
                Datasets = held.Datasets,
                NotCompared = left,
                Findings = DriftViews.Findings(report),
            });
        }

        return arms;
    }
}
