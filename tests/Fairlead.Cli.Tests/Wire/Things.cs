using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests.Wire;

/// <summary>Records for tests, with everything filled in that a verb shows.</summary>
public static class Things
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static ModelInfo Model(params (string Alias, int Version)[] aliases) => new()
    {
        Name = "credit",
        Description = "Default risk",
        Tags = new Dictionary<string, string> { ["team"] = "risk" },
        Aliases = aliases.ToDictionary(alias => alias.Alias, alias => alias.Version),
        LatestVersion = 2,
        VersionCount = 2,
        CreatedAt = Noon,
        ChangedAt = Noon,
    };

    public static VersionInfo Version(int number = 2) => new()
    {
        Model = "credit",
        Number = number,
        Metrics = new Dictionary<string, double> { ["auc"] = 0.79 },
        Files = [new VersionFile("model.onnx", new string('a', 64), 1234)],
        Entry = "model.onnx",
        Runtime = "onnx",
        Inputs =
        [
            new TensorInfo("amount", "FP32", [-1, 1]),
            new TensorInfo("months", "INT64", [-1, 1]),
            new TensorInfo("purpose", "BYTES", [-1, 1]),
            new TensorInfo("foreign", "BOOL", [-1, 1]) { Optional = true },
        ],
        Outputs = [new TensorInfo("label", "INT64", [-1])],
        Probe = new ProbeInfo { Batchable = true, ResidentBytes = 2_500_000, LoadMilliseconds = 12 },
        Size = 1234,
        CreatedAt = Noon,
        CreatedBy = "local",
    };

    public static EndpointInfo Endpoint(string unit = "request", long serving = 3) => new()
    {
        Name = "credit",
        Number = 1,
        Unit = unit,
        Stable = "stable",
        Generation = 3,
        ServingGeneration = serving,
        Variants =
        [
            new VariantInfo { Name = "stable", Model = "credit", Version = 1, Weight = 90, Share = 0.9, Arm = 1 },
            new VariantInfo { Name = "canary", Model = "credit", Version = 2, Weight = 10, Share = 0.1, Arm = 2 },
        ],
        CreatedAt = Noon,
        ChangedAt = Noon,
        ChangedBy = "local",
    };

    /// <summary>An answer with two outputs for so many rows.</summary>
    public static string Answer(int rows, string id = "id1")
    {
        var labels = string.Join(',', Enumerable.Range(0, rows).Select(row => row % 2));
        var scores = string.Join(',', Enumerable.Range(0, rows).Select(row => $"[0.25,{row}]"));
        return $$"""
            {"endpoint":"credit","generation":3,"arm":"stable","model":"credit","version":1,"predictionId":"{{id}}",
             "outputs":{"label":[{{labels}}],"scores":[{{scores}}]} }
            """;
    }
}
