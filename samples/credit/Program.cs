using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Fairlead.Samples.Credit;

const int Seed = 20;
const double HeldOutShare = 0.3;
const float Tolerance = 1e-5f;

// The results belong next to the sources, wherever the program is started.
var folder = args.Length > 0 ? args[0] : SourceFolder();
var data = Path.Combine(folder, "credit.csv");
var applicants = Applicants.Read(data);
var (training, heldOut) = applicants.Split(HeldOutShare, Seed);
heldOut.Write(Path.Combine(folder, "heldout.csv"));

var dataset = new Dataset(
    "credit.csv",
    Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(data))),
    applicants.Rows.Count,
    training.Rows.Count,
    heldOut.Rows.Count,
    Seed);

var trainer = new Training(training.Rows, Seed);
var results = new List<Result>();
foreach (var model in new[] { trainer.Logistic(), trainer.Boosted() })
{
    var target = Path.Combine(folder, "models", model.Name);
    var path = Path.Combine(target, "model.onnx");
    model.Onnx.Metadata("dataset_sha256", dataset.Sha256).Save(path);

    var probabilities = model.ProbabilitiesOfBad(heldOut.Rows);
    using var scorer = new OnnxScorer(path);
    var difference = scorer.Ask(heldOut.Rows).ProbabilitiesOfBad
        .Zip(probabilities, (onnx, trained) => Math.Abs(onnx - trained)).Max();
    if (!(difference <= Tolerance))
    {
        Console.Error.WriteLine($"{model.Name}: ONNX differs from the training library by {difference}.");
        return 1;
    }

    var evaluation = Evaluation.Of(probabilities, [.. heldOut.Rows.Select(row => row.IsBad)]);
    var result = new Result(model, evaluation, difference, new FileInfo(path).Length);
    File.WriteAllText(Path.Combine(target, "training.json"), Report.TrainingJson(result, dataset));
    results.Add(result);
}

// Not a version that anybody wants: what a forgotten step of the export makes of the first one.
trainer.Unscaled().Metadata("dataset_sha256", dataset.Sha256)
    .Save(Path.Combine(folder, "models", "unscaled", "model.onnx"));

var figures = Report.Figures(results, dataset);
File.WriteAllText(Path.Combine(folder, "figures.md"), figures);
Console.Write(figures);
return 0;

static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
