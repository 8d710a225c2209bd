using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.TestModels;

/// <summary>A model for tests, with calls whose answers were computed without ONNX.</summary>
/// <param name="File">Its path in <c>tests/models</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Exercises">Why it is here.</param>
/// <param name="Builder">Writes it.</param>
public sealed record TestModel(string File, string Kind, string Exercises, OnnxModelBuilder Builder)
{
    /// <summary>
    /// Whether rows of several calls may run as one batch: true when each row's answer depends on that row alone;
    /// null where inputs or outputs have no common first dimension to join.
    /// </summary>
    public bool? Batchable { get; init; }

    public required IReadOnlyList<Example> Examples { get; init; }

    /// <summary>The model file and those that belong to it, by path in <c>tests/models</c>.</summary>
    public IEnumerable<(string File, byte[] Content)> Files()
    {
        yield return (File, Builder.ToArray());
        var folder = Path.GetDirectoryName(File)!;
        foreach (var (location, content) in Builder.ExternalFiles)
            yield return (Path.Combine(folder, location), content);
    }
}
