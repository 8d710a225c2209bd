using System.Runtime.CompilerServices;
using Fairlead.Samples.Ridership;

// Trains the model, watches it through the years and writes what came of it. A second run writes the same bytes.
var folder = SourceFolder();
var docs = args.Length > 0 ? args[0] : Path.GetFullPath(Path.Combine(folder, "..", "..", "docs"));
var story = new Story(Day.Read(Path.Combine(folder, "ridership.csv")));

Directory.CreateDirectory(Path.Combine(folder, "models", "ridge"));
story.Model.ToOnnx().Save(Path.Combine(folder, "models", "ridge", "model.onnx"));
var text = Report.Text(story);
var plots = Path.Combine(docs, "monitoring-ridership");
Directory.CreateDirectory(plots);
File.WriteAllText(Path.Combine(docs, "monitoring-ridership.md"), text);
File.WriteAllText(Path.Combine(plots, "riders.svg"), Report.RidersPlot(story));
File.WriteAllText(Path.Combine(plots, "errors.svg"), Report.ErrorsPlot(story));
Console.Write(text);
return 0;

static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
