using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Reads lists that the server gives page by page.</summary>
internal static class Pages
{
    /// <summary>All pages, or as many as it takes for <paramref name="limit"/> entries, as one.</summary>
    public static async Task<Page<T>> AllAsync<T>(Func<PageRequest, Task<Page<T>>> fetch, int limit = int.MaxValue)
    {
        var items = new List<T>();
        string? next = null;
        do
        {
            var page = await fetch(new PageRequest(Math.Min(limit - items.Count, Page<T>.MaxLimit), next));
            items.AddRange(page.Items);
            next = page.NextPageToken;
        }
        while (next is not null && items.Count < limit);
        return new Page<T>(items, next);
    }
}
