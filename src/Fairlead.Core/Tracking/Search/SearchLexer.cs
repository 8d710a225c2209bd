using System.Text;

namespace Fairlead.Core.Tracking.Search;

/// <summary>Cuts a filter into words. Every character belongs to a word, is white space or is refused.</summary>
internal static class SearchLexer
{
    /// <summary>The words of a filter, the last one being <see cref="SearchTokenKind.End"/>.</summary>
    public static List<SearchToken> Read(string filter)
    {
        var tokens = new List<SearchToken>();
        var at = 0;
        while (at < filter.Length)
        {
            if (char.IsWhiteSpace(filter[at]))
            {
                at++;
                continue;
            }

            var (token, length) = Next(filter, at);
            tokens.Add(token);
            at += length;
        }

        tokens.Add(new SearchToken(SearchTokenKind.End, "", filter.Length));
        return tokens;
    }

    private static (SearchToken Token, int Length) Next(string filter, int at)
    {
        var c = filter[at];
        return c switch
        {
            '\'' => Quoted(filter, at, SearchTokenKind.SingleQuoted),
            '"' => Quoted(filter, at, SearchTokenKind.DoubleQuoted),
            '`' => Quoted(filter, at, SearchTokenKind.Backticked),
            '(' or ')' or ',' => (new SearchToken(SearchTokenKind.Punctuation, $"{c}", at), 1),
            '=' or '!' or '<' or '>' => Comparator(filter, at),
            '.' when !IsDigit(filter, at + 1) => (new SearchToken(SearchTokenKind.Dot, ".", at), 1),
            _ when IsDigit(filter, at) || c is '-' or '+' or '.' => Number(filter, at),
            _ when IsWordPart(c) => Word(filter, at),
            _ => throw SearchRefusals.Clause(filter, at, $"the character '{c}' has no meaning here"),
        };
    }

    /// <summary>Text in quotes; the quote itself is written twice inside.</summary>
    private static (SearchToken Token, int Length) Quoted(string filter, int at, SearchTokenKind kind)
    {
        var (quote, text) = (filter[at], new StringBuilder());
        for (var i = at + 1; i < filter.Length; i++)
        {
            if (filter[i] != quote)
                text.Append(filter[i]);
            else if (i + 1 < filter.Length && filter[i + 1] == quote)
                text.Append(filter[i++]);
            else
                return (new SearchToken(kind, text.ToString(), at), i + 1 - at);
        }

        throw SearchRefusals.Clause(filter, at, "a quote is opened and never closed");
    }

    private static (SearchToken Token, int Length) Comparator(string filter, int at)
    {
        var two = at + 1 < filter.Length ? filter.Substring(at, 2) : "";
        if (two is "!=" or "<>" or "<=" or ">=" or "==")
            return (new SearchToken(SearchTokenKind.Comparator, two == "<>" ? "!=" : two, at), 2);
        return filter[at] == '!'
            ? throw SearchRefusals.Clause(filter, at, "'!' stands alone")
            : (new SearchToken(SearchTokenKind.Comparator, $"{filter[at]}", at), 1);
    }

    /// <summary>
    /// A number, or a name that begins like one: <c>3x</c> is a word, so that it is refused where a number is wanted.
    /// </summary>
    private static (SearchToken Token, int Length) Number(string filter, int at)
    {
        var end = at;
        if (filter[end] is '-' or '+')
            end++;
        while (end < filter.Length && (IsWordPart(filter[end]) || IsExponentSign(filter, at, end)))
            end++;
        var text = filter[at..end];
        return SearchNumber.TryRead(text, out _)
            ? (new SearchToken(SearchTokenKind.Number, text, at), end - at)
            : text is "-" or "+"
                ? throw SearchRefusals.Clause(filter, at, $"'{text}' stands alone")
                : (new SearchToken(SearchTokenKind.Word, text, at), end - at);
    }

    private static (SearchToken Token, int Length) Word(string filter, int at)
    {
        var end = at;
        while (end < filter.Length && (IsWordPart(filter[end]) || filter[end] is '-' or '/'))
            end++;

        // A dot at the end belongs to the quoted key that follows it.
        if (filter[end - 1] == '.')
            end--;
        return (new SearchToken(SearchTokenKind.Word, filter[at..end], at), end - at);
    }

    private static bool IsExponentSign(string filter, int from, int at) =>
        filter[at] is '-' or '+' && at > from && filter[at - 1] is 'e' or 'E' && IsDigit(filter, at + 1);

    private static bool IsDigit(string filter, int at) => at < filter.Length && char.IsAsciiDigit(filter[at]);

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' || char.IsSurrogate(c);
}
