namespace Fairlead.Core.Lineage;

/// <summary>What is said of training code, in the form in which it is kept.</summary>
public static class CodeSource
{
    /// <summary>Most bytes of a difference that are kept, as UTF-8.</summary>
    public const int MaxDiffBytes = 64 * 1024;

    /// <summary>What is put behind a commit whose checkout was changed.</summary>
    public const string DirtySuffix = "-dirty";

    /// <summary>
    /// The address of a repository without the name and password that may stand in it, and without a query, in which
    /// tokens are passed; null for none.
    /// </summary>
    public static string? WithoutCredentials(string? address)
    {
        if (string.IsNullOrWhiteSpace(address))
            return null;
        var text = address.Trim();
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            // git@host:path names an account of the host and no secret, unless something like name:word@host does.
            var account = text.LastIndexOf('@');
            return account > 0 && text[..account].Contains(':', StringComparison.Ordinal)
                ? text[(account + 1)..]
                : text;
        }

        var begin = scheme + 3;
        var end = text.IndexOfAny(['/', '?', '#'], begin);
        var authority = end < 0 ? text[begin..] : text[begin..end];
        var path = end < 0 ? "" : text[end..];
        var query = path.IndexOfAny(['?', '#']);
        return text[..begin] + authority[(authority.LastIndexOf('@') + 1)..] + (query < 0 ? path : path[..query]);
    }

    /// <summary>The commit without a mark behind it that says that the checkout was changed; null for none.</summary>
    public static string? CommitOf(string? commit) => string.IsNullOrWhiteSpace(commit) ? null
        : commit.EndsWith(DirtySuffix, StringComparison.Ordinal) ? commit[..^DirtySuffix.Length] : commit;
}
