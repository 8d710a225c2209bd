using Fairlead.Statistics.Numerics;

namespace Fairlead.RollbackTime;

/// <summary>A candidate that fails 5 % of its requests where stable fails 2 %.</summary>
internal static class HarmfulRelease
{
    private const double StableErrors = 0.02;
    private const double CandidateErrors = 0.05;
    private const double LongestPropagation = 0.5;
    private const int Replicas = 2;
    private static readonly TimeSpan GivenUp = TimeSpan.FromHours(1);

    /// <summary>Seconds from the first request to the candidate until no replica sends it any.</summary>
    public static double SecondsToRollback(SplitMix64 chance)
    {
        // Each replica ships what it counted at its own instant of every second.
        var shipped = new double[Replicas];
        for (var i = 0; i < Replicas; i++)
            shipped[i] = chance.NextDouble() - 1;
        var (stable, candidate) = (Traffic.Nothing(), Traffic.Nothing());
        var state = Release.Begin();
        var next = new double[Replicas];
        var first = double.NaN;
        for (var look = Release.Plan.LookEvery; look < GivenUp; look += Release.Plan.LookEvery)
        {
            for (var replica = 0; replica < Replicas; replica++)
            {
                var until = shipped[replica] + Math.Floor(look.TotalSeconds - shipped[replica]);
                for (; next[replica] < until; next[replica] += Gap(chance))
                    Answer(next[replica]);
            }

            state = Release.Look(state, stable, candidate, look);
            if (state.IsOver)
                return look.TotalSeconds + LongestPropagation - first;
        }

        throw new InvalidOperationException("The harmful release was not taken back within an hour.");

        void Answer(double at)
        {
            var isCandidate = chance.NextDouble() < Traffic.Share;
            if (isCandidate && !(first <= at))
                first = at;
            Traffic.Ask(isCandidate ? candidate : stable, isCandidate ? CandidateErrors : StableErrors, chance);
        }
    }

    /// <summary>Seconds between two requests to one replica.</summary>
    private static double Gap(SplitMix64 chance) => -Math.Log(chance.NextDouble()) / (Traffic.PerSecond / Replicas);
}
