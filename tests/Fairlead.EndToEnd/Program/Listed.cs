using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.EndToEnd.Program;

internal static class Listed
{
    /// <summary>The first page, or nothing when the thing that it is about does not exist yet.</summary>
    public static async Task<IReadOnlyList<T>> OrEmptyAsync<T>(this Task<Page<T>> listing)
    {
        try
        {
            return (await listing).Items;
        }
        catch (FairleadApiException e) when (e.Problem.Status == 404)
        {
            return [];
        }
    }
}
