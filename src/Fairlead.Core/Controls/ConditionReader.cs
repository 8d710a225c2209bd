using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Fairlead.Core.Refusals;
using Node = Fairlead.Core.Controls.RowCondition.Node;
using Operation = Fairlead.Core.Controls.RowCondition.Operation;

namespace Fairlead.Core.Controls;

/// <summary>
/// Reads a condition by recursive descent: <c>or</c> binds least, then <c>and</c>, then <c>not</c>, then comparisons.
/// </summary>
internal sealed class ConditionReader(string text)
{
    private readonly ImmutableArray<Node>.Builder _nodes = ImmutableArray.CreateBuilder<Node>();
    private readonly List<string> _fields = [];
    private readonly List<FieldUse> _uses = [];
    private int _at;
    private int _depth;
    private int _comparisons;

    public RowCondition Read()
    {
        if (text.Length > RowCondition.MaxLength)
            throw Fault($"it has more than {RowCondition.MaxLength} characters", 0);
        ReadOr();
        SkipSpace();
        if (_at < text.Length)
            throw Fault($"'{Rest()}' is not understood; join comparisons with 'and' or 'or'");
        return new RowCondition(text, _nodes.ToImmutable(), [.. _fields], [.. _uses]);
    }

    private int Add(Node node)
    {
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    private int ReadOr()
    {
        var left = ReadAnd();
        while (TryWord("or"))
            left = Add(new Node(Operation.Or) { Left = left, Right = ReadAnd() });
        return left;
    }

    private int ReadAnd()
    {
        var left = ReadNot();
        while (TryWord("and"))
            left = Add(new Node(Operation.And) { Left = left, Right = ReadNot() });
        return left;
    }

    private int ReadNot()
    {
        if (!TryWord("not"))
            return TryTake('(') ? Deeper(ReadGroup) : ReadComparison();
        return Deeper(() => Add(new Node(Operation.Not) { Left = ReadNot() }));
    }

    private int ReadGroup()
    {
        var inner = ReadOr();
        return TryTake(')') ? inner : throw Fault("a ')' is missing");
    }

    private int Deeper(Func<int> read)
    {
        if (++_depth > RowCondition.MaxDepth)
            throw Fault($"it is more than {RowCondition.MaxDepth} deep");
        var node = read();
        _depth--;
        return node;
    }

    private int ReadComparison()
    {
        var name = ReadField();
        if (TryWord("is"))
        {
            var not = TryWord("not");
            if (!TryWord("missing"))
                throw Fault("'is' is followed by 'missing' or 'not missing'");
            var missing = AddComparison(Operation.Missing, name, null);
            return not ? Add(new Node(Operation.Not) { Left = missing }) : missing;
        }

        if (TryWord("in"))
            return ReadList(name);
        var at = _at;
        if (ReadOperator() is not { } operation)
            return AddComparison(Operation.Equal, name, ScalarValue.Of(true));

        var value = ReadLiteral();
        if (value.Kind != ScalarKind.Number && operation is not (Operation.Equal or Operation.NotEqual))
            throw Fault("only numbers are compared by size; write '==' or '!='", at);
        return AddComparison(operation, name, value);
    }

    private int ReadList(string name)
    {
        if (!TryTake('('))
            throw Fault("'in' is followed by a list, such as in (\"a\", \"b\")");
        var list = AddComparison(Operation.Equal, name, ReadLiteral());
        while (TryTake(','))
        {
            var right = AddComparison(Operation.Equal, name, ReadLiteral());
            list = Add(new Node(Operation.Or) { Left = list, Right = right });
        }

        return TryTake(')') ? list : throw Fault("a ')' is missing behind the list");
    }

    private int AddComparison(Operation operation, string name, ScalarValue? value)
    {
        if (++_comparisons > RowCondition.MaxComparisons)
            throw Fault($"it has more than {RowCondition.MaxComparisons} comparisons");
        var field = _fields.IndexOf(name);
        if (field < 0)
        {
            field = _fields.Count;
            _fields.Add(name);
        }

        _uses.Add(new FieldUse(name, value?.Kind));
        return Add(new Node(operation)
        {
            Field = field,
            Number = value?.Number ?? 0,
            Utf8 = value?.Kind == ScalarKind.Text ? Encoding.UTF8.GetBytes(value.Text) : null,
        });
    }

    private string ReadField()
    {
        SkipSpace();
        var start = _at;
        if (TryTake('`'))
        {
            var end = text.IndexOf('`', _at);
            if (end <= _at)
                throw Fault("a name in backticks does not end", start);
            var quoted = text[_at..end];
            _at = end + 1;
            return quoted;
        }

        while (_at < text.Length && IsOfName(text[_at]))
            _at++;
        if (_at == start || char.IsAsciiDigit(text[start]))
            throw Fault(start == text.Length ? "something is missing at its end" : "the name of a field is expected",
                start);
        return text[start.._at];
    }

    private Operation? ReadOperator()
    {
        SkipSpace();
        foreach (var (sign, operation) in (ReadOnlySpan<(string, Operation)>)
            [
                ("==", Operation.Equal), ("!=", Operation.NotEqual), ("<=", Operation.AtMost),
                (">=", Operation.AtLeast), ("<", Operation.Less), (">", Operation.Greater), ("=", Operation.Equal),
            ])
        {
            if (string.CompareOrdinal(text, _at, sign, 0, sign.Length) != 0)
                continue;
            _at += sign.Length;
            return operation;
        }

        return null;
    }

    private ScalarValue ReadLiteral()
    {
        SkipSpace();
        var start = _at;
        if (_at < text.Length && text[_at] is '"' or '\'')
            return ScalarValue.Of(ReadText(text[_at++], start));
        if (TryWord("true"))
            return ScalarValue.Of(true);
        if (TryWord("false"))
            return ScalarValue.Of(false);

        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '.' or '-' or '+'))
            _at++;
        return double.TryParse(text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture,
                out var number) && double.IsFinite(number)
            ? ScalarValue.Of(number)
            : throw Fault("a number, a text in quotes, true or false is expected", start);
    }

    private string ReadText(char quote, int start)
    {
        var read = new StringBuilder();
        while (_at < text.Length)
        {
            var c = text[_at++];
            if (c == quote)
                return read.ToString();
            read.Append(c == '\\' && _at < text.Length ? text[_at++] : c);
        }

        throw Fault("a text does not end", start);
    }

    private bool TryTake(char sign)
    {
        SkipSpace();
        if (_at == text.Length || text[_at] != sign)
            return false;
        _at++;
        return true;
    }

    private bool TryWord(string word)
    {
        SkipSpace();
        var end = _at + word.Length;
        if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0 || (end < text.Length && IsOfName(text[end])))
            return false;
        _at = end;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
    }

    private string Rest() => text[_at..Math.Min(text.Length, _at + 20)];

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '.';

    private RefusalException Fault(string why, int? at = null) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_condition",
            $"The condition '{(text.Length > 100 ? text[..100] + "…" : text)}': {why} (character {(at ?? _at) + 1}).")
        { Field = "when" });
}
