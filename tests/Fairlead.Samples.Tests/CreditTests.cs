using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Runtimes.Onnx.Format;
using Fairlead.Statistics;
using Fairlead.Statistics.Assignment;
using Fairlead.Statistics.Buckets;
using Fairlead.Statistics.Hypotheses;
using Fairlead.TestModels;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Samples.Tests;

/// <summary>The committed models give the committed figures on the committed rows.</summary>
public class CreditTests
{
    private const double Tolerance = 1e-4;

    private static readonly string Folder =
        Path.GetFullPath(Path.Combine(Catalogue.Folder, "..", "..", "samples", "credit"));

    private static readonly string[] Words = ["Home", "Marital", "Records", "Job"];

    [ModuleInitializer]
    internal static void StartOnnx() => _ = OnnxEnvironment.Plan;

    [Theory]
    [InlineData("logistic")]
    [InlineData("boosted")]
    public void Model_OnHeldOutRows_GivesTheFiguresOfItsTraining(string name)
    {
        var metrics = Training(name).GetProperty("metrics");
        var rows = ReadRows("heldout.csv");
        var (labels, probabilities) = Ask(name, rows);
        bool[] bad = [.. rows.Select(row => row["Status"] == "bad")];

        var right = labels.Zip(bad, (label, isBad) => label == (isBad ? "bad" : "good")).Count(hit => hit);
        ((double)right / rows.Count).ShouldBe(metrics.GetProperty("accuracy").GetDouble(), Tolerance);
        Auc(probabilities, bad).ShouldBe(metrics.GetProperty("auc").GetDouble(), Tolerance);
        probabilities.Zip(bad, (p, isBad) => -Math.Log(isBad ? p : 1 - p)).Average()
            .ShouldBe(metrics.GetProperty("logLoss").GetDouble(), Tolerance);
        Auc(probabilities, bad).ShouldBeGreaterThan(0.8);
    }

    /// <summary>
    /// What a rollout's check adds up from bins and buckets is what the scores themselves say, to within the error that
    /// the bins carry, with DeLong's interval.
    /// </summary>
    [Theory]
    [InlineData("logistic")]
    [InlineData("boosted")]
    public void Model_OnHeldOutRows_HasTheSameAreaAndLossFromSumsThatMerge(string name)
    {
        var rows = ReadRows("heldout.csv");
        var (_, probabilities) = Ask(name, rows);
        bool[] bad = [.. rows.Select(row => row["Status"] == "bad")];
        double[] scores = [.. probabilities.Select(p => (double)p)];
        var exact = DeLong.Compare(bad, scores, scores);

        ScoreTotals[] replicas = [new(), new()];
        var losses = new BucketTotals();
        for (var i = 0; i < rows.Count; i++)
        {
            var bucket = BucketTotals.BucketOf(UnitHash.Of($"applicant-{i}"));
            replicas[i % 2].Add(bucket, ScoreBins.Of(scores[i]), bad[i]);
            losses.Add(bucket, LogLoss.Of(scores[i], bad[i]));
        }

        replicas[0].Add(replicas[1]);
        var area = replicas[0].Auc();
        area.Records.ShouldBe(rows.Count);
        replicas[0].LargestBinningError().ShouldBeLessThan(0.006);
        area.Value.ShouldBe(exact.Champion, 0.001);
        Math.Sqrt(area.Variance).ShouldBe(Math.Sqrt(exact.VarianceChampion), 0.05 * Math.Sqrt(exact.VarianceChampion));
        losses.MeanOfRecords().Value.ShouldBe(
            Training(name).GetProperty("metrics").GetProperty("logLoss").GetDouble(), Tolerance);
    }

    [Theory]
    [InlineData("logistic")]
    [InlineData("boosted")]
    public void Model_RowsOneByOne_AnswersAsInABatch(string name)
    {
        var rows = ReadRows("heldout.csv").Take(50).ToList();
        var together = Ask(name, rows);

        for (var i = 0; i < rows.Count; i++)
        {
            var alone = Ask(name, [rows[i]]);
            alone.Labels.ShouldBe([together.Labels[i]]);
            ((double)alone.ProbabilitiesOfBad[0]).ShouldBe(together.ProbabilitiesOfBad[i], 1e-6);
        }
    }

    [Theory]
    [InlineData("logistic")]
    [InlineData("boosted")]
    public void Model_EverythingMissingOrUnknown_StillAnswers(string name)
    {
        var header = File.ReadLines(Path.Combine(Folder, "credit.csv")).First().Split(',').Select(f => f.Trim('"'));
        var missing = header.ToDictionary(column => column, _ => "", StringComparer.Ordinal);
        var unknown = new Dictionary<string, string>(missing, StringComparer.Ordinal);
        foreach (var word in Words)
            unknown[word] = "boat";

        foreach (var probability in Ask(name, [missing, unknown]).ProbabilitiesOfBad)
            probability.ShouldBeInRange(0.01f, 0.99f);
    }

    [Theory]
    [InlineData("logistic", 10_000)]
    [InlineData("boosted", 100_000)]
    public void ModelFile_NamesItsClassesAndData_AndIsSmall(string name, long limit)
    {
        var path = ModelPath(name);
        var metadata = OnnxFile.Read(path).Metadata;

        metadata["classes"].ShouldBe("good,bad");
        metadata["dataset_sha256"].ShouldBe(Training(name).GetProperty("dataset").GetProperty("sha256").GetString());
        new FileInfo(path).Length.ShouldBeLessThan(limit);
    }

    [Theory]
    [InlineData("logistic")]
    [InlineData("boosted")]
    public void Training_CountsAndDigest_AreThoseOfTheFiles(string name)
    {
        var training = Training(name);
        var rows = training.GetProperty("rows");
        var data = File.ReadAllBytes(Path.Combine(Folder, "credit.csv"));

        training.GetProperty("dataset").GetProperty("sha256").GetString()
            .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(data)));
        rows.GetProperty("total").GetInt32().ShouldBe(ReadRows("credit.csv").Count);
        rows.GetProperty("heldOut").GetInt32().ShouldBe(ReadRows("heldout.csv").Count);
        (rows.GetProperty("training").GetInt32() + rows.GetProperty("heldOut").GetInt32())
            .ShouldBe(rows.GetProperty("total").GetInt32());
    }

    [Fact]
    public void HeldOut_IsAPartOfTheDataInItsOrder()
    {
        using var all = File.ReadLines(Path.Combine(Folder, "credit.csv")).GetEnumerator();

        foreach (var line in File.ReadLines(Path.Combine(Folder, "heldout.csv")))
        {
            while (all.MoveNext() && all.Current != line)
            {
            }

            all.Current.ShouldBe(line);
        }
    }

    private static string ModelPath(string name) => Path.Combine(Folder, "models", name, "model.onnx");

    private static JsonElement Training(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "models", name, "training.json"))).RootElement;

    private static List<Dictionary<string, string>> ReadRows(string file)
    {
        var lines = File.ReadLines(Path.Combine(Folder, file)).Select(line => line.Split(',')).ToList();
        return
        [
            .. lines.Skip(1).Select(fields => lines[0].Zip(fields)
                .ToDictionary(pair => pair.First.Trim('"'), pair => pair.Second.Trim('"'), StringComparer.Ordinal)),
        ];
    }

    private static (string[] Labels, float[] ProbabilitiesOfBad) Ask(string name, List<Dictionary<string, string>> rows)
    {
        using var sessionOptions = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(ModelPath(name), sessionOptions);
        using var options = new RunOptions();
        var inputs = session.InputMetadata.Keys.ToDictionary(column => column, column => Input(column, rows));
        inputs.Count.ShouldBe(13);

        using var outputs = session.Run(options, inputs, ["label", "probabilities"]);
        outputs[1].GetTensorTypeAndShape().Shape.ShouldBe([rows.Count, 2]);
        var probabilities = outputs[1].GetTensorDataAsSpan<float>().ToArray();
        foreach (var input in inputs.Values)
            input.Dispose();

        return (outputs[0].GetStringTensorAsArray(), [.. probabilities.Where((_, i) => i % 2 == 1)]);
    }

    private static OrtValue Input(string column, List<Dictionary<string, string>> rows)
    {
        long[] shape = [rows.Count, 1];
        if (!Words.Contains(column))
        {
            var numbers = rows.Select(row => row[column].Length == 0
                ? float.NaN
                : float.Parse(row[column], CultureInfo.InvariantCulture));
            return OrtValue.CreateTensorValueFromMemory(numbers.ToArray(), shape);
        }

        var words = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (var i = 0; i < rows.Count; i++)
            words.StringTensorSetElementAt(rows[i][column], i);

        return words;
    }

    /// <summary>By ranks; equal scores share the mean of their ranks.</summary>
    private static double Auc(float[] scores, bool[] events)
    {
        var rankOf = scores.Order().Index().GroupBy(entry => entry.Item)
            .ToDictionary(group => group.Key, group => group.Average(entry => entry.Index + 1.0));
        double positives = events.Count(e => e);
        var negatives = events.Length - positives;
        var ranks = scores.Zip(events).Where(pair => pair.Second).Sum(pair => rankOf[pair.First]);
        return (ranks - (positives * (positives + 1) / 2)) / (positives * negatives);
    }
}
