using Fairlead.Client.Api;

namespace Fairlead.Web.Live;

/// <summary>Lists of the API that are shown whole.</summary>
public static class Lists
{
    /// <summary>More than anybody reads in one page; what is beyond is found by searching.</summary>
    public const int MostPages = 10;

    /// <summary>Reads page after page, <see cref="MostPages"/> at most.</summary>
    public static async Task<List<T>> AllAsync<T>(Func<PageRequest, Task<Page<T>>> read)
    {
        var all = new List<T>();
        string? token = null;
        for (var page = 0; page < MostPages; page++)
        {
            var part = await read(new PageRequest(Page<T>.MaxLimit, token));
            all.AddRange(part.Items);
            token = part.NextPageToken;
            if (token is null)
                break;
        }

        return all;
    }
}
