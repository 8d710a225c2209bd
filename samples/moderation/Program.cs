using System.Security.Cryptography;
using System.Text;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Samples.Moderation;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

// Makes the posts, trains the models and writes everything beside this file. A second run writes the same bytes.
const int seed = 7;
const int trainingRows = 6000;
const int heldOutRows = 1500;

// What there was when the first version was trained.
const int firstRows = 200;
const double tolerance = 1e-5;

var home = args.Length > 0 ? args[0] : Path.Combine(Environment.CurrentDirectory, "samples", "moderation");
var posts = new PostGenerator(seed).Make(trainingRows + heldOutRows);
var (training, heldOut) = (posts.Take(trainingRows).ToList(), posts.Skip(trainingRows).ToList());
var csv = "Label,kind,text\n" + string.Concat(
    heldOut.Select(post => $"{(post.Toxic ? "toxic" : "fine")},{post.Kind},{post.Text}\n"));
File.WriteAllText(Path.Combine(home, "heldout.csv"), csv);
var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(csv)));

string[] vocabulary = [.. training.SelectMany(post => post.Words).Distinct().Order(StringComparer.Ordinal)];
var common = Regression.Fit(vocabulary, [.. training.Take(firstRows)]);
var own = PostGenerator.Kinds
    .Select(kind => Regression.Fit(vocabulary, [.. training.Where(post => post.Kind == kind)])).ToList();
ModerationModel[] models =
[
    new("common", "one logistic regression for every kind of content, of the first posts", [common, common, common]),
    new("by-kind", "a logistic regression for each kind of content", own),

    // The fault: whoever exported it put the comments' regression in the place of that of sports.
    new("misplaced", "a logistic regression for each kind of content, sports misplaced", [own[0], own[1], own[0]]),
];

_ = OnnxEnvironment.Plan;
var figures = new StringBuilder(
    "| model | accuracy | AUC | false positives: comment | review | sports |\n|---|---|---|---|---|---|\n");
foreach (var model in models)
{
    var folder = Directory.CreateDirectory(Path.Combine(home, "models", model.Name)).FullName;
    var file = Path.Combine(folder, "model.onnx");
    model.ToOnnx(vocabulary).Save(file);
    var answers = Ask(file, heldOut);
    for (var i = 0; i < heldOut.Count; i++)
    {
        var expected = model.Ask(vocabulary, heldOut[i]);
        if (Math.Abs(answers[i] - expected) > tolerance)
            throw new InvalidOperationException($"{model.Name} answers {answers[i]} instead of {expected}.");
    }

    var report = Report.Of(heldOut, answers);
    report.Write(folder, model, trainingRows, heldOutRows, seed, digest);
    figures.Append(report.Line(model.Name)).Append('\n');
}

File.WriteAllText(
    Path.Combine(home, "figures.md"), $"# Figures on {heldOutRows} posts that were not trained on\n\n{figures}");
Console.Write(figures);

static List<double> Ask(string file, IReadOnlyList<Post> posts)
{
    using var session = new InferenceSession(file);
    using var text = Strings(posts.Select(post => post.Text));
    using var kind = Strings(posts.Select(post => post.Kind));
    using var run = new RunOptions();
    using var outputs = session.Run(run, ["text", "kind"], [text, kind], ["probabilities"]);
    var probabilities = outputs[0].GetTensorDataAsSpan<float>();
    var toxic = new List<double>();
    for (var i = 1; i < probabilities.Length; i += 2)
        toxic.Add(probabilities[i]);
    return toxic;
}

static OrtValue Strings(IEnumerable<string> words)
{
    string[] all = [.. words];
    return OrtValue.CreateFromStringTensor(new DenseTensor<string>(all, [all.Length]));
}
