using Fairlead.Core.Monitoring;

namespace Fairlead.DriftStudy;

/// <summary>Minutes from a change to the first alarm, over repeats; infinite where none came within the
/// horizon.</summary>
internal sealed record DelayResult(int Rate, Change Change, double[] Ours, double[] Evidently, double[] Nanny)
{
    public static double Quantile(double[] minutes, double p) =>
        minutes.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(p * minutes.Length) - 1));
}

/// <summary>
/// A day of stable traffic and then a change of one feature, until every tool has told or the horizon is over. The
/// other tools run with their thresholds raised to no more false alarms than ours had; ours is corrected as if all
/// thirty features were looked at.
/// </summary>
internal static class Delays
{
    private const int HorizonHours = 48;

    public static DelayResult Run(Settings settings, StableResult stable, Change change)
    {
        var repeats = settings.Repeats(stable.Rate);
        var results = new (double Ours, double Evidently, double Nanny)[repeats];
        Parallel.For(0, repeats, settings.Parallel, repeat =>
            results[repeat] = One(settings, stable, change, settings.Seed + 1000 + (ulong)repeat));
        return new(
            stable.Rate, change, [.. results.Select(each => each.Ours)], [.. results.Select(each => each.Evidently)],
            [.. results.Select(each => each.Nanny)]);
    }

    private static (double, double, double) One(Settings settings, StableResult stable, Change change, ulong seed)
    {
        var stream = new FeatureStream(
            change.Feature, stable.Rate * 5, Settings.ReferenceRows(stable.Rate), seed);
        for (var block = 0; block < 24 * FeatureStream.BlocksAnHour + (int)(seed % FeatureStream.BlocksAnHour); block++)
            stream.Next(null, look: false);

        var (ours, evidently, nanny) = (double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
        for (var look = 1; look <= HorizonHours * FeatureStream.BlocksAnHour; look++)
        {
            stream.Next(change, sketches: double.IsInfinity(ours));
            var minutes = look * 5.0;
            if (double.IsInfinity(ours) && Alarms(stream, change.Feature, stable.Rate))
                ours = minutes;
            if (double.IsInfinity(evidently) && stream.Evidently > stable.Evidently.Factor)
                evidently = minutes;
            if (double.IsInfinity(nanny) && stream.Nanny > stable.Nanny.Factor)
                nanny = minutes;
            if (Math.Max(Math.Max(ours, evidently), nanny) < double.PositiveInfinity)
                break;
        }

        return (ours, evidently, nanny);
    }

    private static bool Alarms(FeatureStream stream, Feature feature, int rate) =>
        Enumerable.Range(0, Policies.Windows.Count).Any(i => stream.Windows[i] is { } window
            && DriftJudgement.Judge([new(stream.Name, stream.Reference, window)], Policies.OneOfAll(feature, i, rate))
                .State == DriftState.Drift);
}
