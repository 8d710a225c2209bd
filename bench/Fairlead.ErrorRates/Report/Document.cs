using System.Text.RegularExpressions;

namespace Fairlead.ErrorRates.Report;

/// <summary>The document: a text with the places of its tables marked, and the tables put there.</summary>
internal static partial class Document
{
    /// <summary>The whole text with every table in its place.</summary>
    public static string Write(Study study)
    {
        using var stream = typeof(Document).Assembly.GetManifestResourceStream("statistics.md")
            ?? throw new InvalidOperationException("The text of the document is not in the assembly.");
        using var reader = new StreamReader(stream);
        var tables = Tables.Of(study);
        return Place().Replace(reader.ReadToEnd(), place => tables[place.Groups[1].Value]);
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Place();
}
