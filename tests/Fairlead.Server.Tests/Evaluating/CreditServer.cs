using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Evaluating;

/// <summary>
/// A server that examines and scores models by the real runtime, with both versions of the credit sample: 1 the
/// logistic regression, 2 the boosted trees.
/// </summary>
public sealed class CreditServer : IAsyncLifetime
{
    public const string Model = "credit";

    private static readonly string[] Texts = ["Home", "Marital", "Records", "Job"];

    private TestServer? _server;

    internal TestServer Server => _server!;

    /// <summary>What the held-out applicants were, and what the models take of them.</summary>
    public static IReadOnlyList<(string Label, JsonObject Fields)> HeldOut { get; } = Read();

    public static string Sample { get; } = Path.Combine(Root(), "samples", "credit");

    public async ValueTask InitializeAsync() => _server = await StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Starts a server of its own with both versions.</summary>
    internal static async Task<TestServer> StartAsync(
        Engine engine = Engine.Sqlite, PostgresServer? postgres = null, Action<ControlPlaneOptions>? configure = null,
        bool withVersions = true)
    {
        string[] program = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Fairlead.Server.CrashHost.dll")];
        var server = await TestServer.StartAsync(engine, postgres!, options =>
        {
            options.ProbeProgram = options.QueryProgram = program;
            configure?.Invoke(options);
        });
        if (withVersions)
        {
            await RegisterAsync(server, "logistic");
            await RegisterAsync(server, "boosted");
        }

        return server;
    }

    internal static async Task<VersionInfo> RegisterAsync(TestServer server, string name, string description = "")
    {
        await using var file = File.OpenRead(Path.Combine(Sample, "models", name, "model.onnx"));
        var artifact = await server.Client.PutArtifactAsync(file);
        return await server.Client.RegisterVersionAsync(Model, new RegisterVersionRequest
        {
            Files = [new VersionFile("model.onnx", artifact.Digest, artifact.Size)],
            Description = description,
        });
    }

    /// <summary>What is asked about the held-out applicants.</summary>
    public static EvaluationRequest Question(string? by = "Home") => new()
    {
        Label = "Status",
        Output = "label",
        Positive = "bad",
        Score = "probabilities[1]",
        By = by,
        Digest = new string('a', 64),
        Source = "heldout.csv",
    };

    /// <summary>Some of the rows as they are sent.</summary>
    public static EvaluationRowsRequest Rows(int first, int count, string? by = "Home")
    {
        var rows = HeldOut.Skip(first).Take(count).ToList();
        return new EvaluationRowsRequest
        {
            First = first,
            Rows = [.. rows.Select(row => row.Fields.DeepClone().AsObject())],
            Labels = [.. rows.Select(row => row.Label)],
            Segments = by is null ? null : [.. rows.Select(row => row.Fields[by]?.ToString() ?? "(none)")],
        };
    }

    /// <summary>Evaluates a version on the first applicants, or on all.</summary>
    internal static async Task<EvaluationInfo> EvaluateAsync(TestServer server, int version, int rows = int.MaxValue)
    {
        var begun = await server.Client.BeginEvaluationAsync(Model, version, Question());
        if (begun.State == "finished")
            return begun;
        await server.Client.AddEvaluationRowsAsync(begun.Id, Rows(0, Math.Min(rows, HeldOut.Count)));
        return await server.Client.FinishEvaluationAsync(begun.Id);
    }

    private static List<(string, JsonObject)> Read()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "samples", "credit", "heldout.csv"));
        var names = lines[0].Split(',').Select(name => name.Trim('"')).ToArray();
        return [.. lines.Skip(1).Select(line => line.Split(',')).Select(cells =>
        {
            var fields = new JsonObject();
            for (var i = 1; i < names.Length; i++)
            {
                var cell = cells[i].Trim('"');
                fields[names[i]] = cell.Length == 0 || cell == "NA" ? null
                    : Texts.Contains(names[i]) ? cell : double.Parse(cell, CultureInfo.InvariantCulture);
            }

            return (cells[0].Trim('"'), fields);
        })];
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Fairlead.slnx")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
