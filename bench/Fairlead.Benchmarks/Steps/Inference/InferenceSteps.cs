namespace Fairlead.Benchmarks.Steps.Inference;

/// <summary>The steps below the doors, by the names under which they are allowed their bytes.</summary>
public static class InferenceSteps
{
    public static IReadOnlyDictionary<string, Func<IStep>> ByName { get; } = new Dictionary<string, Func<IStep>>
    {
        ["model.row"] = () => new ModelStep(rows: 1),
        ["model.rows64"] = () => new ModelStep(rows: 64),
        ["queue.inline"] = () => new QueueStep(),
        ["tensor.fill"] = () => new TensorStep(),
    };
}
