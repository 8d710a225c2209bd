using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cli.Rows;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>
/// A story's sample beside the program: trained versions, their figures, and the rows that none was trained on.
/// </summary>
internal sealed class DemoSample
{
    private readonly DemoStory _story;
    private readonly string _folder;

    private DemoSample(DemoStory story, string folder) => (_story, _folder) = (story, folder);

    /// <summary>Finds the sample; throws when the program was installed without it.</summary>
    public static DemoSample Find(DemoStory story)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "samples", story.Endpoint);
        return Directory.Exists(folder)
            ? new DemoSample(story, folder)
            : throw CliException.Usage($"the {story.Endpoint} sample is not beside the program ('{folder}').");
    }

    /// <summary>The folder of one version's files.</summary>
    public string Model(string name) => Path.Combine(_folder, "models", name);

    /// <summary>The figures that the training program measured on the held-out rows.</summary>
    public IReadOnlyDictionary<string, double> Figures(string name)
    {
        using var training = JsonDocument.Parse(File.ReadAllBytes(TrainingOf(name)));
        return training.RootElement.GetProperty("metrics").EnumerateObject()
            .ToDictionary(metric => metric.Name, metric => metric.Value.GetDouble());
    }

    /// <summary>What the training program was told, and the digest of its data.</summary>
    public (IReadOnlyDictionary<string, string> Parameters, string DatasetDigest) Training(string name)
    {
        using var training = JsonDocument.Parse(File.ReadAllBytes(TrainingOf(name)));
        var parameters = training.RootElement.GetProperty("parameters").EnumerateObject()
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Value.ToString());
        return (parameters, training.RootElement.GetProperty("dataset").GetProperty("sha256").GetString()!);
    }

    /// <summary>The held-out rows with what turned out for each.</summary>
    public IReadOnlyList<Applicant> HeldOut()
    {
        using var text = new StreamReader(Path.Combine(_folder, "heldout.csv"));
        var csv = new CsvReader(text);
        var heading = csv.Read()!;
        var applicants = new List<Applicant>();
        while (csv.Read() is { } record)
            applicants.Add(Read(heading, record));
        return applicants;
    }

    /// <summary>
    /// The broken version has no figures of its own: whoever exported it believes in those of the training.
    /// </summary>
    private string TrainingOf(string name)
    {
        var own = Path.Combine(Model(name), "training.json");
        return File.Exists(own) ? own : Path.Combine(Model(_story.First), "training.json");
    }

    private Applicant Read(List<string> heading, List<string> record)
    {
        var row = new JsonObject();
        var label = "";
        for (var i = 0; i < heading.Count; i++)
        {
            if (heading[i] == _story.LabelColumn)
                label = record[i];
            else if (record[i].Length == 0)
                row[heading[i]] = null;
            else if (_story.Texts.Contains(heading[i]))
                row[heading[i]] = record[i];
            else
                row[heading[i]] = double.Parse(record[i], CultureInfo.InvariantCulture);
        }

        return new Applicant(row, label);
    }
}

/// <summary>One held-out row, and the label that turned out to be its own.</summary>
internal sealed record Applicant(JsonObject Row, string Label);
