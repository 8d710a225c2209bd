using System.Text.Json;

namespace Fairlead.Statistics.Tests.Cases;

/// <summary>One reference case: what goes in, what must come out, and how near.</summary>
internal sealed record ReferenceCase(
    string Name, string Kind, JsonElement Inputs, JsonElement Expected, double Absolute, double Relative);

/// <summary>
/// Reads a file of reference cases, <c>{meta, cases: [{name, kind, inputs, expected, tolerance}]}</c>. The cases of
/// monitoring have a <c>family</c> instead of a kind and one number t as tolerance: |got − expected| ≤ t · max(1,
/// |expected|).
/// </summary>
internal static class CaseFile
{
    /// <summary>Names another file of the same format to run instead of the one beside the tests.</summary>
    internal const string Variable = "FAIRLEAD_STATISTICS_CASES";

    internal static string Path => PathOf(Variable, "statistics-cases.json");

    /// <summary>The file that the environment variable names, or else the one beside the tests.</summary>
    internal static string PathOf(string variable, string otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named
            ? named
            : System.IO.Path.Combine(AppContext.BaseDirectory, otherwise);

    internal static IReadOnlyList<ReferenceCase> Read(string path) => Parse(File.ReadAllText(path));

    internal static IReadOnlyList<ReferenceCase> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(ToCase)];
    }

    private static ReferenceCase ToCase(JsonElement item)
    {
        item = item.Clone();
        var (absolute, relative) = Tolerance(item.GetProperty("tolerance"));
        return new(
            item.GetProperty("name").GetString()!,
            (item.TryGetProperty("kind", out var kind) ? kind : item.GetProperty("family")).GetString()!,
            item.GetProperty("inputs"),
            item.GetProperty("expected"),
            absolute,
            relative);
    }

    private static (double Absolute, double Relative) Tolerance(JsonElement tolerance) =>
        tolerance.ValueKind == JsonValueKind.Number
            ? (tolerance.GetDouble(), tolerance.GetDouble())
            : (tolerance.Number("abs", 0), tolerance.Number("rel", 0));
}
