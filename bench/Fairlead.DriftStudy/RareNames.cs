using Fairlead.Core.Monitoring;

namespace Fairlead.DriftStudy;

/// <summary>False alarms of a column of names of which many are rare.</summary>
internal sealed record RareNamesResult(int Rate, double Months, double Ours, double Nanny);

/// <summary>
/// One more column, without any change: forty names, the n-th n³ times as rare as the first, so that a reference of
/// 20,000 rows has some of them once and others never.
/// </summary>
internal static class RareNames
{
    public static RareNamesResult Run(Settings settings, int rate)
    {
        var stream = new FeatureStream(Feature.RareNames, rate * 5, Settings.ReferenceRows(rate), settings.Seed);
        for (var block = 0; block < 24 * FeatureStream.BlocksAnHour; block++)
            stream.Next(null, look: false);
        var looks = (int)(settings.Months(rate) * StableTraffic.LooksAMonth);
        var (ours, nanny) = (new bool[looks], new bool[looks]);
        var state = new bool[Policies.Windows.Count];
        for (var look = 0; look < looks; look++)
        {
            stream.Next(null);
            for (var window = 0; window < state.Length; window++)
            {
                if (stream.Windows[window] is { } current)
                {
                    state[window] = DriftJudgement.Judge(
                        [new(stream.Name, stream.Reference, current)],
                        Policies.OneOfAll(Feature.RareNames, window, rate)).State == DriftState.Drift;
                }
            }

            ours[look] = state.Contains(true);
            nanny[look] = double.IsPositiveInfinity(stream.Nanny);
        }

        var months = (double)looks / StableTraffic.LooksAMonth;
        return new(
            rate, months, StableTraffic.Episodes(ours) / months, StableTraffic.Episodes(nanny) / months);
    }
}
