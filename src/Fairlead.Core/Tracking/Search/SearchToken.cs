namespace Fairlead.Core.Tracking.Search;

/// <summary>The kinds of word in a filter.</summary>
public enum SearchTokenKind
{
    /// <summary>A bare word: a name, a keyword or a name with dots.</summary>
    Word,

    /// <summary>Text in single quotes.</summary>
    SingleQuoted,

    /// <summary>Text in double quotes: a value, or a name that needs quoting.</summary>
    DoubleQuoted,

    /// <summary>Text in backticks: a name that needs quoting.</summary>
    Backticked,

    /// <summary>A number as it is written.</summary>
    Number,

    /// <summary>A comparison: one of <c>= != &lt;&gt; &lt; &lt;= &gt; &gt;=</c>.</summary>
    Comparator,

    /// <summary>The dot between an entity and a quoted key.</summary>
    Dot,

    /// <summary>A parenthesis or a comma.</summary>
    Punctuation,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>One word of a filter.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, without quotes.</param>
/// <param name="At">Where it begins, in UTF-16 characters from the beginning of the filter.</param>
public readonly record struct SearchToken(SearchTokenKind Kind, string Text, int At)
{
    /// <summary>Says whether the word is a keyword, however it is written.</summary>
    public bool Is(string keyword) =>
        Kind == SearchTokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>Says whether the word is this mark.</summary>
    public bool IsMark(string mark) =>
        Kind is SearchTokenKind.Punctuation or SearchTokenKind.Dot && Text == mark;
}
