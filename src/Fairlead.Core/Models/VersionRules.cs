using System.Globalization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Models;

/// <summary>Which changes of aliases and versions are allowed. Pure.</summary>
public static class VersionRules
{
    /// <summary>
    /// Decides a move of an alias by compare-and-swap: the caller says where it points now (0: nowhere), and is refused
    /// with <c>alias_moved</c> and the present value when that is not so.
    /// </summary>
    public static Refusal? WhyNotMove(ModelName model, AliasName alias, int present, int expected) =>
        present == expected
            ? null
            : new Refusal(RefusalKind.Conflict, "alias_moved", Moved(model, alias, present, expected))
            {
                Field = "expected",
                Present = present,
            };

    /// <summary>
    /// Decides the deletion of a version: refused while an endpoint serves it or an alias points to it.
    /// </summary>
    public static Refusal? WhyNotDelete(
        VersionId version, IReadOnlyCollection<string> endpoints, IReadOnlyCollection<string> aliases)
    {
        if (endpoints.Count > 0)
        {
            return new Refusal(RefusalKind.Conflict, "version_in_use",
                $"{version} is used by {List("endpoint", endpoints)}; take it out there first.");
        }

        return aliases.Count == 0
            ? null
            : new Refusal(RefusalKind.Conflict, "version_has_alias",
                $"{version} is where {List("alias", aliases)} points; move or remove it first.");
    }

    private static string Moved(ModelName model, AliasName alias, int present, int expected)
    {
        var now = present == 0 ? "does not exist" : string.Create(CultureInfo.InvariantCulture, $"points to {present}");
        var then = expected == 0
            ? "expected not to exist"
            : string.Create(CultureInfo.InvariantCulture, $"expected to point to {expected}");
        return $"The alias '{alias}' of '{model}' {now}, and was {then}.";
    }

    private static string List(string what, IReadOnlyCollection<string> names) =>
        $"{what} {string.Join(", ", names.Order(StringComparer.Ordinal).Take(10).Select(name => $"'{name}'"))}"
        + (names.Count > 10 ? ", …" : "");
}
