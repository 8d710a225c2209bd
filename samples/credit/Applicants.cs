using System.Collections.Immutable;
using System.Globalization;

namespace Fairlead.Samples.Credit;

/// <summary>One application for a credit, and how it turned out.</summary>
/// <param name="Line">The line of the file, as it stands there.</param>
/// <param name="IsBad">Whether the credit was not paid back: the event that the models predict.</param>
/// <param name="Numbers">In the order of <see cref="Columns.Numbers"/>; NaN where missing.</param>
/// <param name="Words">In the order of <see cref="Columns.Words"/>; empty where missing.</param>
public sealed record Applicant(string Line, bool IsBad, float[] Numbers, string[] Words);

/// <summary>The columns of the file that the models take, by their names there.</summary>
public static class Columns
{
    public static ImmutableArray<string> Numbers { get; } =
        ["Seniority", "Time", "Age", "Expenses", "Income", "Assets", "Debt", "Amount", "Price"];

    public static ImmutableArray<string> Words { get; } = ["Home", "Marital", "Records", "Job"];

    /// <summary>All of them, in the order of the file.</summary>
    public static ImmutableArray<string> InFileOrder { get; } =
    [
        "Seniority", "Home", "Time", "Age", "Marital", "Records", "Job", "Expenses", "Income", "Assets", "Debt",
        "Amount", "Price",
    ];
}

public sealed record Applicants(string Header, IReadOnlyList<Applicant> Rows)
{
    public static Applicants Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var header = Split(lines[0]);
        var status = Array.IndexOf(header, "Status");
        var numbers = Columns.Numbers.Select(name => Array.IndexOf(header, name)).ToArray();
        var words = Columns.Words.Select(name => Array.IndexOf(header, name)).ToArray();
        return new Applicants(lines[0], [.. lines.Skip(1).Select(line =>
        {
            var fields = Split(line);
            return new Applicant(
                line,
                fields[status] == "bad",
                [.. numbers.Select(i => Number(fields[i]))],
                [.. words.Select(i => fields[i])]);
        })]);
    }

    /// <summary>Puts about <paramref name="share"/> of the rows aside. Both parts keep the order of the file.</summary>
    public (Applicants Training, Applicants HeldOut) Split(double share, int seed)
    {
        var random = new Random(seed);
        var rows = Rows.ToLookup(_ => random.NextDouble() < share);
        return (this with { Rows = [.. rows[false]] }, this with { Rows = [.. rows[true]] });
    }

    public void Write(string path) =>
        File.WriteAllText(path, string.Join('\n', Rows.Select(row => row.Line).Prepend(Header)) + "\n");

    // No field of this file has a comma, a quote or a line break in it.
    private static string[] Split(string line) => [.. line.Split(',').Select(field => field.Trim('"'))];

    private static float Number(string field) =>
        field.Length == 0 ? float.NaN : float.Parse(field, CultureInfo.InvariantCulture);
}
