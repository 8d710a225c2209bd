using System.Text;
using System.Text.Json;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Apply;
using Fairlead.Server.Tracking.Artifacts;

namespace Fairlead.Server.Tracking.Models;

/// <summary>What a folder of a logged model holds.</summary>
/// <param name="Entry">Its ONNX model, by its path in the folder; null when there is none.</param>
/// <param name="Needs">What it would need to be served; empty when there is an ONNX model.</param>
internal sealed record ModelContent(string? Entry, string Needs);

/// <summary>Reads what clients put beside a model: the description <c>MLmodel</c>, or a lone ONNX file.</summary>
internal static class ModelFolder
{
    private const string Description = "MLmodel";
    private const string Onnx = ".onnx";
    private const int LargestDescription = 1 << 20;

    /// <summary>Finds the model among the files of a folder.</summary>
    /// <param name="files">All files below it.</param>
    /// <param name="root">The folder.</param>
    /// <param name="store">Where their bytes are.</param>
    public static async Task<ModelContent> ReadAsync(
        IReadOnlyList<ArtifactNode> files, string root, IArtifactStore store, CancellationToken cancellation)
    {
        if (files.Count == 0)
            return new ModelContent(null, "its files: there are none of it here");
        if (files.FirstOrDefault(file => file.Path == $"{root}/{Description}") is { Digest: { } digest } described)
        {
            if (described.Size > LargestDescription)
                return new ModelContent(null, "a description that can be read: its MLmodel is too large");
            await using var bytes = await store.OpenAsync(digest, cancellation);
            using var reader = new StreamReader(bytes, Encoding.UTF8);
            var names = files.Select(file => file.Path[(root.Length + 1)..]).ToHashSet(StringComparer.Ordinal);
            return Of(await reader.ReadToEndAsync(cancellation), names);
        }

        var models = files.Where(file => file.Path.EndsWith(Onnx, StringComparison.OrdinalIgnoreCase)).ToList();
        return models.Count == 1
            ? new ModelContent(Relative(models[0].Path, root), "")
            : new ModelContent(null, models.Count == 0
                ? "an ONNX model: none of its files is one"
                : $"an MLmodel that says which of its {models.Count} ONNX files is the model");
    }

    /// <summary>Reads a description.</summary>
    /// <param name="names">The files beside it.</param>
    internal static ModelContent Of(string description, IReadOnlySet<string> names)
    {
        try
        {
            using var document = JsonDocument.Parse(YamlDocuments.Read(description)[0]);
            if (!document.RootElement.TryGetProperty("flavors", out var flavors)
                || flavors.ValueKind != JsonValueKind.Object)
            {
                return new ModelContent(null, "a flavor: its MLmodel names none");
            }

            if (flavors.TryGetProperty("onnx", out var onnx) && onnx.ValueKind == JsonValueKind.Object
                && onnx.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.String)
            {
                var entry = data.GetString()!;
                return names.Contains(entry)
                    ? new ModelContent(entry, "")
                    : new ModelContent(null, $"the file '{entry}', which its MLmodel names and which is not there");
            }

            var found = flavors.EnumerateObject().Select(flavor => Flavor(flavor.Name, flavor.Value)).Take(10);
            return new ModelContent(null,
                $"the runtime of {string.Join(" or ", found)}; log it with the onnx flavor to serve it here");
        }
        catch (Exception bad) when (bad is RefusalException or JsonException)
        {
            return new ModelContent(null, $"an MLmodel that can be read: {bad.Message}");
        }
    }

    private static string Flavor(string name, JsonElement flavor)
    {
        foreach (var property in flavor.ValueKind == JsonValueKind.Object ? flavor.EnumerateObject() : default)
        {
            if (property.Name.EndsWith("_version", StringComparison.Ordinal) || property.Name == "version")
                return $"{name} {property.Value}";
        }

        return name;
    }

    private static string Relative(string path, string root) =>
        path == root ? ArtifactPaths.Name(path) : path[(root.Length + 1)..];
}
