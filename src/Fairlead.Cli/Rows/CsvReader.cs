using System.Text;

namespace Fairlead.Cli.Rows;

/// <summary>
/// Splits comma-separated values (RFC 4180) into records while reading: quoted fields may hold commas, quotes (doubled)
/// and line ends. Lines may end in LF or CRLF; empty lines are skipped.
/// </summary>
internal sealed class CsvReader(TextReader text)
{
    private readonly StringBuilder _field = new();
    private int _line = 1;

    /// <summary>The line on which the last record began, counted from 1.</summary>
    public int RecordLine { get; private set; }

    /// <summary>The next record, or null at the end.</summary>
    public List<string>? Read()
    {
        while (text.Peek() is '\r' or '\n')
            Take();
        if (text.Peek() < 0)
            return null;

        RecordLine = _line;
        var record = new List<string>();
        while (true)
        {
            record.Add(text.Peek() == '"' ? Quoted() : Plain());
            if (text.Peek() != ',')
                break;
            Take();
        }

        return record;
    }

    private string Plain()
    {
        _field.Clear();
        while (text.Peek() is >= 0 and not (',' or '\r' or '\n'))
            _field.Append(Take());
        return _field.ToString();
    }

    private string Quoted()
    {
        _field.Clear();
        Take();
        while (true)
        {
            if (text.Peek() < 0)
                throw CliException.Usage($"line {RecordLine}: a quoted field is not closed.");
            var c = Take();
            if (c != '"')
                _field.Append(c);
            else if (text.Peek() == '"')
                _field.Append(Take());
            else
                break;
        }

        if (text.Peek() is >= 0 and not (',' or '\r' or '\n'))
            throw CliException.Usage($"line {_line}: text follows a closed quote; a quote inside a field is doubled.");
        return _field.ToString();
    }

    private char Take()
    {
        var c = (char)text.Read();
        if (c == '\n')
            _line++;
        return c;
    }
}
