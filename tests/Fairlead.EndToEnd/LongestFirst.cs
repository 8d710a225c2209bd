using Fairlead.EndToEnd;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Fairlead.EndToEnd;

/// <summary>Begins with the classes that take minutes, so that none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        nameof(ConsoleTests), nameof(ModerationDemoTests), nameof(DemoTests), nameof(CrashTests), nameof(ReplicaTests),
        nameof(SwapTests), nameof(EvaluateTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(PlaceOf).ThenBy(each => each.TestCollectionDisplayName, StringComparer.Ordinal)];

    private static int PlaceOf<T>(T collection)
        where T : ITestCollection
    {
        var place = Array.FindIndex(
            Long, name => collection.TestCollectionDisplayName.EndsWith($".{name}", StringComparison.Ordinal)
                || collection.TestCollectionDisplayName.Contains($".{name} ", StringComparison.Ordinal));
        return place < 0 ? Long.Length : place;
    }
}
