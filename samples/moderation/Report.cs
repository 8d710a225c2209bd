using System.Globalization;
using System.Text.Json;

namespace Fairlead.Samples.Moderation;

/// <summary>How a model does on posts that it was not trained on.</summary>
public sealed record Report(IReadOnlyDictionary<string, double> Metrics)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n" };

    public static Report Of(IReadOnlyList<Post> posts, IReadOnlyList<double> toxic)
    {
        var answers = posts.Zip(toxic)
            .Select(pair => (Post: pair.First, Said: pair.Second > 0.5, pair.Second)).ToList();
        var metrics = new Dictionary<string, double>
        {
            ["accuracy"] = Rounded(answers.Average(each => each.Said == each.Post.Toxic ? 1.0 : 0)),
            ["auc"] = Rounded(Auc([.. answers.Select(each => (each.Second, each.Post.Toxic))])),
        };
        foreach (var kind in PostGenerator.Kinds)
        {
            metrics[$"false_positive_rate:{kind}"] = Rounded(answers
                .Where(each => each.Post.Kind == kind && !each.Post.Toxic).Average(each => each.Said ? 1.0 : 0));
        }

        return new Report(metrics);
    }

    public void Write(string folder, ModerationModel model, int training, int heldOut, int seed, string digest)
    {
        var text = JsonSerializer.Serialize(new
        {
            name = model.Name,
            trainer = model.Trainer,
            seed,
            dataset = new { file = "heldout.csv", sha256 = digest },
            rows = new { total = training + heldOut, training, heldOut },
            parameters = new { trainer = model.Trainer },
            metrics = Metrics,
        }, Readable);
        File.WriteAllText(Path.Combine(folder, "training.json"), text + "\n");
    }

    public string Line(string name)
    {
        var values = Metrics.Values.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture));
        return $"| {name} | {string.Join(" | ", values)} |";
    }

    private static double Rounded(double value) => Math.Round(value, 6);

    /// <summary>The share of pairs of a toxic and a fine post in the right order; ties half.</summary>
    private static double Auc(IReadOnlyList<(double Score, bool Toxic)> answers)
    {
        var fine = answers.Where(each => !each.Toxic).Select(each => each.Score).ToList();
        var toxic = answers.Where(each => each.Toxic).Select(each => each.Score).ToList();
        var wins = toxic.Sum(high => fine.Sum(low => high > low ? 1 : high == low ? 0.5 : 0));
        return wins / ((double)fine.Count * toxic.Count);
    }
}
