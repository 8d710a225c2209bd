using System.Text;
using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Web.Components;

namespace Fairlead.Web.Runs;

/// <summary>What can be looked at of a file: a picture, a table, a text, or only its name. Pure.</summary>
public sealed record RunFileView(string Path)
{
    /// <summary>Larger files are not fetched to be looked at.</summary>
    public const long MostBytes = 2 << 20;

    private const int MostRows = 200;
    private const int MostChars = 100_000;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>A picture as an address that holds its bytes.</summary>
    public string? Image { get; private init; }

    /// <summary>Rows of cells, the names first.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Table { get; private init; }

    public string? Text { get; private init; }

    /// <summary>What is not shown, and why.</summary>
    public string? Why { get; private init; }

    public static RunFileView Of(RunFileInfo file, byte[] bytes)
    {
        var view = new RunFileView(file.Path);
        if (file.Size > MostBytes)
            return view with { Why = $"{Words.Bytes(file.Size.Value)} are too many to look at here; save the file." };
        var end = System.IO.Path.GetExtension(file.Path).ToUpperInvariant();
        if (PictureType(end) is { } type)
            return view with { Image = $"data:{type};base64,{Convert.ToBase64String(bytes)}" };
        if (bytes.AsSpan().Contains((byte)0) || !IsUtf8(bytes))
            return view with { Why = "This is no text; save the file." };
        var text = Encoding.UTF8.GetString(bytes);
        return end switch
        {
            ".CSV" => OfTable(view, text, ','),
            ".TSV" => OfTable(view, text, '\t'),
            ".JSON" => OfText(view, Indented(text)),
            _ => OfText(view, text),
        };
    }

    private static string? PictureType(string end) => end switch
    {
        ".PNG" => "image/png",
        ".JPG" or ".JPEG" => "image/jpeg",
        ".GIF" => "image/gif",
        ".WEBP" => "image/webp",

        // As a picture, a drawing runs no script.
        ".SVG" => "image/svg+xml",
        _ => null,
    };

    private static RunFileView OfText(RunFileView view, string text) => text.Length <= MostChars
        ? view with { Text = text }
        : view with { Text = text[..MostChars], Why = "The rest is not shown; save the file." };

    private static RunFileView OfTable(RunFileView view, string text, char between)
    {
        var rows = Rows(text, between).Take(MostRows + 2).ToList();
        if (rows.Count == 0)
            return view with { Text = "" };
        return rows.Count > MostRows + 1
            ? view with { Table = rows[..(MostRows + 1)], Why = $"The first {MostRows} rows; save the file for all." }
            : view with { Table = rows };
    }

    /// <summary>Fields as RFC 4180 has them.</summary>
    private static IEnumerable<IReadOnlyList<string>> Rows(string text, char between)
    {
        List<string> row = [];
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var here = text[i];
            if (quoted)
            {
                if (here != '"')
                    field.Append(here);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    field.Append(text[++i]);
                else
                    quoted = false;
            }
            else if (here == '"')
            {
                quoted = true;
            }
            else if (here == between)
            {
                row.Add(field.ToString());
                field.Clear();
            }
            else if (here == '\n')
            {
                row.Add(field.ToString().TrimEnd('\r'));
                field.Clear();
                yield return row;
                row = [];
            }
            else
            {
                field.Append(here);
            }
        }

        if (field.Length == 0 && row.Count == 0)
            yield break;
        row.Add(field.ToString());
        yield return row;
    }

    private static string Indented(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return JsonSerializer.Serialize(document, Readable);
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static bool IsUtf8(byte[] bytes) => System.Text.Unicode.Utf8.IsValid(bytes);
}
