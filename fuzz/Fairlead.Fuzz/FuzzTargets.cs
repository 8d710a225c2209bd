using System.Reflection;

namespace Fairlead.Fuzz;

/// <summary>One target, found by reflection so that a new one cannot be forgotten.</summary>
public sealed record FuzzTarget(
    string Name, IReadOnlyList<Type> Covers, IReadOnlyList<byte[]> Seeds, FuzzAction Run)
{
    /// <summary>Every target of this program.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. from type in typeof(IFuzzTarget).Assembly.GetTypes()
           where !type.IsInterface && type.IsAssignableTo(typeof(IFuzzTarget))
           orderby type.Name
           select (FuzzTarget)Make.MakeGenericMethod(type).Invoke(null, null)!,
    ];

    private static MethodInfo Make =>
        typeof(FuzzTarget).GetMethod(nameof(Of), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static FuzzTarget Of<T>()
        where T : IFuzzTarget => new(T.Name, [.. T.Covers], [.. T.Seeds], T.Fuzz);
}

/// <summary>Reads some bytes.</summary>
public delegate void FuzzAction(ReadOnlySpan<byte> data);
