using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.EndToEnd.Program;

/// <summary>The credit sample's two versions, for tests that need real models which answer differently.</summary>
internal static class Credit
{
    public const string Name = "credit";

    public static JsonObject Row() => new()
    {
        ["Seniority"] = 9,
        ["Home"] = "rent",
        ["Time"] = 60,
        ["Age"] = 30,
        ["Marital"] = "married",
        ["Records"] = "no",
        ["Job"] = "freelance",
        ["Expenses"] = 73,
        ["Income"] = 129,
        ["Assets"] = 0,
        ["Debt"] = 0,
        ["Amount"] = 800,
        ["Price"] = 846,
    };

    public static byte[] Bytes(string name) =>
        File.ReadAllBytes(Path.Combine(BuiltProgram.Root, "samples", "credit", "models", name, "model.onnx"));

    /// <summary>Uploads and registers one of the versions.</summary>
    public static async Task<int> RegisterAsync(FairleadClient client, string name, params string[] datasets)
    {
        var bytes = Bytes(name);
        var artifact = await client.PutArtifactAsync(new MemoryStream(bytes),
            Convert.ToHexStringLower(SHA256.HashData(bytes)));
        var version = await client.RegisterVersionAsync(
            Name, new RegisterVersionRequest
            {
                Files =
                [new VersionFile("model.onnx", artifact.Digest, artifact.Size)],
                Datasets = datasets,
            });
        return version.Number;
    }

    /// <summary>Points the endpoint at versions by weight and waits until they serve.</summary>
    public static Task<EndpointInfo> ServeAsync(FairleadClient client, params (int Version, double Weight)[] arms) =>
        ServeAsync(client, "request", arms);

    /// <summary>The same with a unit of assignment.</summary>
    public static Task<EndpointInfo> ServeAsync(
        FairleadClient client, string unit, params (int Version, double Weight)[] arms) =>
        client.PutEndpointAsync(
            Name,
            new PutEndpointRequest
            {
                Unit = unit,
                Variants =
                [
                    .. arms.Select(arm => new VariantRequest
                    {
                        Name = $"v{arm.Version}", Model = Name, Version = arm.Version, Weight = arm.Weight,
                    }),
                ],
            },
            TimeSpan.FromSeconds(60));

    public static Task<PredictAnswer> AskAsync(FairleadClient client, (string Name, string Value)? header = null) =>
        client.PredictAsync(Name, new PredictRequest([Row()]), header);

    /// <summary>Asks until the endpoint answers; 60 s at most.</summary>
    public static async Task UntilAnsweredAsync(FairleadClient client)
    {
        for (var left = 600; left > 0; left--)
        {
            try
            {
                await AskAsync(client);
                return;
            }
            catch (FairleadApiException e) when (e.Code is "not_ready" or "unknown_endpoint")
            {
                await Task.Delay(100);
            }
        }

        throw new TimeoutException("The endpoint did not answer within a minute.");
    }
}
