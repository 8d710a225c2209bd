namespace Fairlead.Cli.Shell;

/// <summary>The facts about one thing, a label and a value a line; facts that are not known are left out.</summary>
internal sealed class Facts
{
    private readonly List<(string Label, string Value)> _facts = [];

    public Facts Add(string label, object? value)
    {
        var text = Listing.Cell(value);
        if (text.Length > 0)
            _facts.Add((label, text));
        return this;
    }

    public void Write(Terminal terminal)
    {
        var width = _facts.Count == 0 ? 0 : _facts.Max(fact => fact.Label.Length);
        foreach (var (label, value) in _facts)
            terminal.Out.WriteLine($"{label.PadRight(width)}  {value}");
    }
}
