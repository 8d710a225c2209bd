using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Fairlead.Statistics.Tests.Cases;

/// <summary>
/// Answers the inputs of a case with the fields that this library computes for them: numbers, truth values, texts, and
/// lists of these.
/// </summary>
internal delegate IReadOnlyDictionary<string, object?> KindRunner(JsonElement inputs);

/// <summary>Runs a case by its kind and compares every expected field with what came out.</summary>
internal static class CaseRunner
{
    /// <summary>Fields of an expectation that are remarks for a reader and no values.</summary>
    private static readonly HashSet<string> Remarks = ["note", "property", "description", "internal_not_asserted"];

    private static readonly Dictionary<string, KindRunner> Kinds =
        HypothesesKinds.Kinds.Concat(SequentialKinds.Kinds).Concat(DecisionKinds.Kinds)
            .ToDictionary(StringComparer.Ordinal);

    /// <summary>What is wrong, one line a field; empty when the case is reproduced.</summary>
    internal static IReadOnlyList<string> Failures(ReferenceCase item) => Failures(item, Kinds);

    /// <summary>The same, by runners of the caller.</summary>
    internal static IReadOnlyList<string> Failures(
        ReferenceCase item, IReadOnlyDictionary<string, KindRunner> kinds)
    {
        if (!kinds.TryGetValue(item.Kind, out var run))
            return [$"{item.Name}: unknown kind '{item.Kind}'"];

        IReadOnlyDictionary<string, object?> answer;
        try
        {
            answer = run(item.Inputs);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return [$"{item.Name}: {error.GetType().Name}: {error.Message}"];
        }

        return [.. item.Expected.EnumerateObject().Where(field => !Remarks.Contains(field.Name)).SelectMany(field =>
            answer.TryGetValue(field.Name, out var got)
                ? Differences($"{item.Name}.{field.Name}", field.Value, got, item)
                : [$"{item.Name}.{field.Name}: not computed"])];
    }

    private static IEnumerable<string> Differences(string where, JsonElement expected, object? got, ReferenceCase item)
    {
        if (expected.ValueKind == JsonValueKind.Array)
        {
            if (got is not IEnumerable list || got is string)
                return [$"{where}: expected a list, got {Show(got)}"];
            var items = list.Cast<object?>().ToArray();
            return items.Length != expected.GetArrayLength()
                ? [$"{where}: expected {expected.GetArrayLength()} items, got {items.Length}"]
                : expected.EnumerateArray().SelectMany((e, i) => Differences($"{where}[{i}]", e, items[i], item));
        }

        if (expected.ValueKind == JsonValueKind.Object)
        {
            return got is IReadOnlyDictionary<string, object?> fields
                ? expected.EnumerateObject().SelectMany(field => fields.TryGetValue(field.Name, out var value)
                    ? Differences($"{where}.{field.Name}", field.Value, value, item)
                    : [$"{where}.{field.Name}: not computed"])
                : [$"{where}: expected an object, got {Show(got)}"];
        }

        return Same(expected, got, item) ? [] : [$"{where}: expected {expected.GetRawText()}, got {Show(got)}"];
    }

    private static bool Same(JsonElement expected, object? got, ReferenceCase item) => got switch
    {
        null => expected.ValueKind == JsonValueKind.Null,
        bool truth => expected.ValueKind == (truth ? JsonValueKind.True : JsonValueKind.False),
        string text => expected.ValueKind == JsonValueKind.String && expected.GetString() == text,
        IConvertible number => Number(expected) is { } wanted
            && Near(number.ToDouble(CultureInfo.InvariantCulture), wanted, item),
        _ => false,
    };

    /// <summary>A number, or one of the texts that stand for what JSON cannot write.</summary>
    private static double? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        },
        _ => null,
    };

    private static bool Near(double got, double expected, ReferenceCase item)
    {
        if (double.IsNaN(expected) || double.IsInfinity(expected))
            return got.Equals(expected);
        var distance = Math.Abs(got - expected);
        return distance <= item.Absolute || distance <= item.Relative * Math.Abs(expected);
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        string text => $"\"{text}\"",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Show))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
