using Fairlead.Statistics.Numerics;

namespace Fairlead.RollbackTime;

/// <summary>A candidate that is like stable, watched for a week.</summary>
internal static class HealthyRelease
{
    private const double Errors = 0.02;
    private const double Growth = 1.01;
    private static readonly TimeSpan Densely = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Length = TimeSpan.FromDays(7);

    /// <summary>Whether any guard takes it back.</summary>
    public static bool IsTakenBack(SplitMix64 chance)
    {
        var (stable, candidate) = (Traffic.Nothing(), Traffic.Nothing());
        var state = Release.Begin();
        var before = TimeSpan.Zero;
        for (var look = Release.Plan.LookEvery; look <= Length; look = After(look))
        {
            var requests = (look - before).TotalSeconds * Traffic.PerSecond;
            before = look;
            Traffic.AskMany(stable, requests * (1 - Traffic.Share), Errors, chance);
            Traffic.AskMany(candidate, requests * Traffic.Share, Errors, chance);
            state = Release.Look(state, stable, candidate, look);
            if (state.IsOver)
                return true;
        }

        return false;
    }

    private static TimeSpan After(TimeSpan look) =>
        look < Densely ? look + Release.Plan.LookEvery : look * Growth;
}
