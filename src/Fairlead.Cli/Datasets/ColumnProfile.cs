using System.Globalization;
using System.Text;
using Fairlead.Client.Api;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Cli.Datasets;

/// <summary>What a column is to its statistics.</summary>
internal enum ColumnForm
{
    /// <summary>Not known yet: no value was seen.</summary>
    Unknown,

    /// <summary>A number a row.</summary>
    Numbers,

    /// <summary>A text a row.</summary>
    Texts,

    /// <summary>A list of the same few numbers a row, each a column of its own, as endpoints name them.</summary>
    Elements,

    /// <summary>A list of numbers a row, of which the mean is kept.</summary>
    Means,
}

/// <summary>
/// One column of a table while it is read. Its form is that of its first value until another one comes; then the rows
/// are read once more, with the form that holds for all of them (<see cref="NeedsAnotherPass"/>).
/// </summary>
internal sealed class ColumnProfile(string name, ColumnForm decided = ColumnForm.Unknown)
{
    /// <summary>The most elements of a list that are columns of their own, as in the windows of an endpoint.</summary>
    private const int MostElements = 32;

    /// <summary>Longest text that is looked at, in UTF-8 bytes, as in the windows of an endpoint.</summary>
    private const int LongestText = 4096;

    private readonly List<ColumnSketch> _sketches = [];
    private ColumnForm _form;
    private bool _whole, _fractions, _booleans, _texts, _lists, _uneven;
    private int _width = -1;

    public string Name => name;

    /// <summary>The form that holds for every value that was seen.</summary>
    public ColumnForm Form => this switch
    {
        { _texts: true } or { _lists: true, IsScalar: true } => ColumnForm.Texts,
        { _lists: true } => _uneven || _width is 0 or > MostElements ? ColumnForm.Means : ColumnForm.Elements,
        { IsScalar: true } => ColumnForm.Numbers,
        _ => ColumnForm.Unknown,
    };

    /// <summary>Values were taken for something else than what all of them are.</summary>
    public bool NeedsAnotherPass =>
        decided == ColumnForm.Unknown && _form != ColumnForm.Unknown && _form != Form;

    private bool IsScalar => _whole || _fractions || _booleans;

    public void Add(in Cell cell)
    {
        if (cell.Kind == CellKind.Missing)
            return;
        Note(cell);
        if (_form == ColumnForm.Unknown)
            _form = decided == ColumnForm.Unknown ? Form : decided;
        if (decided != ColumnForm.Unknown || _form == Form)
            Keep(cell);
    }

    /// <summary>The columns of the profile: one, or one for each element of a list.</summary>
    /// <param name="rows">Rows of the table; those that had no value here are missing ones.</param>
    public IEnumerable<(DatasetColumnInfo Column, ColumnSketch Sketch)> Columns(long rows)
    {
        if (_sketches.Count == 0)
            _sketches.Add(new ColumnSketch(Seed(name, 0)));
        for (var i = 0; i < _sketches.Count; i++)
        {
            _sketches[i].AddMissing(Math.Max(0, rows - _sketches[i].Rows));
            yield return (new DatasetColumnInfo(NameOf(i), Type), _sketches[i]);
        }
    }

    private string Type => Form switch
    {
        ColumnForm.Texts => "text",
        ColumnForm.Means => "list",
        ColumnForm.Unknown => "empty",
        _ when _fractions || _lists || (_booleans && _whole) => "number",
        _ => _booleans ? "boolean" : "integer",
    };

    private string NameOf(int element) => _sketches.Count == 1
        ? name
        : string.Create(CultureInfo.InvariantCulture, $"{name}[{element}]");

    private void Note(in Cell cell)
    {
        switch (cell.Kind)
        {
            case CellKind.Number:
                _whole |= cell.IsWhole;
                _fractions |= !cell.IsWhole;
                break;
            case CellKind.Boolean:
                _booleans = true;
                break;
            case CellKind.List:
                _lists = true;
                _uneven |= _width >= 0 && _width != cell.Items!.Count;
                _width = Math.Max(_width, cell.Items!.Count);
                break;
            default:
                _texts = true;
                break;
        }
    }

    private void Keep(in Cell cell)
    {
        var sketches = Sketches(_form == ColumnForm.Elements ? _width : 1);
        switch (_form)
        {
            case ColumnForm.Texts:
                sketches[0].AddText(Cut(cell.Text));
                break;
            case ColumnForm.Elements:
                for (var i = 0; i < sketches.Count; i++)
                    AddNumber(sketches[i], cell.Items![i]);
                break;
            case ColumnForm.Means:
                AddNumber(sketches[0], cell.Items!.Count == 0 ? double.NaN : cell.Items.Average());
                break;
            default:
                AddNumber(sketches[0], cell.Number);
                break;
        }
    }

    private List<ColumnSketch> Sketches(int count)
    {
        while (_sketches.Count < count)
            _sketches.Add(new ColumnSketch(Seed(name, _sketches.Count)));
        return _sketches;
    }

    private static void AddNumber(ColumnSketch sketch, double value)
    {
        if (double.IsNaN(value))
            sketch.AddMissing();
        else
            sketch.Add(value);
    }

    private static string Cut(string text)
    {
        if (text.Length <= LongestText / 3 || Encoding.UTF8.GetByteCount(text) <= LongestText)
            return text;
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text).AsSpan(0, LongestText));
    }

    /// <summary>The same rows give the same statistics, and two columns never choose alike.</summary>
    private static ulong Seed(string name, int element)
    {
        var seed = 14695981039346656037UL + (ulong)element;
        foreach (var c in name)
            seed = (seed ^ c) * 1099511628211UL;
        return seed;
    }
}
