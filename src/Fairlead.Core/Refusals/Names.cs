using System.Globalization;

namespace Fairlead.Core.Refusals;

/// <summary>The one rule for names that appear in addresses: models, endpoints, variants, aliases.</summary>
internal static class Names
{
    /// <summary>The longest name, in UTF-16 characters.</summary>
    public const int MaxLength = 250;

    /// <summary>Says what is wrong with a name, or null when nothing is.</summary>
    /// <param name="name">The name.</param>
    /// <param name="most">Its longest, where another protocol knows longer ones.</param>
    public static string? WhyNot(string? name, int most = MaxLength)
    {
        if (string.IsNullOrEmpty(name))
            return "a name must not be empty";
        if (name.Length > most)
            return $"a name has at most {most} characters, this one has {name.Length}";
        if (name is "." or "..")
            return "a name must not be '.' or '..'";
        if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1]))
            return "a name must not begin or end with white space";
        foreach (var c in name)
        {
            if (c is '/' or '\\' or ':' or '@' or '?' or '#' or '%' || char.IsControl(c) || char.IsSurrogate(c))
            {
                var code = ((int)c).ToString("X4", CultureInfo.InvariantCulture);
                return $"a name must not contain the character U+{code}";
            }
        }

        return null;
    }

    public static string Checked(string? name, string what, int most = MaxLength) =>
        WhyNot(name, most) is { } why
            ? throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_name", $"{what} '{name}': {why}."))
            : name!;
}
