using System.Text.Json.Serialization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Models;

/// <summary>
/// The name of a mutable pointer from a model to one of its versions, such as <c>champion</c>. Never a number.
/// </summary>
[JsonConverter(typeof(NameJsonConverter<AliasName>))]
public readonly record struct AliasName : IName<AliasName>
{
    /// <summary>The longest alias, in UTF-16 characters, which is MLflow's.</summary>
    public const int MaxLength = 255;

    private readonly string? _value;

    private AliasName(string value) => _value = value;

    /// <summary>
    /// Reads an alias; throws <see cref="RefusalException"/> with code <c>invalid_name</c>. An alias that could be
    /// taken for a version (<c>3</c>, <c>v3</c>) or for "whatever is newest" (<c>latest</c>) is refused.
    /// </summary>
    public static AliasName Parse(string text)
    {
        Names.Checked(text, "alias", MaxLength);
        var digits = text[0] is 'v' or 'V' ? text.AsSpan(1) : text;
        var isNumber = digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
        if (isNumber || text.Equals("latest", StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_name",
                $"alias '{text}': an alias must not look like a version number and must not be 'latest'."));
        }

        return new AliasName(text);
    }

    public override string ToString() => _value ?? "";
}
