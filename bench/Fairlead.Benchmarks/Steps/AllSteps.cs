namespace Fairlead.Benchmarks.Steps;

/// <summary>The steps by the names under which <c>bench/allocations.json</c> allows them their bytes.</summary>
public static class AllSteps
{
    public static IReadOnlyDictionary<string, Func<IStep>> ByName { get; } = new Dictionary<string, Func<IStep>>
    {
        ["model.row"] = () => new ModelStep(rows: 1),
        ["model.rows64"] = () => new ModelStep(rows: 64),
        ["queue.inline"] = () => new QueueStep(),
        ["tensor.fill"] = () => new TensorStep(),
    };
}
