using Fairlead.Core.Monitoring;

namespace Fairlead.DriftStudy;

/// <summary>False alarms of one tool on stable traffic.</summary>
/// <param name="Episodes">Alarms, each counted once however long it lasts.</param>
/// <param name="ShareInAlarm">The share of looks in alarm.</param>
/// <param name="Factor">By how much its thresholds must be raised to alarm no more often than ours; NaN for
/// ours.</param>
internal sealed record FalseAlarms(double Episodes, double ShareInAlarm, double Factor);

/// <summary>What stable traffic at one rate gave.</summary>
internal sealed record StableResult(
    int Rate, ulong Seed, double Months, FalseAlarms Ours, FalseAlarms Evidently, FalseAlarms Nanny);

/// <summary>Thirty features without any change, looked at every five minutes.</summary>
internal static class StableTraffic
{
    public const int LooksAMonth = 30 * 24 * FeatureStream.BlocksAnHour;

    public static StableResult Run(Settings settings, int rate)
    {
        var streams = new FeatureStream[Feature.All.Length];
        Parallel.For(0, streams.Length, settings.Parallel, i => streams[i] = new FeatureStream(
            Feature.All[i], rate * 5, Settings.ReferenceRows(rate), settings.Seed));

        // A day before the first look, so that every window is full.
        for (var block = 0; block < 24 * FeatureStream.BlocksAnHour; block++)
            Parallel.For(0, streams.Length, settings.Parallel, i => streams[i].Next(null, look: false));

        var looks = (int)(settings.Months(rate) * LooksAMonth);
        var (ours, evidently, nanny) = (new bool[looks], new double[looks], new double[looks]);
        var state = new bool[Policies.Windows.Count];
        for (var look = 0; look < looks; look++)
        {
            Parallel.For(0, streams.Length, settings.Parallel, i => streams[i].Next(null));
            Parallel.For(0, state.Length, settings.Parallel, window =>
            {
                if (streams[0].Windows[window] is not null)
                {
                    state[window] = DriftJudgement.Judge(
                        [.. streams.Select(each => new ColumnPair(each.Name, each.Reference, each.Windows[window]!))],
                        Policies.Look(window, rate)).State == DriftState.Drift;
                }
            });
            ours[look] = state.Contains(true);
            evidently[look] = streams.Max(each => each.Evidently);
            nanny[look] = streams.Max(each => each.Nanny);
        }

        var months = (double)looks / LooksAMonth;
        return new(
            rate, settings.Seed, months,
            new(Episodes(ours) / months, Share(ours), double.NaN),
            Rival(evidently, months, Episodes(ours)), Rival(nanny, months, Episodes(ours)));
    }

    private static FalseAlarms Rival(double[] multiples, double months, int allowed)
    {
        var alarms = multiples.Select(each => each >= 1).ToArray();
        var factor = multiples.Distinct().Order().Prepend(1).Where(each => each >= 1)
            .First(each => Episodes([.. multiples.Select(other => other > each)]) <= allowed);
        return new(Episodes(alarms) / months, Share(alarms), factor);
    }

    public static int Episodes(bool[] alarms) =>
        alarms.Where((alarm, i) => alarm && (i == 0 || !alarms[i - 1])).Count();

    private static double Share(bool[] alarms) => alarms.Count(alarm => alarm) / (double)alarms.Length;
}
