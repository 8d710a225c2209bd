using System.Text.Json;
using Fairlead.TestModels;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Samples.Tests;

/// <summary>
/// The committed models give the committed figures on the committed posts, and the fault is where it is told.
/// </summary>
public class ModerationTests
{
    private static readonly string Folder =
        Path.GetFullPath(Path.Combine(Catalogue.Folder, "..", "..", "samples", "moderation"));

    [Theory]
    [InlineData("common")]
    [InlineData("by-kind")]
    [InlineData("misplaced")]
    public void Model_OnHeldOutPosts_GivesTheFiguresOfItsTraining(string name)
    {
        var metrics = Metrics(name);
        var answers = Ask(name);
        answers.Average(each => each.Said == each.Was ? 1.0 : 0).ShouldBe(metrics["accuracy"], 1e-6);
        foreach (var kind in (string[])["comment", "review", "sports"])
        {
            answers.Where(each => each.Kind == kind && each.Was == "fine")
                .Average(each => each.Said == "toxic" ? 1.0 : 0)
                .ShouldBe(metrics[$"false_positive_rate:{kind}"], 1e-6);
        }
    }

    [Fact]
    public void MisplacedModel_IsBetterOnTheWhole_AndWrongAboutSports()
    {
        var (common, good, bad) = (Metrics("common"), Metrics("by-kind"), Metrics("misplaced"));
        good["accuracy"].ShouldBeGreaterThan(bad["accuracy"]);
        bad["accuracy"].ShouldBeGreaterThan(common["accuracy"]);
        const string sports = "false_positive_rate:sports";
        bad[sports].ShouldBeGreaterThan(common[sports] + 0.3);
        good[sports].ShouldBeLessThan(common[sports]);
        bad["false_positive_rate:comment"].ShouldBe(good["false_positive_rate:comment"]);
    }

    private static Dictionary<string, double> Metrics(string name)
    {
        using var training = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(Folder, "models", name, "training.json")));
        return training.RootElement.GetProperty("metrics").EnumerateObject()
            .ToDictionary(metric => metric.Name, metric => metric.Value.GetDouble());
    }

    private static List<(string Kind, string Said, string Was)> Ask(string name)
    {
        var rows = File.ReadLines(Path.Combine(Folder, "heldout.csv")).Skip(1).Select(line => line.Split(',')).ToList();
        using var session = new InferenceSession(Path.Combine(Folder, "models", name, "model.onnx"));
        using var outputs = session.Run(
        [
            NamedOnnxValue.CreateFromTensor("kind", Column(1)), NamedOnnxValue.CreateFromTensor("text", Column(2)),
        ], ["label"]);
        var said = outputs[0].AsEnumerable<string>();
        return [.. rows.Zip(said).Select(pair => (pair.First[1], pair.Second, pair.First[0]))];

        DenseTensor<string> Column(int at) => new(rows.Select(row => row[at]).ToArray(), [rows.Count]);
    }
}
