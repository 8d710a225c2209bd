using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Options and arguments that several verbs take in the same form.</summary>
internal static class Options
{
    public static Option<string?> Reason() => Of<string?>("--reason", "text", "Why, for the audit log");

    /// <summary>An option that takes a value.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="value">What the help calls its value.</param>
    /// <param name="description">What it does.</param>
    public static Option<T> Of<T>(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    /// <summary>A repeatable <c>key=value</c>.</summary>
    public static Option<Dictionary<string, string>> Pairs(string name, string description) => new(name)
    {
        Description = description + " (repeatable)",
        HelpName = "key=value",
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result => ReadPairs(result, name),
        DefaultValueFactory = _ => [],
    };

    /// <summary>A repeatable <c>key=number</c>.</summary>
    public static Option<Dictionary<string, double>> Numbers(string name, string description) => new(name)
    {
        Description = description + " (repeatable)",
        HelpName = "key=number",
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result => ReadNumbers(result, name),
        DefaultValueFactory = _ => [],
    };

    /// <summary>A duration such as <c>30s</c>.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "duration",
        CustomParser = result =>
        {
            if (DurationText.TryParse(result.Tokens[0].Value, out var duration))
                return duration;
            result.AddError($"{name} '{result.Tokens[0].Value}': a duration is written like 500ms, 30s or 5m.");
            return null;
        },
    };

    public static Argument<VersionReference> Version(string description) => new("version")
    {
        Description = description,
        HelpName = "model[/n|@alias]",
        CustomParser = ReadReference,
    };

    public static Option<VersionReference> Model(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "model[/n|@alias]",
        Required = true,
        CustomParser = ReadReference,
    };

    /// <summary>Splits every token at its first equals sign; faults are added to the result.</summary>
    public static Dictionary<string, string> ReadPairs(ArgumentResult result, string name)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var token in result.Tokens.Select(token => token.Value))
        {
            var equals = token.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                result.AddError($"{name} '{token}': write key=value.");
            else if (!pairs.TryAdd(token[..equals], token[(equals + 1)..]))
                result.AddError($"{name}: '{token[..equals]}' is given twice.");
        }

        return pairs;
    }

    /// <summary>Like <see cref="ReadPairs"/>, with numbers for values.</summary>
    public static Dictionary<string, double> ReadNumbers(ArgumentResult result, string name)
    {
        var numbers = new Dictionary<string, double>();
        foreach (var (key, text) in ReadPairs(result, name))
        {
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                numbers[key] = number;
            else
                result.AddError($"{name} '{key}={text}': '{text}' is not a number.");
        }

        return numbers;
    }

    private static VersionReference ReadReference(ArgumentResult result)
    {
        if (VersionReference.TryParse(result.Tokens[0].Value, out var reference))
            return reference;
        result.AddError($"'{result.Tokens[0].Value}' is no model or version: write NAME, NAME/3 or NAME@champion.");
        return default;
    }
}
