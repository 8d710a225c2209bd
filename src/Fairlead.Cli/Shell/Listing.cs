using System.Globalization;
using Spectre.Console;

namespace Fairlead.Cli.Shell;

/// <summary>
/// A list with headings: a drawn table for a person, plainly aligned columns for a pipe. Texts come from a server, so
/// control characters, which could steer a terminal, are replaced.
/// </summary>
internal sealed class Listing(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public void Add(params object?[] cells) => _rows.Add([.. cells.Select(Cell)]);

    /// <summary>Writes the list, or what to do where there is nothing in it.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="whenEmpty">Goes to the person; whoever reads the list by program gets its headings.</param>
    public void Write(Terminal terminal, string whenEmpty)
    {
        if (_rows.Count > 0 || !terminal.OutIsTerminal)
            Write(terminal);
        if (_rows.Count == 0)
            terminal.Error.WriteLine(whenEmpty);
    }

    public void Write(Terminal terminal)
    {
        if (terminal.OutIsTerminal)
            Draw(terminal);
        else
            Align(terminal.Out);
    }

    /// <summary>A value as people read it; the same everywhere, whatever the machine's language.</summary>
    public static string Cell(object? value) => value switch
    {
        null => "",
        string text => Printable(text),
        bool flag => flag ? "yes" : "no",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => Printable(value.ToString() ?? ""),
    };

    private static string Printable(string text) =>
        text.Any(char.IsControl)
            ? string.Create(text.Length, text, (to, from) =>
            {
                for (var i = 0; i < from.Length; i++)
                    to[i] = from[i] is '\n' or '\t' ? ' ' : char.IsControl(from[i]) ? '\uFFFD' : from[i];
            })
            : text;

    private void Draw(Terminal terminal)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var heading in headings)
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))));
        foreach (var row in _rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        Drawing.OnOut(terminal).Write(table);
    }

    private void Align(TextWriter to)
    {
        var widths = headings.Select((heading, i) => _rows.Select(row => row[i].Length).Append(heading.Length).Max());
        var padded = widths.ToArray();
        foreach (var row in _rows.Prepend(headings))
            to.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(padded[i]))).TrimEnd());
    }
}
