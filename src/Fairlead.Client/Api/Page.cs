namespace Fairlead.Client.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">The entries, in the list's order.</param>
/// <param name="NextPageToken">Asks for the next page; null on the last one. Opaque.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextPageToken = null)
{
    /// <summary>Entries of a page when the caller does not say.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Most entries of a page.</summary>
    public const int MaxLimit = 1000;
}

/// <summary>Which page of a list is wanted.</summary>
/// <param name="Limit">Entries at most, 1 to 1,000; null: 100.</param>
/// <param name="PageToken">The token that the page before gave.</param>
public readonly record struct PageRequest(int? Limit = null, string? PageToken = null);
