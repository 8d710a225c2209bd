using System.Globalization;
using Fairlead.Core.Alerts;
using Fairlead.Core.Monitoring;
using Fairlead.Statistics;

namespace Fairlead.Samples.Ridership;

/// <summary>The story as a page with its plots.</summary>
public static class Report
{
    public static string Text(Story story) => string.Concat(
        Beginning(story), WhoSawIt(story), WithoutOutcomes(story), SingleDays(story), Ending);

    private const string Ending = """

        ## The other way round

        With the days in shuffled order there is no time in them and so nothing to find: a test runs the same program on
        shuffled days and demands that no detector speaks and no alert fires.

        The data: daily riders of the station Clark/Lake in Chicago with the weather, data set `Chicago` of the R
        package modeldata 1.1.0, under the MIT licence.

        """;

    private static string Beginning(Story story) => Invariant($"""
        # A model that goes stale: riders of a station, 2001 to 2016

        Written by `dotnet run --project samples/ridership` from real data; the numbers are its output. A ridge
        regression on calendar and weather is trained on the first {Story.TrainingDays:N0} days, evaluated on the next
        {Story.ReferenceDays}, and watched from {story.Quarters[0].From:yyyy-MM-dd} on as if every day were today. On
        the evaluation it is off by {story.Evaluation.Value:F2} thousand riders a day
        ({Ends(story.Evaluation.Interval)}).

        ![Riders and predictions](monitoring-ridership/riders.svg)

        ## What was found, and when

        From the quarter that begins on {story.OffSince:yyyy-MM-dd} on, the model never again says enough: more people
        ride, and nothing that the model is told grows with the years. That is concept drift. Who saw it, on the day on
        which it could be seen:


        """);

    private static string WhoSawIt(Story story)
    {
        var found = story.Detections.OrderBy(each => each.On)
            .Select(each => Invariant($"| {each.Name} on the daily error | {each.On:yyyy-MM-dd} |\n"));
        var alert = story.Alert.Where(change => change.To == AlertPhase.Firing).Take(1).Select(change => Invariant(
            $"| alert: error of 28 days above 1.5 × the evaluation's, for 14 days | {change.At:yyyy-MM-dd} |\n"));
        return "| watcher | first spoke |\n|---|---|\n" + string.Concat(found.Concat(alert));
    }

    private static string WithoutOutcomes(Story story)
    {
        var drifted = story.Inputs.Count(year => year.Report.State == DriftState.Drift);
        var rows = story.Quarters.Where((_, i) => i % 4 == 0).Select(quarter => Invariant(
            $"| {quarter.From:yyyy-MM-dd} | {quarter.Error.Value:F2} ({Ends(quarter.Error.Interval)}) |")
            + Invariant($" {quarter.Estimated.Value:F2} ({Ends(quarter.Estimated.Interval)}) |\n"));
        return Invariant($"""

            ![Errors, measured and estimated](monitoring-ridership/errors.svg)

            ## What could not be seen without outcomes

            Temperature, rain and snow of {story.Inputs.Count} years were compared with those of the evaluation; years
            in which any of them had drifted: {drifted}. An estimate of the error without outcomes learns from inputs,
            and so it stays where it was. It rests on the assumption of "no concept drift", which is written beside
            it and here is false:

            | quarter from | error measured (95 %) | error estimated without outcomes (95 %) |
            |---|---|---|

            """) + string.Concat(rows);
    }

    private static string SingleDays(Story story) => """

        ## Single days

        Each day against the same weekday of the eleven weeks before (median and robust deviation, beyond 6 deviations),
        holidays left out; the five that were farthest off:

        | day | thousand riders | expected |
        |---|---|---|

        """ + string.Concat(story.OddDays.Take(5).Select(day => Invariant(
            $"| {day.Date:yyyy-MM-dd} | {day.Reading.Value:F1} | {day.Reading.Expected:F1} |\n")));

    public static string RidersPlot(Story story) => new Plot(
            "Riders a day, means of 28 days", "thousands", 24)
        .Add(new("measured", "#1565c0", [.. story.Months.Select(month => (month.From, month.Riders))]))
        .Add(new("predicted", "#ef6c00", [.. story.Months.Select(month => (month.From, month.Predicted))]))
        .Mark(story.Quarters[0].From, "watched from here")
        .ToSvg();

    public static string ErrorsPlot(Story story)
    {
        var plot = new Plot("Mean absolute error by quarter, with 95 % intervals", "thousands", 8)
            .Add(new("measured", "#1565c0", [.. story.Quarters.Select(quarter => (quarter.From, quarter.Error.Value))])
            {
                Band = [.. story.Quarters.Select(quarter => (quarter.Error.Interval.Low, quarter.Error.Interval.High))],
            })
            .Add(new(
                "estimated without outcomes", "#ef6c00",
                [.. story.Quarters.Select(quarter => (quarter.From, quarter.Estimated.Value))])
            {
                Band = [.. story.Quarters.Select(quarter =>
                    (quarter.Estimated.Interval.Low, quarter.Estimated.Interval.High))],
            });
        foreach (var found in story.Detections.OrderBy(found => found.On))
            plot.Mark(found.On, $"{found.Name} {found.On:yyyy-MM-dd}");
        return plot.ToSvg();
    }

    private static string Ends(Interval interval) => Invariant($"{interval.Low:F2} to {interval.High:F2}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
