using System.Buffers;
using System.Text;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>
/// Walks JSON text from front to back without copying it. Written for this protocol because its clients send bare
/// <c>NaN</c> and <c>Infinity</c>, which the reader of the framework refuses.
/// <para>
/// Strict in everything else; whoever reads the text must have seen to it that it is valid UTF-8.
/// </para>
/// </summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> json, int at = 0)
{
    private static readonly SearchValues<byte> EndsOfPlainText = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(control => (byte)control), (byte)'"', (byte)'\\']);

    private static readonly SearchValues<byte> Separators = SearchValues.Create(",]} \n\r\t"u8);

    private readonly ReadOnlySpan<byte> _json = json;
    private int _at = at;

    /// <summary>Index of the byte that is read next.</summary>
    public readonly int Position => _at;

    /// <summary>Skips white space; returns the byte that follows without taking it, 0 at the end.</summary>
    public byte Peek()
    {
        var json = _json;
        var at = _at;
        while ((uint)at < (uint)json.Length)
        {
            var next = json[at];
            if (next > (byte)' ')
            {
                _at = at;
                return next;
            }

            if (next is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
                break;
            at++;
        }

        _at = at;
        return at == json.Length ? (byte)0 : throw Broken("a value");
    }

    /// <summary>Takes one byte of punctuation.</summary>
    public void Take(byte expected)
    {
        if (Peek() != expected)
            throw Broken($"'{(char)expected}'");
        _at++;
    }

    /// <summary>Takes a word when it is what comes next.</summary>
    public bool TryTake(ReadOnlySpan<byte> word)
    {
        Peek();
        if (!_json[_at..].StartsWith(word))
            return false;
        _at += word.Length;
        return true;
    }

    /// <summary>
    /// Says whether an array or object that has been opened goes on, and takes the comma or the closing bracket.
    /// </summary>
    public bool More(byte close, ref bool begun)
    {
        var next = Peek();
        if (next == close)
        {
            _at++;
            return false;
        }

        if (!begun)
        {
            begun = true;
            return true;
        }

        if (next != (byte)',')
            throw Broken($"',' or '{(char)close}'");
        _at++;
        return Peek() != close ? true : throw Broken("a value");
    }

    /// <summary>Takes a member's name and its colon.</summary>
    public JsonText TakeName()
    {
        var name = TakeString();
        Take((byte)':');
        return name;
    }

    /// <summary>Takes a string and checks it to its last escape.</summary>
    public JsonText TakeString()
    {
        Take((byte)'"');
        var start = _at;
        var escaped = false;
        while (true)
        {
            var plain = _json[_at..].IndexOfAny(EndsOfPlainText);
            if (plain < 0)
            {
                _at = _json.Length;
                throw Broken("'\"'");
            }

            _at += plain;
            switch (_json[_at])
            {
                case (byte)'"':
                    return new JsonText(start, _at++ - start, escaped);
                case (byte)'\\':
                    escaped = true;
                    PassEscape();
                    break;
                default:
                    throw Broken("no control character within a string");
            }
        }
    }

    /// <summary>Takes a number; false when something else comes next.</summary>
    public bool TryTakeNumber(out JsonNumber number)
    {
        Peek();
        if (!JsonNumber.TryRead(_json[_at..], out number))
            return false;
        _at += number.Text.Length;
        return true;
    }

    /// <summary>Takes any value; <paramref name="depth"/> is how many more levels it may open.</summary>
    public void SkipValue(int depth)
    {
        var next = Peek();
        if (next is (byte)'{' or (byte)'[')
        {
            SkipNested(next, depth);
            return;
        }

        if (next == (byte)'"')
        {
            TakeString();
            return;
        }

        if (TryTake("true"u8) || TryTake("false"u8) || TryTake("null"u8) || TryTakeNamedNumber(out _))
            return;
        if (!TryTakeNumber(out _))
            throw Broken("a value");
    }

    /// <summary>
    /// Finds the end of an array without reading its numbers: that is left to whoever reads it, once, when the type of
    /// its elements is known. Returns false, at the culprit, when there is an object in it.
    /// </summary>
    public bool TrySkipArray(int depth)
    {
        Take((byte)'[');
        var open = 1;
        while (open > 0)
        {
            var found = _json[_at..].IndexOfAny("[]\"{}"u8);
            if (found < 0)
            {
                _at = _json.Length;
                throw Broken("']'");
            }

            _at += found;
            switch (_json[_at])
            {
                case (byte)'[':
                    if (++open > depth)
                        throw TooDeep();
                    _at++;
                    break;
                case (byte)']':
                    open--;
                    _at++;
                    break;
                case (byte)'"':
                    TakeString();
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    /// <summary>Takes one of the three numbers for which JSON has no digits.</summary>
    public bool TryTakeNamedNumber(out double value)
    {
        value = double.NaN;
        if (TryTake("NaN"u8))
            return true;
        value = double.PositiveInfinity;
        if (TryTake("Infinity"u8))
            return true;
        value = double.NegativeInfinity;
        return TryTake("-Infinity"u8);
    }

    /// <summary>The refusal of text that is no JSON here.</summary>
    public readonly RequestException Broken(string expected) => new(
        PredictFailure.Malformed, $"The request is not valid JSON: expected {expected} at byte {_at}.");

    /// <summary>What stands here, for a message: up to the next separator and not much of it.</summary>
    public readonly string Excerpt()
    {
        const int longest = 40;
        var rest = _json[_at..];
        var end = rest.IsEmpty || rest[0] != (byte)'"'
            ? rest.IndexOfAny(Separators)
            : rest[1..].IndexOf((byte)'"') + 2;
        var excerpt = end > 0 ? rest[..end] : rest;
        return excerpt.Length <= longest
            ? Encoding.UTF8.GetString(excerpt)
            : Encoding.UTF8.GetString(excerpt[..longest]) + "…";
    }

    private static RequestException TooDeep() => new(
        PredictFailure.TooLarge, $"The request's JSON is nested deeper than {RequestLimits.MaxDepth} levels.");

    private void SkipNested(byte open, int depth)
    {
        if (depth == 0)
            throw TooDeep();
        _at++;
        var begun = false;
        if (open == (byte)'[')
        {
            while (More((byte)']', ref begun))
                SkipValue(depth - 1);
            return;
        }

        while (More((byte)'}', ref begun))
        {
            TakeName();
            SkipValue(depth - 1);
        }
    }

    private void PassEscape()
    {
        var rest = _json[_at..];
        if (rest.Length >= 2 && "\"\\/bfnrt"u8.Contains(rest[1]))
        {
            _at += 2;
            return;
        }

        if (!JsonText.TryReadEscape(rest, out _, out var length))
            throw Broken("a valid escape");
        _at += length;
    }
}
