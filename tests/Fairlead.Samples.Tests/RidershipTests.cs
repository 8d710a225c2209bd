using Fairlead.Core.Alerts;
using Fairlead.Core.Monitoring;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Samples.Ridership;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Series;
using Fairlead.TestModels;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Samples.Tests;

/// <summary>The page of the ridership sample tells what the data say, and shuffled days do not say it.</summary>
public class RidershipTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Catalogue.Folder, "..", ".."));

    private static readonly IReadOnlyList<Day> Days =
        Day.Read(Path.Combine(Root, "samples", "ridership", "ridership.csv"));

    private static readonly Lazy<Story> Told = new(() => new Story(Days));

    private static Story Story => Told.Value;

    [Fact]
    public void TheDriftOf2005_IsFoundByEveryDetector_AndTheAlertFires()
    {
        Story.Evaluation.Value.ShouldBeInRange(0.3, 0.8);
        Story.Detections.Count.ShouldBe(4);
        Story.Detections.ShouldAllBe(found =>
            found.On > new DateOnly(2005, 3, 31) && found.On < new DateOnly(2006, 3, 31));
        Story.OffSince!.Value.Year.ShouldBe(2005);
        Story.Alert.First(change => change.To == AlertPhase.Firing).At.Year.ShouldBe(2005);
        Story.Alert[0].To.ShouldBe(AlertPhase.InsufficientData);
    }

    [Fact]
    public void TheInputs_DidNotDrift_SoAnEstimateWithoutOutcomesIsBlind()
    {
        Story.Inputs.Count.ShouldBe(11);
        Story.Inputs.ShouldAllBe(year => year.Report.State == DriftState.Ok);
        foreach (var quarter in Story.Quarters.Where(quarter => quarter.From.Year >= 2008))
            quarter.Error.Interval.Low.ShouldBeGreaterThan(quarter.Estimated.Interval.High);

        // While the concept still held, it was right.
        Story.Quarters[0].Estimated.Interval.Contains(Story.Quarters[0].Error.Value).ShouldBeTrue();
    }

    [Fact]
    public void TheBlizzardAndTheGreatCold_AreAmongTheOddestDays()
    {
        var low = Story.OddDays.Take(5).Where(day => day.Reading.Verdict == SeriesVerdict.Low).Select(day => day.Date);
        low.ShouldContain(new DateOnly(2011, 2, 2));
        low.ShouldContain(new DateOnly(2014, 1, 6));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ShuffledDays_TellNoStory(ulong seed)
    {
        var random = new SplitMix64(seed);
        var days = Days.ToArray();
        for (var i = days.Length - 1; i > 0; i--)
        {
            var other = random.NextIndex(i + 1);
            (days[i], days[other]) = (days[other], days[i]);
        }

        var story = new Story(days);
        story.Detections.ShouldBeEmpty();
        story.Alert.Select(change => change.To).ShouldBe([AlertPhase.InsufficientData, AlertPhase.Inactive]);
        story.Inputs.ShouldAllBe(year => year.Report.State == DriftState.Ok);
        story.OffSince.ShouldBeNull();
        story.Quarters.Count(quarter => quarter.Estimated.Interval.Contains(quarter.Error.Value))
            .ShouldBeGreaterThan(story.Quarters.Count * 8 / 10);
    }

    [Fact]
    public void TheCommittedModel_IsTheOneThatIsWatched_AndThePageIsItsStory()
    {
        _ = OnnxEnvironment.Plan;
        var path = Path.Combine(Root, "samples", "ridership", "models", "ridge", "model.onnx");
        using var session = new InferenceSession(path);
        var some = Days.Where((_, i) => i % 50 == 0).ToArray();
        float[] features = [.. some.SelectMany(RidershipModel.Features).Select(each => (float)each)];
        using var input = OrtValue.CreateTensorValueFromMemory(
            features, [some.Length, RidershipModel.FeatureNames.Count]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["features"], [input], ["riders"]);
        var riders = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        for (var i = 0; i < some.Length; i++)
            ((double)riders[i]).ShouldBe(Story.Model.Predict(some[i]), 1e-3);

        File.ReadAllText(Path.Combine(Root, "docs", "monitoring-ridership.md")).ReplaceLineEndings("\n")
            .ShouldBe(Report.Text(Story));
    }
}
