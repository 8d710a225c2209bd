using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Cli.Shell;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;

namespace Fairlead.Cli.Verbs.Serving;

/// <summary>
/// Examines a model in this process, whose death then harms nobody: the server runs it as a child before it loads a
/// version. Standard output is the report; anything else goes to standard error.
/// </summary>
internal static class ProbeVerb
{
    private static readonly JsonSerializerOptions ReportJson =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static readonly Argument<string> Folder =
        new("folder") { Description = "The folder with the version's files" };

    private static readonly Option<string> Entry = new("--entry")
    {
        Description = "The file that the runtime opens",
        HelpName = "file",
        DefaultValueFactory = _ => "model.onnx",
    };

    public static Command Create(Terminal terminal) =>
        new Command("probe", "Examine a model file: signature, memory, whether it can be batched") { Folder, Entry }
            .Runs(terminal, async (call, _) =>
            {
                var folder = Path.GetFullPath(call.Value(Folder));
                var path = Path.GetFullPath(Path.Combine(folder, call.Value(Entry)));
                if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                    || !File.Exists(path))
                    throw CliException.Usage($"there is no file '{call.Value(Entry)}' in '{folder}'.");

                try
                {
                    ProbeReport report = await ModelProbe.ExamineAsync(path);
                    call.Terminal.Out.WriteLine(JsonSerializer.Serialize(report, ReportJson));
                    return ExitCodes.Ok;
                }
                catch (ModelLoadException refusal)
                {
                    call.Terminal.Error.WriteLine(refusal.Message);
                    return ExitCodes.Refused;
                }
            });
}
