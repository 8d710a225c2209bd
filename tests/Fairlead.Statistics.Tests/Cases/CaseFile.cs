using System.Text.Json;

namespace Fairlead.Statistics.Tests.Cases;

/// <summary>One reference case: what goes in, what must come out, and how near.</summary>
internal sealed record ReferenceCase(
    string Name, string Kind, JsonElement Inputs, JsonElement Expected, double Absolute, double Relative);

/// <summary>
/// Reads a file of reference cases, <c>{meta, cases: [{name, kind, inputs, expected, tolerance}]}</c>.
/// </summary>
internal static class CaseFile
{
    /// <summary>Names another file of the same format to run instead of the one beside the tests.</summary>
    internal const string Variable = "FAIRLEAD_STATISTICS_CASES";

    internal static string Path =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? named
            : System.IO.Path.Combine(AppContext.BaseDirectory, "statistics-cases.json");

    internal static IReadOnlyList<ReferenceCase> Read(string path) => Parse(File.ReadAllText(path));

    internal static IReadOnlyList<ReferenceCase> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(ToCase)];
    }

    private static ReferenceCase ToCase(JsonElement item)
    {
        item = item.Clone();
        var tolerance = item.GetProperty("tolerance");
        return new(
            item.GetProperty("name").GetString()!,
            item.GetProperty("kind").GetString()!,
            item.GetProperty("inputs"),
            item.GetProperty("expected"),
            tolerance.TryGetProperty("abs", out var absolute) ? absolute.GetDouble() : 0,
            tolerance.TryGetProperty("rel", out var relative) ? relative.GetDouble() : 0);
    }
}
