using System.Net;
using System.Text;
using System.Text.Json;

namespace Fairlead.Server.Lineage.Export;

/// <summary>A model card as Markdown, with the front matter that model hubs read, and as one page of HTML.</summary>
internal static class CardText
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.6rem } h2 { font-size: 1.15rem; margin-top: 2rem }
        table { border-collapse: collapse; width: 100% }
        th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d8dee4; overflow-wrap: anywhere }
        th { color: #57606a; font-weight: 600 }
        @media (prefers-color-scheme: dark) {
          body { background: #0d1117; color: #e6edf3 } th { color: #8b949e } th, td { border-color: #30363d }
        }
        """;

    public static string Markdown(ModelCard card, VersionRecord record)
    {
        var text = new StringBuilder("---\n");
        Front(text, "model_name", record.Version.Model);
        Front(text, "version", $"{record.Version.Number}");
        if (record.Version.Runtime.Length > 0)
            Front(text, "library_name", record.Version.Runtime);
        Front(text, "datasets", [.. record.Datasets.Select(each => each.Use.Name)
            .Concat(record.Version.Lineage.Inputs.Select(each => each.Name))
            .Concat(record.Version.Lineage.Datasets.Keys).Distinct().Order(StringComparer.Ordinal)]);
        Front(text, "metrics", [.. record.Version.Metrics.Keys
            .Concat(record.Evaluations.SelectMany(each => each.Segments.Take(1)).SelectMany(all => all.Figures)
                .Where(figure => figure.Value is not null).Select(figure => figure.Name))
            .Distinct().Order(StringComparer.Ordinal)]);
        text.Append("---\n\n# ").Append(Line(card.Title)).Append('\n');
        if (card.Description.Length > 0)
            text.Append('\n').Append(card.Description.Trim()).Append('\n');
        foreach (var section in card.Sections)
        {
            var columns = Math.Max(section.Headings.Count, section.Rows[0].Count);
            var headings = section.Headings.Count > 0 ? section.Headings : ["", ""];
            text.Append("\n## ").Append(section.Title).Append("\n\n");
            Row(text, headings);
            text.Append('|').Insert(text.Length, " --- |", columns).Append('\n');
            foreach (var row in section.Rows)
                Row(text, row);
        }

        return text.ToString();
    }

    public static string Html(ModelCard card)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
            .Append(Encoded(card.Title)).Append("</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n")
            .Append("<body>\n<main>\n<h1>").Append(Encoded(card.Title)).Append("</h1>\n");
        foreach (var paragraph in card.Description.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
            page.Append("<p>").Append(Encoded(paragraph.Trim())).Append("</p>\n");
        foreach (var section in card.Sections)
        {
            page.Append("<h2>").Append(Encoded(section.Title)).Append("</h2>\n<table>\n");
            if (section.Headings.Count > 0)
                Row(page, section.Headings, "th scope=\"col\"", "th");
            foreach (var row in section.Rows)
            {
                if (section.Headings.Count > 0)
                    Row(page, row, "td", "td");
                else
                    page.Append("<tr><th scope=\"row\">").Append(Encoded(row[0])).Append("</th><td>")
                        .Append(Encoded(row[1])).Append("</td></tr>\n");
            }

            page.Append("</table>\n");
        }

        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Row(StringBuilder text, IReadOnlyList<string> cells)
    {
        text.Append('|');
        foreach (var cell in cells)
            text.Append(' ').Append(Line(cell)).Append(" |");
        text.Append('\n');
    }

    private static void Row(StringBuilder page, IReadOnlyList<string> cells, string open, string close)
    {
        page.Append("<tr>");
        foreach (var cell in cells)
            page.Append($"<{open}>").Append(Encoded(cell)).Append($"</{close}>");
        page.Append("</tr>\n");
    }

    /// <summary>A text that stays within its cell and means only itself, in Markdown and the HTML within it.</summary>
    private static string Line(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\r' or '\n' or '\t' => line.Append(' '),
                '<' => line.Append("&lt;"),
                '>' => line.Append("&gt;"),
                '&' => line.Append("&amp;"),
                '|' or '\\' or '`' or '*' or '_' or '[' or ']' or '#' => line.Append('\\').Append(c),
                _ => line.Append(c),
            };
        }

        return line.ToString();
    }

    private static void Front(StringBuilder text, string name, string value) =>
        text.Append(name).Append(": ").Append(JsonSerializer.Serialize(value)).Append('\n');

    /// <summary>JSON is a part of YAML, and what it quotes cannot be anything else.</summary>
    private static void Front(StringBuilder text, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
            text.Append(name).Append(": ").Append(JsonSerializer.Serialize(values)).Append('\n');
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
