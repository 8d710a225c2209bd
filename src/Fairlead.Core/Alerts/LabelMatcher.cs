using System.Text.RegularExpressions;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Alerts;

/// <summary>How a label is compared.</summary>
public enum MatchKind
{
    Equal,
    NotEqual,

    /// <summary>The whole value matches a regular expression.</summary>
    Pattern,
    NotPattern,
}

/// <summary>A condition on one label; a label that is not there has the empty value.</summary>
public sealed class LabelMatcher
{
    /// <summary>The longest text to compare with.</summary>
    public const int LongestText = 500;

    private readonly Regex? _pattern;

    private LabelMatcher(string label, MatchKind kind, string text, Regex? pattern)
    {
        (Label, Kind, Text) = (label, kind, text);
        _pattern = pattern;
    }

    public string Label { get; }

    public MatchKind Kind { get; }

    public string Text { get; }

    /// <summary>A matcher, or why there is none.</summary>
    public static (LabelMatcher? Matcher, Refusal? Problem) Of(string label, MatchKind kind, string text)
    {
        if (label.Length == 0 || text.Length > LongestText)
        {
            return (null, new Refusal(
                RefusalKind.Invalid, "alert_matcher_invalid",
                $"A matcher needs the name of a label and a text of at most {LongestText} characters."));
        }

        if (kind is MatchKind.Equal or MatchKind.NotEqual)
            return (new(label, kind, text, null), null);
        try
        {
            // Without backtracking a pattern takes time in proportion to the value, whoever wrote it.
            var pattern = new Regex(
                $@"\A(?:{text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return (new(label, kind, text, pattern), null);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return (null, new Refusal(
                RefusalKind.Invalid, "alert_matcher_invalid",
                $"The pattern '{text}' for label '{label}' cannot be used: {error.Message}"));
        }
    }

    /// <summary>Reads a matcher as people write it: <c>a=b</c>, <c>a!=b</c>, <c>a=~b</c> or <c>a!~b</c>.</summary>
    public static (LabelMatcher? Matcher, Refusal? Problem) Parse(string text)
    {
        var at = text.AsSpan().IndexOfAny('=', '!');
        var sign = at < 1 ? "" : text.AsSpan(at) switch
        {
            ['=', '~', ..] => "=~",
            ['!', '=', ..] => "!=",
            ['!', '~', ..] => "!~",
            ['=', ..] => "=",
            _ => "",
        };
        if (sign.Length == 0)
        {
            return (null, new Refusal(
                RefusalKind.Invalid, "alert_matcher_invalid",
                $"'{text}' is no matcher. Write label=value, label!=value, label=~pattern or label!~pattern."));
        }

        var kind = sign switch
        {
            "=" => MatchKind.Equal,
            "!=" => MatchKind.NotEqual,
            "=~" => MatchKind.Pattern,
            _ => MatchKind.NotPattern,
        };
        return Of(text[..at].Trim(), kind, text[(at + sign.Length)..]);
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Label + Kind switch
    {
        MatchKind.Equal => "=",
        MatchKind.NotEqual => "!=",
        MatchKind.Pattern => "=~",
        _ => "!~",
    } + Text;

    /// <summary>Whether an alert's labels meet the condition.</summary>
    public bool Matches(AlertLabels labels)
    {
        var value = labels[Label];
        return Kind switch
        {
            MatchKind.Equal => value == Text,
            MatchKind.NotEqual => value != Text,
            MatchKind.Pattern => _pattern!.IsMatch(value),
            _ => !_pattern!.IsMatch(value),
        };
    }

    /// <summary>Whether an alert without the label meets the condition.</summary>
    public bool MatchesNothing() => Matches(new AlertLabels([]));
}
